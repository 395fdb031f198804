"""Who and what lies in a zone: areas by their points, resources, vehicles; and whom it may reach."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from shapely import Point, Polygon, STRtree

from pipelines.facts.known import Known
from pipelines.hazmat.places import pinned
from pipelines.hazmat.zones import Zone
from pipelines.places.distance import LatLon, kilometres, position
from schemas.codes.tables import admin, counties_across, neighbors, points, province_of
from yrd.common.v1.common_pb2 import Place
from yrd.resource.v1.resource_pb2 import ResourceKind

MOST_INSIDE = 50
"""Of areas, of resources and of vehicles in one zone; more are counted."""


class Found(NamedTuple):
    """One that lies inside: `isolation` in the inner area; shelters have rank 0, all else 1.

    `inferred`: its place is known by area only. `message_id`: what tells its place, if a message does.
    """

    rank: int
    km: float
    id: str
    name: str
    isolation: bool
    inferred: bool = False
    message_id: str = ""


class Seen(NamedTuple):
    """A vehicle that was last seen in a zone, and the message that says so."""

    waybill_id: str
    isolation: bool
    place: Place
    message_id: str


class Spots:
    """Points with ids and names, and the messages that tell of them, found by area."""

    def __init__(self, spots: Iterable[tuple[str, str, int, str, LatLon]]) -> None:
        self._spots = sorted(spots)
        self._tree = STRtree([Point(at[1], at[0]) for *_, at in self._spots])

    def inside(self, zone: Zone) -> list[Found]:
        """Those in a zone's areas, by rank and distance."""
        shape, center = zone.widest, zone.source.center
        if shape is None or center is None:
            return []
        inner = set(self._hits(zone.isolation)) if zone.isolation else set()
        found = []
        for i in inner.union(self._hits(shape)):
            id_, name, rank, message_id, at = self._spots[i]
            km = round(kilometres(center, at), 2)
            found.append(Found(rank, km, id_, name, i in inner, message_id=message_id))
        return sorted(found)

    def _hits(self, shape: Polygon) -> Sequence[int]:
        return [int(i) for i in self._tree.query(shape, predicate="intersects")]


@cache
def administrative() -> Spots:
    """All counties."""
    named = [(admin(code), at) for code, at in points().items()]
    return Spots((a.code, a.name, 1, "", at) for a, at in named if a and a.level == "county")


def resources(known: Known) -> Spots:
    """Resources whose position is known; shelters before all others."""
    spots = []
    for message in known.current("resource_status"):
        body = message.resource_status
        at = position(body.place)
        if at is not None and body.place.HasField("point"):
            shelter = body.kind == ResourceKind.RESOURCE_KIND_SHELTER
            header, rank = message.header, 0 if shelter else 1
            spots.append((header.entity_id, body.name, rank, header.message_id, at))
    return Spots(spots)


def vehicles(zone: Zone, seen: Iterable[Seen]) -> list[Found]:
    """Vehicles that were last seen in a zone."""
    center, found = zone.source.center, []
    for vehicle in seen:
        at = pinned(vehicle.place)
        km = kilometres(center, at) if center and at else 0.0
        by_area = not vehicle.place.HasField("point")
        inner, told = vehicle.isolation, vehicle.message_id
        found.append(Found(1, round(km, 2), vehicle.waybill_id, "", inner, by_area, told))
    return sorted(found)


def may_reach(zone: Zone) -> list[str]:
    """Counties of other provinces no farther than the zone's reach, by the middle of the two counties.

    Nobody's outline is known here: the border is taken to lie midway between the points of two
    counties that adjoin across it. Where one of the two has no point, and the zone's own county is the
    one on this side, it may.
    """
    center, found, code = zone.source.center, zone.found, zone.source.place.admin_code
    if center is None or found is None:
        return []
    reach = max((d.metres for d in (found.isolation, found.protection) if d), default=0) / 1000
    own, area = province_of(code), admin(code)
    reached = set()
    for province in sorted(neighbors(own)):
        for county, other in counties_across(own, province):
            a, b = points().get(county), points().get(other)
            if a is None or b is None:
                near = area is not None and area.current == county
            else:
                near = kilometres(center, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)) <= reach
            reached |= {other} if near else set()
    return sorted(reached)
