"""The HTTP door: publish, list, get, and every refusal as a problem."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from jsonschema import Draft202012Validator

from integration.http import openapi
from schemas import message_ids
from tests.support import door as doors
from tests.support import scene as scenes
from tests.support.builders import draft
from tests.support.door import JSON, Answer, Running
from tests.support.materials import Materials
from tests.support.scene import Scene
from tests.support.waiting import until

LIMIT = 300_000
PROBLEM = "application/problem+json"
DOCUMENT: Any = Draft202012Validator(openapi.described())


@pytest.fixture(scope="module")
def door(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A door of Shanghai's console."""
    folder: Path = tmp_path_factory.mktemp("door")
    limits = {"body_bytes": LIMIT, "body_seconds": 0.5, "head_seconds": 0.5}
    with (
        pytest.MonkeyPatch.context() as patch,
        scenes.scene(materials, patch, folder) as scene,
        doors.door(scene, limits=limits) as running,
    ):
        yield running


def fits(value: Any, name: str) -> None:
    """Whether an answer is what the door says of itself."""
    DOCUMENT.evolve(schema={**DOCUMENT.schema, "$ref": f"#/components/schemas/{name}"}).validate(
        value
    )


def as_dict(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = MessageToDict(draft(**changes))
    return found


def refused(answer: Answer, status: int, reason: str) -> dict[str, Any]:
    """The problem, whose form is checked."""
    found: dict[str, Any] = answer.json
    assert (answer.status, found["status"], found["reason"]) == (status, status, reason), found
    assert answer.headers["content-type"] == PROBLEM
    assert found["type"] == f"urn:yrd:problem:{reason.lower().replace('_', '-')}"
    fits(found, "Problem")
    return found


def test_a_draft_is_published_and_read_back(door: Running) -> None:
    made = as_dict(entity="310000/one")
    answer = door.call("POST", "/v1/messages", made)
    message_id = made["header"]["messageId"]
    assert (answer.status, answer.json["messageId"]) == (200, message_id)
    found = door.call("GET", f"/v1/messages/{message_id}", token=door.token_for("subscriber"))
    assert found.json["message"]["header"] == made["header"]
    assert found.json["message"]["stamp"]["sourceSystem"] == "console"
    assert answer.headers["x-content-type-options"] == "nosniff"
    fits(answer.json, "Accepted")
    fits(found.json, "Found")
    again = door.call("POST", "/v1/messages", made)
    assert (again.status, again.json) == (200, answer.json)


def test_of_a_batch_each_draft_stands_alone(door: Running) -> None:
    good = [as_dict(entity=f"310000/batch/{n}") for n in range(2)]
    broken = as_dict(entity="310000/batch/broken")
    broken["incidentReport"]["primaryType"]["value"] = "99Z99"
    no_draft = as_dict() | {"incidentRaport": {}}
    answer = door.call("POST", "/v1/messages", [good[0], broken, no_draft, good[1]])
    fits(answer.json, "Results")
    first, second, third, fourth = answer.json["results"]
    assert answer.status == 207
    assert first["accepted"]["messageId"] == good[0]["header"]["messageId"]
    assert fourth["accepted"]["messageId"] == good[1]["header"]["messageId"]
    assert second["error"]["reason"] == "CONTRACT_VIOLATED"
    assert second["error"]["errors"][0]["field"] == "incident_report.primary_type"
    assert second["error"]["errors"][0]["rule"] == "code_table.incident_types"
    assert third["error"]["reason"] == "MALFORMED_REQUEST"
    (told,) = third["error"]["errors"]
    assert told["field"] == "incidentRaport" and "did you mean incidentReport?" in told["remedy"]


def test_drafts_may_come_a_line_each(door: Running) -> None:
    made = [as_dict(entity=f"310000/line/{n}") for n in range(3)]
    body = "\n".join(json.dumps(one) for one in made).encode()
    answer = door.call("POST", "/v1/messages", body, content_type="application/x-ndjson")
    assert answer.status == 200
    assert [r["accepted"]["messageId"] for r in answer.json["results"]] == [
        one["header"]["messageId"] for one in made
    ]


def test_pages_follow_each_other_to_the_end(door: Running) -> None:
    made = [as_dict(entity=f"310000/page/{n}", incidentIds=["310000/pages"]) for n in range(5)]
    assert door.call("POST", "/v1/messages", made).status == 200
    found, path = [], "/v1/messages?incident=310000/pages&pageSize=2"
    token = ""
    for _ in range(3):
        page = door.call("GET", f"{path}&pageToken={token}").json
        fits(page, "Page")
        found += [m["header"]["entityId"] for m in page["messages"]]
        token = page.get("nextPageToken", "")
    assert found == [one["header"]["entityId"] for one in made]
    assert token == ""


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("types=yrd.incident.v1.IncidentReport", "types"),
        ("type=yrd.incident.v1.Report", "type"),
        ("mode=real", "mode"),
        ("pageSize=-1", "pageSize"),
        ("pageSize=1001", "pageSize"),
        ("pageSize=1&pageSize=2", "pageSize"),
        ("pageToken=nonsense", "page_token"),
    ],
)
def test_a_wrong_query_is_refused_with_its_remedy(door: Running, query: str, field: str) -> None:
    found = refused(door.call("GET", f"/v1/messages?{query}"), 400, "MALFORMED_REQUEST")
    assert found["metadata"]["field"] == field


@pytest.mark.parametrize(
    ("token", "path", "status", "reason"),
    [
        (None, "/v1/messages", 401, "IDENTITY_UNKNOWN"),
        ("nonsense", "/v1/messages", 401, "IDENTITY_UNKNOWN"),
        ("yrd_0123456789ab_" + "A" * 43, "/v1/messages", 401, "IDENTITY_UNKNOWN"),
        ("", f"/v1/messages/{message_ids.new(0)}", 404, "MESSAGE_NOT_FOUND"),
        ("", "/v1/unknown", 404, "MALFORMED_REQUEST"),
        ("", "/v1/nothing.geojson", 404, "MALFORMED_REQUEST"),
        ("", "/v1/stream?after=99999", 400, "CURSOR_OUT_OF_RANGE"),
        ("", "/v1/stream?after=x", 400, "MALFORMED_REQUEST"),
    ],
)
def test_a_refusal_is_a_problem(
    door: Running, token: str | None, path: str, status: int, reason: str
) -> None:
    refused(door.call("GET", path, token=token), status, reason)


def test_a_challenge_says_how_to_come_in(door: Running) -> None:
    assert (
        door.call("GET", "/v1/messages", token=None)
        .headers["www-authenticate"]
        .startswith("Bearer")
    )


def test_a_wrong_method_says_which_there_are(door: Running) -> None:
    answer = door.call("DELETE", "/v1/messages/1")
    refused(answer, 405, "MALFORMED_REQUEST")
    assert "GET" in answer.headers["allow"]


def test_a_scope_that_is_lacking_is_named(door: Running) -> None:
    reader, sender = door.token_for("subscriber"), door.token_for("publisher")
    found = refused(
        door.call("POST", "/v1/messages", as_dict(), token=reader), 403, "NOT_PERMITTED"
    )
    assert "publisher" in found["detail"]
    for path in ("/v1/messages", "/v1/stream", "/v1/incidents.geojson", "/v1/controls.ics"):
        refused(door.call("GET", path, token=sender), 403, "NOT_PERMITTED")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not JSON"),
        (b"[]", "at least one"),
        (b"[" * 100_000, "one inside the other"),
        (b'{"a":' * 50_000, "one inside the other"),
        (b'{"header": {}, "header": {}}', "stands twice"),
        (b'{"header": NaN}', "not a JSON number"),
        (b"\xff{}", "not UTF-8"),
        (b'"\\u0041' + b'\\"' * 100_000, "not JSON"),
        (b"[" + b"{}," * 1000 + b"{}]", "at most 1000"),
        (b"{}\n" * 1001 + b"no JSON\n" * 100, "at most 1000"),
        (b"1" * 10_000, "too large"),
        ("\ufeff{}".encode(), "byte order mark"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else str(len(value)),
)
def test_a_body_that_is_no_draft_is_refused_with_its_remedy(
    door: Running, body: bytes, words: str
) -> None:
    found = refused(door.call("POST", "/v1/messages", body), 400, "MALFORMED_REQUEST")
    assert words in found["detail"]
    assert all(error["field"] and error["rule"] and error["remedy"] for error in found["errors"])


@pytest.mark.parametrize(
    "headers",
    [{"content_type": "text/plain"}, {"content_type": ""}, {"content_encoding": "gzip"}],
    ids=str,
)
def test_a_form_that_is_not_read_here_is_refused(door: Running, headers: dict[str, str]) -> None:
    refused(door.call("POST", "/v1/messages", b"{}", **headers), 415, "MALFORMED_REQUEST")


def test_a_body_announced_as_too_large_is_refused_before_it_comes(door: Running) -> None:
    connection = door.connection()
    connection.putrequest("POST", "/v1/messages")
    connection.putheader("content-length", str(100 << 20))
    connection.putheader("content-type", JSON)
    connection.putheader("authorization", f"Bearer {door.token}")
    connection.endheaders()  # and not a byte of the body
    answer = connection.getresponse()
    found = Answer(answer.status, {"content-type": answer.headers["content-type"]}, answer.read())
    refused(found, 413, "MESSAGE_TOO_LARGE")
    assert connection.sock.recv(1) == b"", "the connection ends by itself"
    connection.close()


def test_a_body_of_untold_length_is_refused_at_the_first_byte_too_many(door: Running) -> None:
    connection = door.connection()
    connection.putrequest("POST", "/v1/messages")
    connection.putheader("transfer-encoding", "chunked")
    connection.putheader("content-type", JSON)
    connection.putheader("authorization", f"Bearer {door.token}")
    connection.endheaders()
    connection.send(b"%x\r\n" % (LIMIT + 1) + b" " * (LIMIT + 1) + b"\r\n")  # and more to come
    answer = connection.getresponse()
    found = Answer(answer.status, {"content-type": answer.headers["content-type"]}, answer.read())
    refused(found, 413, "MESSAGE_TOO_LARGE")
    connection.close()


def test_a_body_that_comes_too_slowly_is_given_up(door: Running) -> None:
    connection = door.connection()
    connection.putrequest("POST", "/v1/messages")
    connection.putheader("content-length", "100")
    connection.putheader("content-type", JSON)
    connection.putheader("authorization", f"Bearer {door.token}")
    connection.endheaders()
    connection.send(b"{")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["content-type"]) == (408, PROBLEM)
    connection.close()


def test_a_head_that_comes_too_slowly_is_cut_off(door: Running) -> None:
    connection = door.connection()
    connection.connect()
    connection.sock.sendall(b"GET /v1/messages HTTP/1.1\r\nhost: ")
    assert connection.sock.recv(100) == b""
    connection.close()


def test_what_is_no_http_is_told_as_a_problem(door: Running) -> None:
    connection = door.connection()
    connection.connect()
    connection.sock.sendall(b"nonsense\r\n\r\n")
    answer = connection.sock.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ") and PROBLEM.encode() in answer
    connection.close()


def test_a_door_that_is_full_says_so(scene: Scene) -> None:
    with doors.door(scene, limits={"connections": 2}) as running:
        held = [running.connection() for _ in range(2)]
        for connection in held:
            connection.connect()
        until(lambda: len(running.server.server_state.connections) == 2, "both are there")
        full = running.call("GET", "/v1/messages")
        refused(full, 503, "UNAVAILABLE")
        assert full.headers["retry-after"]
        for connection in held:
            connection.close()
        until(lambda: running.call("GET", "/v1/messages").status == 200, "there is room again")


def test_mutated_bodies_are_answered_and_never_with_a_failure(door: Running) -> None:
    chance, whole = random.Random(8), json.dumps([as_dict(), as_dict()]).encode()
    for _ in range(300):
        body = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(body))
            action = chance.randrange(3)
            if action == 0:
                body[at] = chance.randrange(256)
            elif action == 1:
                del body[at : at + chance.randrange(1, 40)]
            else:
                body[at:at] = chance.choice([b"[", b'"', b"\\u", b"null", b"1e999", b"{}", b"\xf0"])
        answer = door.call("POST", "/v1/messages", bytes(body))
        assert answer.status in (200, 207, 400), answer
        if answer.status == 400:
            refused(answer, 400, answer.json["reason"])
