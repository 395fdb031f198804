"""Which two reports of different authorities are near and soon enough to be one event."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from shapely import Point, Polygon

from pipelines.facts.instants import when_us
from pipelines.places.distance import LatLon, kilometres, position
from pipelines.tabled import rows
from schemas.codes.tables import current_code
from yrd.common.v1.common_pb2 import Area
from yrd.exchange.v1.message_pb2 import Message

FAMILY_LENGTH = 3
KM_NORTH = 111.0
"""Kilometres of a degree of latitude, rather too few."""


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Two reports, how far apart, and how far they might have been."""

    first: Message
    second: Message
    kilometres: float
    hours: float
    near: float
    soon: float

    @property
    def spread(self) -> float:
        """0 at one place and time, 2 at both limits."""
        return self.kilometres / self.near + self.hours / self.soon


def family_of(report: Message) -> str:
    """The type family of an incident, for example "12D"."""
    return report.incident_report.primary_type.value[:FAMILY_LENGTH]


@cache
def limits(family: str) -> tuple[float, float]:
    """(kilometres, hours) within which two reports of a family are held to be one event."""
    found = {
        r["family"]: (float(r["kilometres"]), float(r["hours"])) for r in rows("joint_incidents")
    }
    return found.get(family, found["default"])


class Placed:
    """A report with where and when, and the area that it affects. Equal to itself only."""

    __slots__ = (
        "_circle",
        "_outline",
        "at",
        "counties",
        "county",
        "family",
        "hours",
        "origin",
        "report",
    )

    def __init__(self, report: Message) -> None:
        body = report.incident_report
        self.report, self.origin = report, report.stamp.origin
        self.family, self.hours = family_of(report), when_us(report) / 3.6e9
        self.at = position(body.place)
        self.county = _county(body.place.admin_code)
        self.counties = frozenset(_counties(body.affected_area))
        self._circle = _circle(body.affected_area)
        self._outline = _outline(body.affected_area)

    @property
    def reaches_out(self) -> bool:
        """Whether it affects an area: what lies in that is near."""
        return bool(self.counties or self.has_shape)

    @property
    def has_shape(self) -> bool:
        """Whether that is a disc or an outline."""
        return self._circle is not None or self._outline is not None

    def affects(self, other: "Placed") -> bool:
        """Whether the other lies in the area that this one affects."""
        if other.county in self.counties:
            return True
        return other.at is not None and self._covers(other.at)

    def _covers(self, at: LatLon) -> bool:
        if self._circle is not None:
            middle, reach = self._circle
            if abs(middle[0] - at[0]) * KM_NORTH <= reach and kilometres(middle, at) <= reach:
                return True
        return self._outline is not None and bool(self._outline.covers(Point(at[1], at[0])))


def apart(one: Placed, other: Placed) -> Near | None:
    """The two, the one first that comes first by its id, if they are of one family, near and soon enough.

    Where one lies in the area that the other affects they are 0 km apart.
    """
    if one.origin == other.origin or one.family != other.family:
        return None
    near, soon = limits(one.family)
    late = abs(other.hours - one.hours)
    if late > soon:
        return None
    if one.affects(other) or other.affects(one):
        far = 0.0
    elif one.at is None or other.at is None or (far := kilometres(one.at, other.at)) > near:
        return None
    first, second = sorted((one.report, other.report), key=_in_order)
    return Near(first, second, far, late, near, soon)


def _in_order(report: Message) -> tuple[str, str]:
    return report.header.entity_id, report.stamp.origin


def _county(code: str) -> str:
    return (current_code(code[:6]) or code)[:6]


def _counties(area: Area) -> Iterator[str]:
    for code in area.admin_codes:
        if len(code) == 6 and not code.endswith("00"):
            yield _county(code)


def _circle(area: Area) -> tuple[LatLon, float] | None:
    if not area.HasField("circle"):
        return None
    middle = area.circle.center
    return (middle.latitude, middle.longitude), area.circle.radius_meters / 1000


def _outline(area: Area) -> Polygon | None:
    if len(area.polygon.ring) <= 3:
        return None
    ring = Polygon([(p.longitude, p.latitude) for p in area.polygon.ring])
    return ring if ring.is_valid else ring.convex_hull
