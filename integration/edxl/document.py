"""A resource message of EDXL-RM 1.0 with its EDXL-DE 1.0 envelope, as values.

Names are those of the standard. What the contract has no use for is not here; the reader remarks it.
"""

from dataclasses import dataclass, field
from datetime import datetime

DE = "urn:oasis:names:tc:emergency:EDXL:DE:1.0"
MSG = "urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg"
RM = "urn:oasis:names:tc:emergency:EDXL:RM:1.0"
XPIL, XNL = "urn:oasis:names:tc:ciq:xpil:3", "urn:oasis:names:tc:ciq:xnl:3"
GML = "http://www.opengis.net/gml"

STATUSES = ("Actual", "Exercise", "System", "Test")
"""distributionStatus of the envelope: EDXL-RM itself can't say that a message is of a drill."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A value with the URN of its list: Keyword, TypeStructure, UnitOfMeasure, DeploymentStatus."""

    urn: str
    value: str


@dataclass(frozen=True, slots=True)
class Position:
    """A gml:Point: latitude, longitude, and the number of its EPSG system."""

    latitude: float
    longitude: float
    epsg: int


@dataclass(frozen=True, slots=True)
class Location:
    """LocationDescription, and TargetArea where that is a point."""

    description: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """ContactInformation: who, in which role, and of a person the name and phone."""

    role: str
    description: str
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """ScheduleInformation without its type."""

    time: datetime | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """ResourceInformation."""

    id: str
    preceding: str = ""
    response: str = ""
    reason: str = ""
    resource_id: str = ""
    name: str = ""
    type: Listed | None = None
    keywords: tuple[Listed, ...] = ()
    description: str = ""
    status: Listed | None = None
    amount: float | None = None
    unit: str = ""
    quantity_text: str = ""
    transport: str = ""
    instructions: str = ""
    schedules: dict[str, Schedule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The whole. `status` and `keywords` are the envelope's; no status: the message came without one."""

    type: str
    message_id: str
    sent: datetime
    description: str = ""
    originating: str
    preceding: str = ""
    incidents: tuple[str, ...] = ()
    recalled: str = ""
    recall: str = ""
    contacts: tuple[Contact, ...] = ()
    lines: tuple[Line, ...] = ()
    status: str = ""
    sender: str = ""
    keywords: tuple[Listed, ...] = ()
