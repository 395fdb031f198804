"""From a draft of an aid message to a Document."""

from collections.abc import Iterator
from typing import Any

from integration.cap.remarks import refusal
from integration.cap.writing import printable
from integration.edxl import fields
from integration.edxl.document import Document, Line, Listed, Schedule
from integration.edxl.kinds import KINDS, RETURNING, Kind
from integration.edxl.parties import contacts_of
from schemas.instants import is_time
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.common.v1.common_pb2 import Quantity
from yrd.exchange.v1.message_pb2 import Draft, Mode

BODY = "urn:yrd:body"
STATUSES = {Mode.MODE_ACTUAL: "Actual", Mode.MODE_EXERCISE: "Exercise", Mode.MODE_TEST: "Test"}


def kind_of(draft: Draft) -> Kind:
    """How a draft is told. Raises CapRefused for what EDXL-RM has no message for."""
    body = draft.WhichOneof("body") or ""
    for kind in KINDS:
        if kind.body == body and _is_step(kind, getattr(draft, body)):
            return kind
    if body == RETURNING.body:
        return RETURNING
    raise refusal(
        "body", "edxl.type", f"EDXL-RM没有对应消息 EDXL-RM has no message for {body or 'nothing'}"
    )


def _is_step(kind: Kind, body: Any) -> bool:
    if kind.step is None:
        return True
    field, value = kind.step
    enum = body.DESCRIPTOR.fields_by_name[field].enum_type
    return bool(getattr(body, field) == enum.values_by_name[value].number)


def document_of(draft: Draft) -> Document:
    """The message of a draft, without keywords. Raises CapRefused."""
    kind = kind_of(draft)
    header, body = draft.header, getattr(draft, kind.body)
    if header.mode not in STATUSES or not is_time(header.reported_time):
        raise refusal("header", "edxl.stated", "须写明模式和报告时间 state mode and reported_time")
    thread = getattr(body, kind.thread) if kind.thread else header.entity_id
    cancelled = bool(kind.cancels) and getattr(body, kind.cancels)
    changed = "Update" if header.revision > 1 else ""
    incident = getattr(body, "incident_id", "")
    return Document(
        type=kind.type,
        message_id=header.message_id,
        sent=fields.to_time(header.reported_time),
        description=getattr(body, kind.words) if kind.words else "",
        originating=thread,
        preceding=_preceding(kind, header.in_reply_to, thread),
        incidents=tuple(dict.fromkeys(filter(None, (incident, *header.incident_ids)))),
        recalled=header.entity_id if cancelled or changed else "",
        recall="Cancel" if cancelled else changed,
        contacts=tuple(contacts_of(kind, body)),
        lines=tuple(_lines(kind, body)),
        status=STATUSES[header.mode],
        sender=str(getattr(body, kind.parties[0][0])),
        keywords=(Listed(BODY, kind.body),) if kind is RETURNING else (),
    )


def _preceding(kind: Kind, in_reply_to: str, thread: str) -> str:
    """A first request has none; an answer must have one."""
    if not kind.thread:
        return ""
    return in_reply_to or (thread if kind.answers else "")


def _lines(kind: Kind, body: Any) -> Iterator[Line]:
    if kind.body == "aid_extension":
        for number, line_id in enumerate(body.commitment_line_ids, 1):
            yield _extended(kind, body, line_id if printable(line_id).strip() else str(number))
        return
    entries = getattr(body, kind.entries) if kind.entries else [body]
    for index, entry in enumerate(entries, 1):
        made: dict[str, Any] = {"id": str(index)}
        for path, place in kind.bindings:
            value = _value(entry, path)
            if value is not None:
                fields.put(made, place, value)
        if kind.body == "resource_status":
            fields.put(made, "quantity", Quantity(value=body.stock.available, unit=body.stock.unit))
        if made.get("response") == "Accept" and not made.get("schedules"):
            made["schedules"] = {"Committed": Schedule()}  # the standard wants one
        yield Line(**made)


def _extended(kind: Kind, body: Any, line_id: str) -> Line:
    until = body.until_time if body.HasField("until_time") and is_time(body.until_time) else None
    schedules = {"RequestedReturnDeparture": Schedule(fields.to_time(until))} if until else {}
    if not kind.answers:
        return Line(id=line_id, schedules=schedules)
    answer = fields.RESPONSES.get(body.decision, "")
    if body.decision == AidDecision.AID_DECISION_ACCEPT and not schedules:
        schedules = {"Committed": Schedule()}
    return Line(
        id=line_id, preceding=line_id, response=answer, reason=body.reason, schedules=schedules
    )


def _value(message: Any, path: str) -> Any:
    """What stands at a path; None if nothing does."""
    *above, name = path.split(".")
    for step in above:
        if not message.HasField(step):
            return None
        message = getattr(message, step)
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.has_presence and not message.HasField(name):
        return None
    value = getattr(message, name)
    return value if field.has_presence or value else None
