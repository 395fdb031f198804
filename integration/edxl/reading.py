"""From XML to a Document. Each text that is read is ticked off; what is left at the end is remarked."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from integration.cap import instants
from integration.cap.remarks import CapRefused, Fault, Kind, Remark, refusal
from integration.edxl.document import (
    DE,
    GML,
    MSG,
    RM,
    STATUSES,
    XNL,
    XPIL,
    Contact,
    Document,
    Line,
    Listed,
    Location,
    Position,
    Schedule,
)
from schemas.codes.other_standards import edxl_values

TYPES = frozenset(value.value for value in edxl_values("MessageType"))
SCHEDULES = frozenset(value.value for value in edxl_values("ScheduleType"))
RESPONSES = frozenset(value.value for value in edxl_values("ResponseType"))
RECALLS = frozenset(value.value for value in edxl_values("RecallType"))
_OURS = (MSG, RM)
_SHOWN = 100


def read(root: Any) -> tuple[Document, list[Remark]]:
    """The message of a root element, in an envelope or not. Raises CapRefused with all that is wrong."""
    reader = _Reader(root)
    document = reader.document()
    if reader.faults:
        raise CapRefused(*reader.faults)
    return document, [*reader.remarks, *reader.left()]


class _Reader:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.seen: set[Any] = set()
        self.faults: list[Fault] = []
        self.remarks: list[Remark] = []

    def document(self) -> Document:
        envelope = self.root if self.root.tag == f"{{{DE}}}EDXLDistribution" else None
        message = self._message(envelope)
        kind = etree.QName(message).localname
        self._same_type(message, kind)
        recall = self._child(message, "MessageRecall")
        return Document(
            type=kind,
            message_id=self._required(message, "MessageID"),
            sent=self._time(message, "SentDateTime", required=True) or datetime.min,
            description=self._text(message, "MessageDescription"),
            originating=self._text(message, "OriginatingMessageID"),
            preceding=self._text(message, "PrecedingMessageID"),
            incidents=tuple(self._incidents(message)),
            recalled=self._text(recall, "RecallMessageID"),
            recall=self._word(recall, "RecallType", RECALLS),
            contacts=tuple(map(self._contact, self._children(message, "ContactInformation"))),
            lines=tuple(map(self._line, self._children(message, "ResourceInformation"))),
            status=self._status(envelope),
            keywords=tuple(self._keywords(envelope)),
        )

    def _message(self, envelope: Any) -> Any:
        if envelope is None:
            found = [self.root]
        else:
            found = [
                child
                for content in envelope.iter(f"{{{DE}}}embeddedXMLContent")
                for child in content
                if etree.QName(child).namespace == MSG
            ]
        messages = [m for m in found if etree.QName(m).namespace == MSG]
        if len(messages) != 1 or etree.QName(messages[0]).localname not in TYPES:
            raise refusal(
                etree.QName(self.root).localname,
                "edxl.message",
                f"须恰有一条EDXL-RM 1.0消息 must hold exactly one message of {MSG}, bare or in an "
                "EDXLDistribution: 分开 part them",
            )
        return messages[0]

    def _same_type(self, message: Any, kind: str) -> None:
        told = self._text(message, "MessageContentType")
        if told and told != kind:
            self._fault(
                message, "MessageContentType", "edxl.type", f"{told!r}: 应为 must be {kind}"
            )

    def _status(self, envelope: Any) -> str:
        if envelope is None:
            return ""
        for name in (
            *("distributionID", "senderID", "dateTimeSent", "distributionType"),
            *("combinedConfidentiality", "language"),
        ):
            self._text(envelope, name, DE)
        status = self._text(envelope, "distributionStatus", DE)
        if status not in STATUSES:
            remedy = f"{status[:40]!r}: 应为 one of {', '.join(STATUSES)}"
            self._fault(envelope, "distributionStatus", "edxl.status", remedy)
        return status

    def _keywords(self, envelope: Any) -> Iterator[Listed]:
        for found in envelope.iter(f"{{{DE}}}contentKeyword") if envelope is not None else ():
            yield Listed(self._text(found, "valueListUrn", DE), self._text(found, "value", DE))

    def _incidents(self, message: Any) -> Iterator[str]:
        for found in self._children(message, "IncidentInformation"):
            if text := self._text(found, "IncidentID"):
                yield text

    def _contact(self, element: Any) -> Contact:
        more = self._child(element, "AdditionalContactInformation")
        names = more.iter(f"{{{XNL}}}NameElement") if more is not None else ()
        numbers = more.iter(f"{{{XPIL}}}ContactNumberElement") if more is not None else ()
        return Contact(
            self._text(element, "ContactRole"),
            self._text(element, "ContactDescription"),
            " ".join(filter(None, (self._tick(name) for name in names))),
            next((self._tick(number) for number in numbers), ""),
        )

    def _line(self, element: Any) -> Line:
        answer = self._child(element, "ResponseInformation")
        resource = self._child(element, "Resource")
        assignment = self._child(element, "AssignmentInformation")
        told = self._child(assignment, "AssignmentInstructions")
        status = self._child(self._child(resource, "ResourceStatus"), "DeploymentStatus")
        amount, unit, quantity_text = self._quantity(self._child(assignment, "Quantity"))
        return Line(
            id=self._required(element, "ResourceInfoElementID"),
            preceding=self._text(answer, "PrecedingResourceInfoElementID"),
            response=self._word(answer, "ResponseType", RESPONSES),
            reason=self._text(answer, "ResponseReason"),
            resource_id=self._text(resource, "ResourceID"),
            name=self._text(resource, "Name"),
            type=self._listed(self._child(resource, "TypeStructure")),
            keywords=tuple(
                listed
                for child in self._children(resource, "Keyword")
                if (listed := self._listed(child))
            ),
            description=self._text(resource, "Description"),
            status=self._listed(status),
            amount=amount,
            unit=unit,
            quantity_text=quantity_text,
            transport=self._text(told, "ModeOfTransportation"),
            instructions=self._text(told, "ReportingInstructions"),
            schedules=self._schedules(element),
        )

    def _quantity(self, element: Any) -> tuple[float | None, str, str]:
        measured = self._child(element, "MeasuredQuantity")
        if measured is None:
            return None, "", self._text(element, "QuantityText")
        text = self._text(measured, "Amount")
        unit = self._listed(self._child(measured, "UnitOfMeasure"))
        return self._number(measured, "Amount", text), unit.value if unit else "", ""

    def _schedules(self, element: Any) -> dict[str, Schedule]:
        found: dict[str, Schedule] = {}
        for child in self._children(element, "ScheduleInformation"):
            kind = self._word(child, "ScheduleType", SCHEDULES)
            if kind in found:  # what is read of it below stays unread, and is so remarked
                continue
            found[kind] = Schedule(self._time(child, "DateTime"), self._location(child))
        return found

    def _location(self, element: Any) -> Location | None:
        found = self._child(element, "Location")
        if found is None:
            return None
        return Location(self._text(found, "LocationDescription"), self._position(found))

    def _position(self, element: Any) -> Position | None:
        for point in element.iter(f"{{{GML}}}Point"):
            pos = next(point.iter(f"{{{GML}}}pos"), None)
            system = (point.get("srsName") or "EPSG:4326").rpartition(":")[2]
            if pos is None:
                continue
            parts = self._tick(pos).split()
            numbers = [self._number(point, "pos", part) for part in parts[:2]]
            if len(numbers) == 2 and system in ("4326", "4490") and None not in numbers:
                return Position(numbers[0] or 0.0, numbers[1] or 0.0, int(system))
            self._fault(
                point, "pos", "edxl.point", '应为 must be "latitude longitude", EPSG 4326 or 4490'
            )
        return None

    def _number(self, element: Any, name: str, text: str) -> float | None:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            self._fault(element, name, "edxl.number", f"{text[:40]!r} 不是数字 is no number")
            return None
        return found

    def _listed(self, element: Any) -> Listed | None:
        if element is None:
            return None
        return Listed(self._text(element, "ValueListURN"), self._text(element, "Value"))

    def _time(self, element: Any, name: str, *, required: bool = False) -> datetime | None:
        text = self._required(element, name) if required else self._text(element, name)
        if not text:
            return None
        try:
            time, lenient = instants.read(text)
        except (ValueError, OverflowError):
            remedy = f"{text[:80]!r} 不是时间 is no time: 写作 write 2026-07-25T12:00:00+08:00"
            self._fault(element, name, "edxl.time", remedy)
            return None
        if lenient:
            path = f"{_path(element)}.{name}"
            self.remarks.append(Remark(Kind.LENIENT, path, f"{text!r}: {lenient}"))
        return time

    def _word(self, element: Any, name: str, values: frozenset[str]) -> str:
        text = self._text(element, name)
        if text and text not in values:
            known = ", ".join(sorted(values))
            self._fault(element, name, "edxl.value", f"{text[:40]!r}: 应为 use one of {known}")
        return text

    def _required(self, element: Any, name: str) -> str:
        text = self._text(element, name)
        if not text:
            self._fault(element, name, "edxl.required", "必填，未给出 required: give it")
        return text

    def _text(self, element: Any, name: str, namespace: str = "") -> str:
        found = self._child(element, name, namespace)
        return self._tick(found) if found is not None else ""

    def _tick(self, element: Any) -> str:
        self.seen.add(element)
        return (element.text or "").strip()

    def _child(self, element: Any, name: str, namespace: str = "") -> Any:
        return next(self._children(element, name, namespace), None)

    def _children(self, element: Any, name: str, namespace: str = "") -> Iterator[Any]:
        for child in element if element is not None else ():
            tag = etree.QName(child)
            wanted = (namespace,) if namespace else _OURS
            if tag.localname == name and tag.namespace in wanted:
                yield child

    def _fault(self, element: Any, name: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault(f"{_path(element)}.{name}", rule, remedy))

    def left(self) -> Iterator[Remark]:
        """Texts that nobody asked for."""
        for element in self.root.iter():
            text = (element.text or "").strip()
            if text and element not in self.seen:
                said = f"{text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"
                if "Contact" in _path(element):  # may name people
                    said = ""
                remedy = f"消息不带 not in the message: {said}".rstrip(": ")
                yield Remark(Kind.LEFT_OUT, _path(element), remedy)


def _path(element: Any) -> str:
    """Its way from the message, by local names."""
    names = [etree.QName(element).localname]
    for above in element.iterancestors():
        if etree.QName(above).namespace == DE:
            break
        names.append(etree.QName(above).localname)
    return ".".join(reversed(names))
