"""What the door says of itself: OpenAPI 3.1, its schemas those of the contract (schemas/json_schema)."""

import json
from functools import cache
from typing import Any

from integration.http import layers, problems
from integration.http.bodies import JSON, LINES
from integration.http.queries import MODES
from schemas.catalog import BODY_FIELDS
from schemas.json_schema.generate import FOLDER

Schema = dict[str, Any]
_DEFS, _COMPONENTS = "#/$defs/", "#/components/schemas/"
DRAFT, MESSAGE = "yrd.exchange.v1.Draft", "yrd.exchange.v1.Message"
STREAM = "text/event-stream"
CAP, ATOM = "application/cap+xml", "application/atom+xml"


@cache
def document() -> bytes:
    """The document, as JSON."""
    return json.dumps(described(), ensure_ascii=False).encode()


def described() -> Schema:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "长三角应急信息交换 Yangtze Delta exchange",
            "version": "1",
            "summary": "The HTTP/JSON door of one participant's gateway.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}, {"certificate": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "certificate": {"type": "mutualTLS"},
            },
            "schemas": {**definitions(DRAFT), **definitions(MESSAGE), **_own()},
            "responses": {
                "Problem": _answer("Refused; nothing was done.", problems.MEDIA_TYPE, "Problem")
            },
        },
    }


def definitions(name: str) -> Schema:
    """A schema of the contract and all that it refers to, by full name."""
    root = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    found: Schema = root.pop("$defs", {})
    del root["$schema"], root["$id"]  # or references would start at the $id
    return {key: _pointed(schema) for key, schema in {**found, name: root}.items()}


def _pointed(value: Any) -> Any:
    """The schema with its references as OpenAPI has them."""
    if isinstance(value, list):
        return [_pointed(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _pointed(item) for key, item in value.items()}
    if isinstance(value.get("$ref"), str):
        found["$ref"] = value["$ref"].replace(_DEFS, _COMPONENTS)
    return found


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "string", "pattern": "^[0-9]{1,20}$"}


def _own() -> Schema:
    """Schemas of the door's own."""
    problem = _object(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT, code=_TEXT)
    problem["description"] = "RFC 9457. `code` and `reason` are those of gRPC."
    problem["required"].append("reason")
    problem["properties"] |= {
        "reason": {"type": "string", "enum": sorted(problems.TITLES)},
        "metadata": {"type": "object", "additionalProperties": _TEXT},
        "errors": _list(_object(field=_TEXT, rule=_TEXT, remedy=_TEXT)),
        "retryAfterSeconds": {"type": "number"},
    }
    accepted = _object(messageId=_TEXT)
    accepted["properties"] |= {"sequence": _NUMBER, "sealedTime": _TEXT, "leafHash": _TEXT}
    page = _object(messages=_list(_ref(MESSAGE)))
    page["properties"]["nextPageToken"] = {**_TEXT, "description": "Absent on the last page."}
    found = _object(message=_ref(MESSAGE))
    found["properties"]["objections"] = _list(_ref(MESSAGE))
    part = _object(messageId=_TEXT, entityId=_TEXT, revision={"type": "integer"}, identifier=_TEXT)
    part["properties"] |= {"accepted": _ref("Accepted"), "error": _ref("Problem")}
    signature = {"enum": ["unsigned", "verified", "unverified"]}
    remark = {"enum": ["lenient", "left_out", "inferred"]}
    result = {"oneOf": [_object(accepted=_ref("Accepted")), _object(error=_ref("Problem"))]}
    features = _list({"type": "object"})
    return {
        "Problem": problem,
        "Accepted": accepted,
        "Results": _object(results=_list(result)),
        "Found": found,
        "Alert": _object(
            signature=_object(state=signature, detail=_TEXT),
            messages=_list(part),
            remarks=_list(_object(kind=remark, path=_TEXT, text=_TEXT)),
        ),
        "Page": page,
        "Offset": _object(offset=_NUMBER),
        "FeatureCollection": _object(type={"const": "FeatureCollection"}, features=features),
    }


def _paths() -> Schema:
    filters = [
        _query("type", {"enum": sorted(BODY_FIELDS)}, "Full names of types."),
        _query("origin", _TEXT, "Participants."),
        _query("incident", _TEXT, "Entity ids of incidents."),
        _query("mode", {"enum": sorted(MODES)}, "Modes."),
    ]
    mode = _query("mode", {"enum": sorted(MODES)}, "Modes; what is real unless told.")
    draft = _ref(DRAFT)
    body = {
        JSON: {"schema": {"oneOf": [draft, _list(draft)]}},
        LINES: {"schema": {**_TEXT, "description": "A draft a line."}},
    }
    publish = _operation(
        "publish", "Publish one draft, or up to 1,000; each stands alone.", JSON, "Results"
    )
    publish["requestBody"] = {"required": True, "content": body}
    one = {"schema": {"oneOf": [_ref("Accepted"), _ref("Results")]}}
    publish["responses"]["200"] = {"description": "All are on disk.", "content": {JSON: one}}
    publish["responses"]["207"] = _answer("Some of several were refused.", JSON, "Results")
    listed = _operation("list", "All messages, oldest first.", JSON, "Page")
    listed["parameters"] = [*filters, _one("pageSize", "1 to 1000; 100."), _one("pageToken", "")]
    got = _operation("get", "One message, and objections to it.", JSON, "Found")
    got["parameters"] = [_in_path("messageId"), _one("origin", "Only from this participant's log.")]
    stream = _operation("subscribe", "Messages as they come, as server-sent events.", STREAM, None)
    last = {"name": "Last-Event-ID", "in": "header", "schema": _NUMBER}
    after = _one("after", "Go on behind this offset; else from the beginning.")
    cursor = _one("cursor", "Go on where this cursor of the calling system stands.")
    stream["parameters"] = [*filters, after, cursor, last]
    moved = _operation("acknowledge", "Move a cursor.", JSON, "Offset")
    moved["parameters"] = [_in_path("cursor")]
    moved["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref("Offset")}}}
    drawn = _operation(
        "map", "What is in force, as GeoJSON.", layers.MEDIA_TYPE, "FeatureCollection"
    )
    drawn["parameters"] = [{**_in_path("layer"), "schema": {"enum": sorted(layers.LAYERS)}}, mode]
    dates = _operation("controls", "Controls, as a calendar (RFC 5545).", "text/calendar", None)
    dates["parameters"] = [mode]
    return {
        "/v1/messages": {"post": publish, "get": listed},
        "/v1/messages/{messageId}": {"get": got},
        "/v1/stream": {"get": stream},
        "/v1/cursors/{cursor}": {"put": moved},
        "/v1/{layer}.geojson": {"get": drawn},
        "/v1/controls.ics": {"get": dates},
        **_cap_paths(mode),
        "/openapi.json": {"get": {**_operation("describe", "This.", JSON, None), "security": []}},
    }


def _cap_paths(mode: Schema) -> Schema:
    """CAP, where the operator has set `cap`."""
    words = "Publish what a CAP 1.2 alert, or JSON of 12379/weather.com.cn, says."
    taken = _operation("publishCap", words, JSON, "Alert")
    taken["parameters"] = [_one("exercise", "Name of the exercise, if the alert has none.")]
    text = {"schema": _TEXT}
    kinds = {CAP: text, "application/xml": text, "text/xml": text, JSON: {"schema": {}}}
    taken["requestBody"] = {"required": True, "content": kinds}
    taken["responses"]["207"] = _answer("Some parts were refused.", JSON, "Alert")
    feed = _operation("warnings", "Warnings in force, as an Atom feed.", ATOM, None)
    feed["parameters"] = [mode]
    given = _operation("getCap", "An early warning as CAP 1.2.", CAP, None)
    given["parameters"] = [
        _in_path("messageId"),
        _one("origin", "Only from this participant's log."),
    ]
    return {"/v1/cap": {"post": taken, "get": feed}, "/v1/cap/{messageId}": {"get": given}}


def _operation(name: str, summary: str, media: str, schema: str | None) -> Schema:
    responses = {"200": _answer("Done.", media, schema)}
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    return {"operationId": name, "summary": summary, "responses": responses}


def _answer(description: str, media: str, schema: str | None) -> Schema:
    return {
        "description": description,
        "content": {media: {"schema": _ref(schema) if schema else _TEXT if media != JSON else {}}},
    }


def _query(name: str, item: Schema, description: str) -> Schema:
    found = {"name": name, "in": "query", "description": description, "schema": _list(item)}
    return {**found, "style": "form", "explode": True}


def _one(name: str, description: str) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": _TEXT}


def _in_path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _ref(name: str) -> Schema:
    return {"$ref": f"{_COMPONENTS}{name}"}
