"""Valid drafts and messages with sensible defaults; tests change what they are about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.json_format import ParseDict

from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft, Message

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def header(entity: str = "310000/flood/1", **changes: Any) -> dict[str, Any]:
    """A header as ProtoJSON with a fresh id."""
    told = changes.pop("told", NOW).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "messageId": message_ids.new(int(NOW.timestamp() * 1000)),
        "entityId": entity,
        "revision": 1,
        "mode": "MODE_ACTUAL",
        "priority": "PRIORITY_ROUTINE",
        "occurredTime": told,
        "reportedTime": told,
        "dataLevel": "DATA_LEVEL_GENERAL_2",
    } | changes


def place(admin_code: str = "310115", point: tuple[float, float] | None = None) -> dict[str, Any]:
    """A place, with a point if one is given."""
    found: dict[str, Any] = {"adminCode": admin_code}
    if point:
        found["point"] = {
            "latitude": point[0],
            "longitude": point[1],
            "crs": "COORDINATE_SYSTEM_WGS84",
        }
    return found


def incident_body(**changes: Any) -> dict[str, Any]:
    """An incident report."""
    return {
        "kind": "REPORT_KIND_INITIAL",
        "title": "内涝",
        "primaryType": {"scheme": "GB/T 35561", "value": "11A02"},
        "place": place(),
        "casualties": {"dead": 0},
        "reporter": {"organization": "值班室", "personName": "张三", "phone": "021-55512345"},
    } | changes


def resource_body(owner: str = "310000", **changes: Any) -> dict[str, Any]:
    """A resource status: ten pumps, four of them to spare."""
    return {
        "owner": owner,
        "name": "泵车队",
        "kind": "RESOURCE_KIND_EQUIPMENT",
        "capabilities": [{"scheme": "yrd-capability", "value": "flood.pump"}],
        "place": place(f"{owner[:2]}0000"),
        "stock": {"unit": "台", "total": 10, "available": 8, "minimumKept": 4},
    } | changes


def need(quantity: float = 6, line_id: str = "pumps", **changes: Any) -> dict[str, Any]:
    """A need of pumps."""
    return {
        "lineId": line_id,
        "kind": "RESOURCE_KIND_EQUIPMENT",
        "capability": {"scheme": "yrd-capability", "value": "flood.pump"},
        "quantity": {"value": quantity, "unit": "台"},
    } | changes


def draft(
    body: dict[str, Any] | None = None, field: str = "incidentReport", **changes: Any
) -> Draft:
    """A draft; `changes` go into the header. An incident's later revisions are follow-ups."""
    body = incident_body() if body is None else body
    head = header(**changes)
    if body.get("kind") == "REPORT_KIND_INITIAL" and head["revision"] > 1:
        body = body | {"kind": "REPORT_KIND_FOLLOW_UP"}
    return ParseDict({"header": head, field: body}, Draft())


def message(origin: str, sequence: int, made: Draft, sealed: datetime = NOW) -> Message:
    """The message that a draft becomes in a log."""
    found = Message.FromString(made.SerializeToString())
    found.stamp.origin, found.stamp.sequence = origin, sequence
    found.stamp.sealed_time.FromDatetime(sealed)
    found.receipt.received_time.FromDatetime(sealed + timedelta(seconds=1))
    return found
