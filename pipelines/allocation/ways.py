"""Ways that help can take, and when it would be there: distances of one end to many at once.

Only additions, products and roots are used on the arrays, so that every machine finds the same bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import cos, radians, sin

import numpy as np
import shapely
from numpy.typing import NDArray

from pipelines.allocation.restrictions import MODES, Restriction, mode_of
from pipelines.places.distance import EARTH_KM, LatLon
from pipelines.tabled import rows
from yrd.common.v1.common_pb2 import Area
from yrd.resource.v1.resource_pb2 import ResourceKind

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class End:
    """Where a way begins or ends; the point is None where only the province is known."""

    admin_code: str
    point: LatLon | None


@dataclass(frozen=True, slots=True)
class Way:
    """A means of transport, minutes until arrival and kilometres; None where a place is unknown."""

    mode: int
    minutes: int | None
    km: float | None


@dataclass(frozen=True, slots=True)
class Mode:
    """A row of transport_modes.tsv."""

    speed_kmh: float
    way_factor: float
    handling_minutes: float
    cost: float


@dataclass(frozen=True, slots=True)
class Ends:
    """Many ends as arrays: places on the unit sphere, by mode what is stopped or slowed there, and by
    restriction which of them lie within it."""

    where: Floats
    known: Bools
    stopped: Bools
    factor: Floats
    extra: Floats
    within: Bools

    def some(self, chosen: NDArray[np.int64]) -> "Ends":
        """Those ends only."""
        return Ends(
            self.where[chosen],
            self.known[chosen],
            self.stopped[:, chosen],
            self.factor[:, chosen],
            self.extra[:, chosen],
            self.within[:, chosen],
        )


@dataclass(frozen=True, slots=True)
class Ways:
    """The best way from each of many ends to one: mode as index into MODES, -1 where there is none."""

    mode: NDArray[np.int64]
    minutes: Floats
    km: Floats
    cost: Floats

    def one(self, index: int) -> Way:
        """The way from one end."""
        mode = MODES[self.mode[index]]
        if np.isnan(self.minutes[index]):
            return Way(mode, None, None)
        return Way(mode, int(self.minutes[index]), float(self.km[index]))


def ends(places: Sequence[End], restrictions: Sequence[Restriction]) -> Ends:
    """Arrays of places under the restrictions that reach them."""
    shape = (len(MODES), len(places))
    points = [place.point or (0.0, 0.0) for place in places]
    known = np.array([place.point is not None for place in places], bool)
    codes, of_code = np.unique(
        np.array([place.admin_code for place in places], np.str_), return_inverse=True
    )
    found = Ends(
        np.array([_unit(point) for point in points], np.float64).reshape(-1, 3),
        known,
        np.zeros(shape, bool),
        np.ones(shape),
        np.zeros(shape),
        np.zeros((len(restrictions), len(places)), bool),
    )
    for row, restriction in enumerate(restrictions):
        inside = _by_code(restriction.area, codes)[of_code]
        inside = inside | _by_shape(restriction.area, points, found.where, known)
        found.within[row] = inside
        at = MODES.index(restriction.mode)
        found.stopped[at] |= inside & restriction.stops
        slower = np.where(inside, restriction.factor, 1.0)
        longer = np.where(inside, restriction.extra_minutes, 0.0)
        found.factor[at] = np.maximum(found.factor[at], slower)
        found.extra[at] = np.maximum(found.extra[at], longer)
    return found


def _unit(point: LatLon) -> tuple[float, float, float]:
    lat, lon = radians(point[0]), radians(point[1])
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)


def _by_code(area: Area, codes: NDArray[np.str_]) -> Bools:
    within = np.zeros(len(codes), bool)
    for code in area.admin_codes:
        within |= np.char.startswith(codes, _stem(code))
    return within


def _stem(code: str) -> str:
    """A code without the zeros that stand for all of a province or city."""
    if len(code) != 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _by_shape(area: Area, points: Sequence[LatLon], where: Floats, known: Bools) -> Bools:
    within = np.zeros(len(points), bool)
    if area.HasField("polygon") and len(area.polygon.ring) > 3:
        ring = [(p.longitude, p.latitude) for p in area.polygon.ring]
        lat, lon = np.array(points).reshape(-1, 2).T
        within |= shapely.contains_xy(shapely.Polygon(ring), lon, lat)
    if area.HasField("circle"):
        center = np.array(_unit((area.circle.center.latitude, area.circle.center.longitude)))
        within |= _straight_km(where, center) * 1000 <= area.circle.radius_meters
    return within & known


def _straight_km(units: Floats, unit: Floats) -> Floats:
    """Great-circle kilometres: twice the arc sine of half the chord, as its series.

    Five terms are right to a millimetre within 1,500 km.
    """
    apart = units - unit
    square = (apart[:, 0] ** 2 + apart[:, 1] ** 2 + apart[:, 2] ** 2) / 4
    series = 1 + square * (1 / 6 + square * (3 / 40 + square * (5 / 112 + square * 35 / 1152)))
    return np.asarray(2 * EARTH_KM * np.sqrt(square) * series)


def best(
    starts: Ends, ready: Floats, able: Bools, goals: Ends, goal: int, speeds: Sequence[Mode]
) -> Ways:
    """The earliest way from each start to one goal; `able` says by mode which starts may use it."""
    straight = _straight_km(starts.where, goals.where[goal])
    unknown = ~(starts.known & goals.known[goal])
    count = len(ready)
    found = Ways(
        np.full(count, -1, np.int64), np.full(count, np.inf), np.zeros(count), np.zeros(count)
    )
    for at, mode in enumerate(speeds):
        open_ = able[at] & ~starts.stopped[at] & ~goals.stopped[at, goal]
        if not open_.any():
            continue
        km = straight * mode.way_factor
        factor = np.maximum(starts.factor[at], goals.factor[at, goal])
        extra = np.maximum(starts.extra[at], goals.extra[at, goal]) + mode.handling_minutes
        minutes = np.rint(ready + extra + km / mode.speed_kmh * 60 * factor)
        # where a place is unknown the first open mode stands, its time is not a number
        better = open_ & np.where(unknown, found.mode < 0, minutes < found.minutes)
        found.mode[better] = at
        found.minutes[better] = np.where(unknown, np.nan, minutes)[better]
        found.km[better] = np.where(unknown, np.nan, np.round(km, 1))[better]
        found.cost[better] = np.where(unknown, 0.0, km * mode.cost)[better]
    return found


@cache
def modes() -> tuple[Mode, ...]:
    """The table of means of transport, in the order of MODES."""
    listed = {
        mode_of(row["mode"]): Mode(
            float(row["speed_kmh"]),
            float(row["way_factor"]),
            float(row["handling_minutes"]),
            float(row["cost"]),
        )
        for row in rows("transport_modes")
    }
    return tuple(listed[mode] for mode in MODES)


@cache
def usual_modes(kind: int) -> frozenset[int]:
    """Means of transport of a resource that states none."""
    name = ResourceKind.Name(kind).removeprefix("RESOURCE_KIND_")
    for row in rows("transport_defaults"):
        if row["kind"] == name:
            return frozenset(mode_of(mode) for mode in row["modes"].split())
    return frozenset()
