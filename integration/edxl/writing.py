"""From a Document to XML: the message in the order of its schema, inside an EDXL-DE 1.0 envelope."""

from datetime import datetime
from typing import Any

from lxml import etree

from integration.cap import instants
from integration.cap.writing import printable
from integration.edxl.document import (
    DE,
    GML,
    MSG,
    RM,
    XNL,
    XPIL,
    Contact,
    Document,
    Line,
    Listed,
    Location,
    Schedule,
)

_PREFIXES: Any = {"rmsg": MSG, "rm": RM, "xpil": XPIL, "xnl": XNL, "gml": GML}
_TYPES = {"Cancel": "Cancel", "Update": "Update"}


def write(document: Document) -> bytes:
    """UTF-8 with a declaration. Characters that XML can't hold become U+FFFD."""
    root = etree.Element(f"{{{DE}}}EDXLDistribution", nsmap={None: DE})
    _texts(
        root,
        DE,
        ("distributionID", document.message_id),
        ("senderID", document.sender),
        ("dateTimeSent", _time(document.sent)),
        ("distributionStatus", document.status),
        ("distributionType", _TYPES.get(document.recall) or _kind(document.type)),
        ("combinedConfidentiality", "Unspecified"),
        ("language", "zh-CN"),
    )
    content = etree.SubElement(root, f"{{{DE}}}contentObject")
    for keyword in document.keywords:
        held = etree.SubElement(content, f"{{{DE}}}contentKeyword")
        _texts(held, DE, ("valueListUrn", keyword.urn), ("value", keyword.value))
    inside = etree.SubElement(content, f"{{{DE}}}xmlContent")
    _message(etree.SubElement(inside, f"{{{DE}}}embeddedXMLContent"), document)
    etree.indent(root)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made


def _kind(message_type: str) -> str:
    if message_type.startswith("ResponseTo"):
        return "Response"
    return "Request" if message_type.startswith("Request") else "Report"


def _message(above: Any, document: Document) -> None:
    root = etree.SubElement(above, f"{{{MSG}}}{document.type}", nsmap=_PREFIXES)
    _texts(
        root,
        MSG,
        ("MessageID", document.message_id),
        ("SentDateTime", _time(document.sent)),
        ("MessageContentType", document.type),
        ("MessageDescription", document.description),
        ("OriginatingMessageID", document.originating),
        ("PrecedingMessageID", document.preceding),
    )
    for incident in document.incidents:
        _texts(_below(root, "IncidentInformation"), RM, ("IncidentID", incident))
    if document.recall:
        recall = _below(root, "MessageRecall")
        _texts(recall, RM, ("RecallMessageID", document.recalled), ("RecallType", document.recall))
    for contact in document.contacts:
        _contact(_below(root, "ContactInformation"), contact)
    for line in document.lines:
        _line(_below(root, "ResourceInformation"), line)


def _contact(element: Any, contact: Contact) -> None:
    _texts(element, RM, ("ContactDescription", contact.description), ("ContactRole", contact.role))
    if contact.person or contact.phone:
        more = etree.SubElement(element, f"{{{RM}}}AdditionalContactInformation")
        if contact.person:
            name = etree.SubElement(more, f"{{{XPIL}}}PartyName")
            person = etree.SubElement(name, f"{{{XNL}}}PersonName")
            _texts(person, XNL, ("NameElement", contact.person))
        if contact.phone:
            numbers = etree.SubElement(more, f"{{{XPIL}}}ContactNumbers")
            number = etree.SubElement(numbers, f"{{{XPIL}}}ContactNumber")
            _texts(number, XPIL, ("ContactNumberElement", contact.phone))


def _line(element: Any, line: Line) -> None:
    _texts(element, MSG, ("ResourceInfoElementID", line.id))
    if line.response:
        answer = _below(element, "ResponseInformation")
        _texts(
            answer,
            RM,
            ("PrecedingResourceInfoElementID", line.preceding),
            ("ResponseType", line.response),
            ("ResponseReason", line.reason),
        )
    _resource(_below(element, "Resource"), line)
    if line.amount is not None or line.transport or line.instructions:
        _assignment(_below(element, "AssignmentInformation"), line)
    for kind, schedule in line.schedules.items():
        _schedule(_below(element, "ScheduleInformation"), kind, schedule)


def _resource(element: Any, line: Line) -> None:
    _texts(element, MSG, ("ResourceID", line.resource_id), ("Name", line.name))
    if line.type:
        _listed(_below(element, "TypeStructure"), line.type)
    for keyword in line.keywords:
        _listed(_below(element, "Keyword"), keyword)
    _texts(element, MSG, ("Description", line.description))
    if line.status:
        _listed(_below(_below(element, "ResourceStatus"), "DeploymentStatus"), line.status)


def _assignment(element: Any, line: Line) -> None:
    if line.amount is not None:
        measured = etree.SubElement(_below(element, "Quantity"), f"{{{RM}}}MeasuredQuantity")
        _texts(measured, RM, ("Amount", number(line.amount)))
        if line.unit:
            unit = etree.SubElement(measured, f"{{{RM}}}UnitOfMeasure")
            _listed(unit, Listed("urn:yrd:unit", line.unit))
    if line.transport or line.instructions:
        told = _below(element, "AssignmentInstructions")
        _texts(
            told,
            RM,
            ("ModeOfTransportation", line.transport),
            ("ReportingInstructions", line.instructions),
        )


def _schedule(element: Any, kind: str, schedule: Schedule) -> None:
    _texts(element, MSG, ("ScheduleType", kind))
    if schedule.time is not None:
        _texts(element, MSG, ("DateTime", _time(schedule.time)))
    if schedule.location is not None:
        _location(_below(element, "Location"), schedule.location)


def _location(element: Any, location: Location) -> None:
    _texts(element, RM, ("LocationDescription", location.description))
    if location.position:
        where = location.position
        area = etree.SubElement(element, f"{{{RM}}}TargetArea")
        point = etree.SubElement(area, f"{{{GML}}}Point")
        point.set("srsName", f"urn:ogc:def:crs:EPSG::{where.epsg}")
        _texts(point, GML, ("pos", f"{number(where.latitude)} {number(where.longitude)}"))


def _listed(element: Any, listed: Listed) -> None:
    _texts(element, RM, ("ValueListURN", listed.urn), ("Value", listed.value), empty=True)


def _below(element: Any, name: str) -> Any:
    return etree.SubElement(element, f"{{{MSG}}}{name}")


def _texts(element: Any, namespace: str, *texts: tuple[str, str], empty: bool = False) -> None:
    for name, text in texts:
        if text or empty or name == "value":
            etree.SubElement(element, f"{{{namespace}}}{name}").text = printable(text)


def number(value: float) -> str:
    """As short as it can be read back exactly."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _time(time: datetime) -> str:
    return instants.write(time)
