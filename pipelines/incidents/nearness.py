"""Which reports of different authorities are near and soon enough to be one event."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import floor

from shapely import Point, Polygon

from pipelines.facts.instants import when_us
from pipelines.places.distance import LatLon, kilometres, position
from pipelines.tabled import rows
from schemas.codes.tables import current_code
from yrd.common.v1.common_pb2 import Area
from yrd.exchange.v1.message_pb2 import Message

FAMILY_LENGTH = 3
_KM_NORTH, _KM_EAST = 111.0, 89.0
"""Kilometres of a degree, rather too few: east of the grid's northern edge, at 36 N."""


@dataclass(frozen=True, slots=True)
class Near:
    """Two reports by their places in the list, how far apart, and how far they might have been."""

    first: int
    second: int
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


def near_ones(reports: list[Message]) -> Iterator[Near]:
    """Every pair of one family, of different authorities, near and soon enough; each once."""
    families: dict[str, list[int]] = {}
    for i, report in enumerate(reports):
        families.setdefault(family_of(report), []).append(i)
    hours = [when_us(report) / 3.6e9 for report in reports]
    for family, members in families.items():
        near, soon = limits(family)
        for (i, j), km in sorted(_apart(reports, members, near).items()):
            late = abs(hours[j] - hours[i])
            if late <= soon:
                yield Near(i, j, km, late, near, soon)


def _apart(reports: list[Message], members: list[int], near: float) -> dict[tuple[int, int], float]:
    """Kilometres between those that are near; 0 where one lies in the area that the other affects."""
    places = {i: at for i in members if (at := position(reports[i].incident_report.place))}
    found: dict[tuple[int, int], float] = {}
    for i, j in _neighbours(places, near):
        km = kilometres(places[i], places[j])
        if km <= near and reports[i].stamp.origin != reports[j].stamp.origin:
            found[i, j] = km
    for i, j in _affected(reports, members, places):
        if reports[i].stamp.origin != reports[j].stamp.origin:
            found[min(i, j), max(i, j)] = 0.0
    return found


def _neighbours(places: dict[int, LatLon], near: float) -> Iterator[tuple[int, int]]:
    """Pairs, the smaller first, in the same or adjoining cells of a grid as wide as `near`."""
    cells: dict[tuple[int, int], list[int]] = {}
    for i, (latitude, longitude) in places.items():
        cell = floor(latitude * _KM_NORTH / near), floor(longitude * _KM_EAST / near)
        cells.setdefault(cell, []).append(i)
    for (north, east), here in cells.items():
        around = [
            j
            for n in (north - 1, north, north + 1)
            for e in (east - 1, east, east + 1)
            for j in cells.get((n, e), ())
        ]
        yield from ((i, j) for i in here for j in around if i < j)


def _affected(
    reports: list[Message], members: list[int], places: dict[int, LatLon]
) -> Iterator[tuple[int, int]]:
    """(who affects, who lies in it): counties that are named, discs and outlines."""
    in_county: dict[str, list[int]] = {}
    for j in members:
        in_county.setdefault(_county(reports[j].incident_report.place.admin_code), []).append(j)
    for i in members:
        area = reports[i].incident_report.affected_area
        for code in area.admin_codes:
            if len(code) == 6 and not code.endswith("00"):
                yield from ((i, j) for j in in_county.get(_county(code), ()) if i != j)
        yield from ((i, j) for j in _inside(area, places) if i != j)


def _county(code: str) -> str:
    return (current_code(code[:6]) or code)[:6]


def _inside(area: Area, places: dict[int, LatLon]) -> Iterable[int]:
    if area.HasField("circle"):
        middle, reach = area.circle.center, area.circle.radius_meters / 1000
        center = middle.latitude, middle.longitude
        yield from (j for j, at in places.items() if kilometres(center, at) <= reach)
    if len(area.polygon.ring) > 3:
        ring = Polygon([(p.longitude, p.latitude) for p in area.polygon.ring])
        outline = ring if ring.is_valid else ring.convex_hull
        yield from (j for j, (lat, lon) in places.items() if outline.covers(Point(lon, lat)))
