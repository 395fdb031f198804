"""From a Document to drafts: one, or one a line where the contract has a message for each."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from integration.cap.remarks import Kind as Why
from integration.cap.remarks import Remark, refusal
from integration.edxl import fields, kept, parties
from integration.edxl.answers import join_answers
from integration.edxl.document import Document, Line
from integration.edxl.kinds import EVERY, KINDS, Kind
from integration.edxl.references import UUID7, Known, Standing, entity, key, standing
from integration.edxl.telling import BODY, STATUSES
from schemas import message_ids
from schemas.codes.resources import capability
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Mode, Priority
from yrd.resource.v1.resource_pb2 import ResourceKind

MOST_DRAFTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a message does not say: who publishes it, mode (if it has no envelope), exercise, data level."""

    participant: str = ""
    mode: Mode | None = None
    exercise_id: str = ""
    data_level: DataLevel = DataLevel.DATA_LEVEL_GENERAL_3


class Drafted(NamedTuple):
    """Drafts of a message, and what is to be said about them."""

    drafts: list[Draft]
    remarks: list[Remark]


def drafts_of(document: Document, settings: Settings, known: Known) -> Drafted:
    """The drafts, in order. Raises CapRefused. The same arguments give the same, message ids included."""
    kind, remarks = _kind(document), list[Remark]()
    if not document.lines or len(document.lines) > MOST_DRAFTS * 5:
        raise refusal("ResourceInformation", "edxl.lines", "须有1至500个 there must be 1 to 500")
    groups = [document.lines] if kind.entries else [(line,) for line in document.lines]
    if len(groups) > MOST_DRAFTS:
        raise refusal(
            "ResourceInformation", "edxl.lines", f"最多 at most {MOST_DRAFTS}: 拆分 split it"
        )
    drafts = [
        _draft(kind, document, lines, number, settings, known, remarks)
        for number, lines in enumerate(groups)
    ]
    return Drafted(drafts, list(dict.fromkeys(remarks)))


def _kind(document: Document) -> Kind:
    told = next((k.value for k in document.keywords if k.urn == BODY), "")
    for kind in EVERY if told else KINDS:
        if kind.type == document.type and told in ("", kind.body):
            return kind
    known = "、".join(dict.fromkeys(kind.type for kind in KINDS))
    raise refusal(
        document.type,
        "edxl.type",
        f"合同没有对应消息 the contract has no message for it; has {known}",
    )


def _draft(
    kind: Kind,
    document: Document,
    lines: tuple[Line, ...],
    number: int,
    settings: Settings,
    known: Known,
    remarks: list[Remark],
) -> Draft:
    draft = Draft()
    body = getattr(draft, kind.body)
    body.SetInParent()
    parties.fill(kind, document, body, settings.participant, remarks)
    _whole(kind, document, body, known, remarks)
    for line in lines:
        _line(kind, line, body, remarks)
    if kind.body == "aid_response":
        join_answers(body.lines, remarks)
    author = str(getattr(body, kind.parties[0][0]) or settings.participant)
    _header(draft, kind, document, number, settings, known, author)
    others = [k for k in document.keywords if k.urn != BODY]
    kept.apply(draft, others, ("header", kind.body))
    return draft


def _whole(kind: Kind, document: Document, body: Any, known: Known, remarks: list[Remark]) -> None:
    """What is told once: step, thread, words, incident, and that it no longer stands."""
    if kind.step is not None:
        field, value = kind.step
        enum = body.DESCRIPTOR.fields_by_name[field].enum_type
        setattr(body, field, enum.values_by_name[value].number)
        if kind.body == "aid_extension":
            body.author = body.provider if kind.answers else body.requester
    if kind.thread:
        setattr(body, kind.thread, entity(document.originating, known))
        if standing(document.originating, known) is None:
            text = (
                f"{document.originating[:60]!r}: 未知，按实体编号照录 nothing is known under this id: "
                "taken as an entity's"
            )
            remarks.append(Remark(Why.LENIENT, "OriginatingMessageID", text))
    if kind.words:
        setattr(body, kind.words, document.description)
    if "incident_id" in body.DESCRIPTOR.fields_by_name and document.incidents:
        body.incident_id = document.incidents[0]
    if kind.cancels and document.recall == "Cancel":
        setattr(body, kind.cancels, True)


def _line(kind: Kind, line: Line, body: Any, remarks: list[Remark]) -> None:
    if kind.body == "aid_extension":
        _extended(kind, line, body)
        return
    entry = getattr(body, kind.entries).add() if kind.entries else body
    for path, place in kind.bindings:
        value = fields.take(line, place)
        if value is not None:
            _set(entry, path, value)
    _infer(kind, line, entry, remarks)
    kept.apply(entry, line.keywords)


def _extended(kind: Kind, line: Line, body: Any) -> None:
    body.commitment_line_ids.append(line.id)
    until = fields.take(line, "RequestedReturnDeparture@")
    if until is not None:
        body.until_time.CopyFrom(until)
    if kind.answers:
        body.decision = fields.take(line, "response") or 0
        body.reason = body.reason or line.reason


def _set(message: Any, path: str, value: Any) -> None:
    *above, name = path.split(".")
    for step in above:
        message = getattr(message, step)
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.is_repeated:
        getattr(message, name).append(value)
    elif field.message_type is not None:
        getattr(message, name).CopyFrom(value)
    else:
        setattr(message, name, value)


def _infer(kind: Kind, line: Line, entry: Any, remarks: list[Remark]) -> None:
    """What other systems leave out, where it is plain."""
    if kind.body == "aid_request":
        known = capability(entry.need.capability.value)
        if known is not None:
            entry.need.kind = ResourceKind.Value(f"RESOURCE_KIND_{known.kind}")
        if not entry.HasField("report_to") and entry.need.HasField("destination"):
            entry.report_to.CopyFrom(entry.need.destination)
            text = "取自RequestedArrival的地点 taken from the location of RequestedArrival"
            remarks.append(Remark(Why.INFERRED, "ScheduleInformation ReportTo", text))
    elif kind.body == "aid_order":
        entry.request_line_id = line.id
    elif kind.body == "resource_status":
        quantity = fields.take(line, "quantity")
        if quantity is not None:
            entry.stock.unit = quantity.unit
            entry.stock.total = entry.stock.available = quantity.value
            text = "总量取自提供的数量 the total is taken from what is offered"
            remarks.append(Remark(Why.INFERRED, "AssignmentInformation.Quantity", text))


def _header(
    draft: Draft,
    kind: Kind,
    document: Document,
    number: int,
    settings: Settings,
    known: Known,
    author: str,
) -> None:
    header = draft.header
    header.mode, header.exercise_id = _mode(document, settings)
    header.message_id = _message_id(document, author, number)
    found = _standing(document, known, header.message_id)
    if found is not None and number == 0:
        again = found.message_id == header.message_id
        header.entity_id = found.entity_id
        header.revision = found.revision if again else found.revision + 1
    else:
        name = document.lines[number].resource_id if kind.body == "resource_status" else ""
        told = key(name or document.message_id) + (f":{number + 1}" if number and not name else "")
        header.entity_id = f"{author}/{kind.body}/{told}"
        header.revision = 1
    header.priority = Priority.PRIORITY_URGENT
    header.data_level = settings.data_level
    for time in (header.occurred_time, header.reported_time):
        time.FromDatetime(document.sent)
    header.incident_ids.extend(dict.fromkeys(document.incidents))
    header.in_reply_to = _in_reply_to(document, known)


def _standing(document: Document, known: Known, message_id: str) -> Standing | None:
    """That of the same message, or of the one that it updates or cancels."""
    return known.get(message_id) or (
        standing(document.recalled, known) if document.recall else None
    )


def _in_reply_to(document: Document, known: Known) -> str:
    if UUID7.fullmatch(document.preceding):
        return document.preceding
    found = standing(document.preceding, known)
    return found.message_id if found else ""


def _mode(document: Document, settings: Settings) -> tuple[Mode, str]:
    modes = {status: mode for mode, status in STATUSES.items()}
    mode = modes.get(document.status, None if document.status else settings.mode)
    if mode is None:
        raise refusal(
            "distributionStatus",
            "edxl.status",
            f"{document.status or '无信封 no envelope'}: 用--mode写明，或放入EDXLDistribution say it, or put "
            "it into an EDXLDistribution with Actual, Exercise or Test",
        )
    return mode, settings.exercise_id if mode == Mode.MODE_EXERCISE else ""


def _message_id(document: Document, author: str, number: int) -> str:
    """Its own where it is one of the contract's; else the same for the same, so each is published once."""
    if UUID7.fullmatch(document.message_id) and number == 0:
        return document.message_id
    told = "\0".join(("edxl", author, document.message_id, str(number)))
    milliseconds = max(0, int(document.sent.timestamp() * 1000))
    return message_ids.derived(milliseconds, hashlib.sha256(told.encode()).digest())


def line_entries(kind: Kind, body: Any) -> Iterator[Any]:
    """The messages that lines of a body are, where they are messages of their own."""
    if kind.entries and kind.body != "aid_extension":
        yield from getattr(body, kind.entries)
