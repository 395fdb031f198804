"""Fields of the contract as parts of a Line, and back."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from integration.cap.instants import in_beijing
from integration.cap.writing import printable
from integration.edxl.document import Line, Listed, Location, Position, Schedule
from schemas.instants import is_time
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.aid.v1.deployment_pb2 import DeploymentStatus
from yrd.common.v1.common_pb2 import Code, CoordinateSystem, Place, Quantity, TransportMode

STATUS = "urn:yrd:deployment-status"
_SCHEME = "urn:yrd:code:"
RESPONSES = {
    AidDecision.AID_DECISION_ACCEPT: "Accept",
    AidDecision.AID_DECISION_PARTIAL: "Accept",
    AidDecision.AID_DECISION_DECLINE: "Decline",
    AidDecision.AID_DECISION_DEFER: "Provisional",
}
_DECISIONS = {
    "Accept": AidDecision.AID_DECISION_ACCEPT,
    "Decline": AidDecision.AID_DECISION_DECLINE,
    "Provisional": AidDecision.AID_DECISION_DEFER,
}
_EPSG = {
    CoordinateSystem.COORDINATE_SYSTEM_WGS84: 4326,
    CoordinateSystem.COORDINATE_SYSTEM_CGCS2000: 4490,
}
_SYSTEMS = {number: system for system, number in _EPSG.items()}
_PLACE = re.compile(r"([1-9]\d{5}(?:\d{3}){0,2})(?!\d)\s*(.*)", re.ASCII | re.DOTALL)
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(\D.*)?", re.DOTALL)
_TRANSPORTS = {
    "road": "TRANSPORT_MODE_ROAD",
    "rail": "TRANSPORT_MODE_RAIL",
    "water": "TRANSPORT_MODE_WATER",
    "air": "TRANSPORT_MODE_AIR",
}


def put(line: dict[str, Any], place: str, value: Any) -> None:
    """Sets a part of a Line in the making from a value of a field."""
    kind, mark = place.rstrip("@#"), place[-1]
    schedules = line.setdefault("schedules", {})
    if mark == "@":
        if is_time(value):
            schedules[kind] = Schedule(to_time(value), schedules.get(kind, Schedule()).location)
    elif mark == "#":
        schedules[kind] = Schedule(schedules.get(kind, Schedule()).time, to_location(value))
    elif place == "quantity" and math.isfinite(value.value):
        line.update(amount=value.value, unit=value.unit)
    elif place == "type":
        line["type"] = Listed(f"{_SCHEME}{value.scheme}", value.value)
    elif place == "response":
        line["response"] = RESPONSES.get(value, "")
    elif place == "status":
        line["status"] = Listed(STATUS, _short(DeploymentStatus, value))
    elif place == "transport":
        line["transport"] = _short(TransportMode, value).lower()
    elif place == "id":
        line["id"] = value if printable(value).strip() else line["id"]
    elif place != "quantity":
        line[place] = value if isinstance(value, str) else next(iter(value), "")


def take(line: Line, place: str) -> Any:
    """What a part of a Line is as the value of a field; None if it is not there."""
    schedule = line.schedules.get(place.rstrip("@#"), Schedule())
    if place.endswith("@"):
        return from_time(schedule.time) if schedule.time is not None else None
    if place.endswith("#"):
        return from_location(schedule.location) if schedule.location is not None else None
    reader = _READERS.get(place)
    if reader is not None:
        return reader(line)
    return getattr(line, place) or None


def _short(enum: Any, value: int) -> str:
    """An enum value's name without what all names of it begin with."""
    if value not in enum.values():
        return str(value)
    start = enum.Name(0).removesuffix("UNSPECIFIED")
    return str(enum.Name(value)).removeprefix(start)


def to_time(value: Timestamp) -> datetime:
    """On Beijing's clock, in whole seconds."""
    return in_beijing(Timestamp(seconds=value.seconds).ToDatetime(UTC))


def from_time(value: datetime) -> Timestamp:
    """The same instant."""
    made = Timestamp()
    made.FromDatetime(value)
    return made


def to_location(place: Place) -> Location:
    """The code and the address in words, and the point."""
    words = " ".join(filter(None, (place.admin_code, place.address)))
    point, position = place.point, None
    finite = math.isfinite(point.latitude) and math.isfinite(point.longitude)
    if place.HasField("point") and point.crs in _EPSG and finite:
        position = Position(point.latitude, point.longitude, _EPSG[point.crs])
    return Location(words, position)


def from_location(location: Location) -> Place:
    """The code that the words begin with; without one, all is address."""
    found = _PLACE.fullmatch(location.description)
    code, words = found.groups() if found else ("", location.description)
    made = Place(admin_code=code, address=words)
    if location.position is not None:
        at: Any = made.point
        at.latitude, at.longitude = location.position.latitude, location.position.longitude
        at.crs = _SYSTEMS[location.position.epsg]
    return made


def _quantity(line: Line) -> Quantity | None:
    if line.amount is not None:
        return Quantity(value=line.amount, unit=line.unit)
    found = _QUANTITY.fullmatch(line.quantity_text)
    if found is None:
        return None
    return Quantity(value=float(found[1]), unit=(found[2] or "").strip())


def _code(line: Line) -> Code | None:
    if line.type is None:
        return None
    return Code(scheme=line.type.urn.removeprefix(_SCHEME), value=line.type.value)


def _transport(line: Line) -> int | None:
    name = _TRANSPORTS.get(line.transport.strip().lower())
    return TransportMode.Value(name) if name else None


def _status(line: Line) -> int:
    """As it is told; else by the schedules."""
    if line.status is not None:
        name = f"DEPLOYMENT_STATUS_{line.status.value.strip().upper().replace(' ', '_')}"
        if name in DeploymentStatus.keys():  # noqa: SIM118  no mapping
            return DeploymentStatus.Value(name)
    if "ActualArrival" in line.schedules:
        return DeploymentStatus.DEPLOYMENT_STATUS_ON_SCENE
    if "ActualDeparture" in line.schedules:
        return DeploymentStatus.DEPLOYMENT_STATUS_EN_ROUTE
    return DeploymentStatus.DEPLOYMENT_STATUS_MOBILIZING


_READERS: dict[str, Callable[[Line], Any]] = {
    "quantity": _quantity,
    "type": _code,
    "response": lambda line: _DECISIONS.get(line.response),
    "status": _status,
    "transport": _transport,
}
