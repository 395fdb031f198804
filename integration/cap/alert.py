"""An alert of CAP 1.2 (OASIS, 2010-07-01) as values: every element of the standard, none interpreted.

Each class lists its elements in the order of the schema; reader, writer and comparison work by that list.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire"),
    *("Health", "Env", "Transport", "Infra", "CBRNE", "Other"),
)
RESPONSES = (
    *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid"),
    *("Monitor", "Assess", "AllClear", "None"),
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

LANGUAGE = r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
INTEGER = r"[-+]?\d{1,18}"
DECIMAL = r"[-+]?(\d+(\.\d*)?|\.\d+)"


class Element(NamedTuple):
    """An element: its XML name, the attribute that holds it, and what may stand in it."""

    name: str
    attribute: str
    required: bool = False
    many: bool = False
    kind: Any = str
    """str, datetime, or the class of what is inside."""
    values: tuple[str, ...] = ()
    pattern: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the name of its list: eventCode, parameter, geocode."""

    value_name: str
    value: str
    ELEMENTS: ClassVar = (
        Element("valueName", "value_name", True),
        Element("value", "value", True, may_be_empty=True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file beside the alert, by address or inside (`deref_uri`, base64), with its SHA-1 `digest`."""

    description: str
    mime_type: str
    size: str = ""
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""
    ELEMENTS: ClassVar = (
        Element("resourceDesc", "description", True),
        Element("mimeType", "mime_type", True),
        Element("size", "size", pattern=INTEGER),
        Element("uri", "uri"),
        Element("derefUri", "deref_uri"),
        Element("digest", "digest"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Where: words, "lat,lon lat,lon …", "lat,lon km", codes; heights in feet above sea level."""

    description: str
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude: str = ""
    ceiling: str = ""
    ELEMENTS: ClassVar = (
        Element("areaDesc", "description", True),
        Element("polygon", "polygons", many=True),
        Element("circle", "circles", many=True),
        Element("geocode", "geocodes", many=True, kind=Named),
        Element("altitude", "altitude", pattern=DECIMAL),
        Element("ceiling", "ceiling", pattern=DECIMAL),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What is told, in one language."""

    language: str = ""
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...] = ()
    urgency: str
    severity: str
    certainty: str
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()
    ELEMENTS: ClassVar = (
        Element("language", "language", pattern=LANGUAGE),
        Element("category", "categories", True, True, values=CATEGORIES),
        Element("event", "event", True),
        Element("responseType", "responses", many=True, values=RESPONSES),
        Element("urgency", "urgency", True, values=URGENCIES),
        Element("severity", "severity", True, values=SEVERITIES),
        Element("certainty", "certainty", True, values=CERTAINTIES),
        Element("audience", "audience"),
        Element("eventCode", "event_codes", many=True, kind=Named),
        Element("effective", "effective", kind=datetime),
        Element("onset", "onset", kind=datetime),
        Element("expires", "expires", kind=datetime),
        Element("senderName", "sender_name"),
        Element("headline", "headline"),
        Element("description", "description"),
        Element("instruction", "instruction"),
        Element("web", "web"),
        Element("contact", "contact"),
        Element("parameter", "parameters", many=True, kind=Named),
        Element("resource", "resources", many=True, kind=Resource),
        Element("area", "areas", many=True, kind=Area),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The whole; `references` is "sender,identifier,sent" triples with spaces between."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    message_type: str
    source: str = ""
    scope: str
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: str = ""
    incidents: str = ""
    infos: tuple[Info, ...] = ()
    ELEMENTS: ClassVar = (
        Element("identifier", "identifier", True),
        Element("sender", "sender", True),
        Element("sent", "sent", True, kind=datetime),
        Element("status", "status", True, values=STATUSES),
        Element("msgType", "message_type", True, values=MESSAGE_TYPES),
        Element("source", "source"),
        Element("scope", "scope", True, values=SCOPES),
        Element("restriction", "restriction"),
        Element("addresses", "addresses"),
        Element("code", "codes", many=True),
        Element("note", "note"),
        Element("references", "references"),
        Element("incidents", "incidents"),
        Element("info", "infos", many=True, kind=Info),
    )
