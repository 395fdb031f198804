"""A storm as seen from places: how far it is, inside which wind they are, how soon (到达时间)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt

from pipelines.nature.storm_course import FORCES, Course
from pipelines.nature.storm_geometry import (
    Vector,
    chord,
    closest,
    dot,
    entry,
    vector,
    way,
)
from pipelines.nature.storm_tracks import HOUR_US
from pipelines.places.distance import LatLon, of_chord
from schemas.codes.tables import cities, points
from yrd.situation.v1.storms_pb2 import CityStorm, CityWind, WindReach

STEP_US = HOUR_US
"""Between instants this close a centre moves straight and a radius changes evenly."""


@dataclass(frozen=True, slots=True)
class _Ahead:
    """The storm at the instants from now on, and its moves between them; None is not known.

    Radii, and how far it moves, are chords.
    """

    hours: list[float]
    centers: list[Vector | None]
    moves: list[Vector | None]
    lengths: list[float]
    largest: dict[int, list[float | None]]
    smallest: dict[int, list[float | None]]

    def after(self, step: int, part: float) -> float:
        """Hours from now, at a part of the move behind an instant."""
        if not part:
            return self.hours[step]
        return self.hours[step] + part * (self.hours[step + 1] - self.hours[step])


@dataclass(frozen=True, slots=True)
class _Seen:
    """The centres of a storm as one place sees them: the way there, and the square of its chord."""

    ways: list[Vector | None]
    squares: list[float | None]


def seen_from(course: Course, places: Mapping[str, LatLon] | None = None) -> list[CityStorm]:
    """The storm at each place, named by code; without places at every prefecture-level city, by code."""
    ahead = _ahead(course)
    vectors = _cities() if places is None else {code: vector(at) for code, at in places.items()}
    return [_city(code, here, ahead) for code, here in vectors.items()]


@cache
def _cities() -> dict[str, Vector]:
    return {code: vector(points()[code]) for code in cities()}


def _ahead(course: Course) -> _Ahead:
    """From now to the end of the forecast."""
    times = [*range(course.as_of_us, course.end_us, STEP_US), course.end_us]
    told = [course.center(at_us) for at_us in times]
    centers = [None if center is None else vector(center) for center in told]
    moves = [way(a, b) if a and b else None for a, b in pairwise(centers)]
    radii = {force: [course.radius(force, at_us) for at_us in times] for force in FORCES}
    return _Ahead(
        [(at_us - course.as_of_us) / HOUR_US for at_us in times],
        centers,
        moves,
        [sqrt(dot(move, move)) if move else 0.0 for move in moves],
        {force: [chord(r.maximum_km) if r else None for r in radii[force]] for force in FORCES},
        {force: [chord(r.minimum_km) if r else None for r in radii[force]] for force in FORCES},
    )


def _city(code: str, here: Vector, ahead: _Ahead) -> CityStorm:
    ways = [None if center is None else way(here, center) for center in ahead.centers]
    seen = _Seen(ways, [None if off is None else dot(off, off) for off in ways])
    made = CityStorm(admin_code=code, winds=_winds(ahead, seen))
    if seen.squares[0] is not None:
        made.distance_km = round(of_chord(seen.squares[0]), 1)
    if ahead.moves:
        _add_closest(made, ahead, seen)
    return made


def _add_closest(made: CityStorm, ahead: _Ahead, seen: _Seen) -> None:
    """Beside the nearest instant lies the nearest point."""
    known = [(square, i) for i, square in enumerate(seen.squares) if square is not None]
    if not known:
        return
    square, step = min(known)
    found = [(square, ahead.hours[step])]
    for before in (step - 1, step):
        off = seen.ways[before] if before >= 0 else None
        move = ahead.moves[before] if off and before < len(ahead.moves) else None
        if off and move:
            square, part = closest(off, move)
            found.append((square, ahead.after(before, part)))
    square, hours = min(found)
    made.closest_km, made.closest_hours = round(of_chord(square), 1), round(hours, 1)


def _winds(ahead: _Ahead, seen: _Seen) -> Iterator[CityWind]:
    for force in FORCES:
        largest, smallest = ahead.largest[force], ahead.smallest[force]
        if any(radius is not None for radius in largest):
            yield CityWind(
                beaufort_force=force,
                reach=_reach(seen.squares[0], largest[0], smallest[0]),
                earliest_hours=_arrival(ahead, seen, largest),
                latest_hours=_arrival(ahead, seen, smallest),
            )


def _reach(square: float | None, largest: float | None, smallest: float | None) -> WindReach:
    if square is None or largest is None or smallest is None:
        return WindReach.WIND_REACH_UNSPECIFIED
    if square <= smallest * smallest:
        return WindReach.WIND_REACH_INSIDE
    inside = square <= largest * largest
    return WindReach.WIND_REACH_EDGE if inside else WindReach.WIND_REACH_OUTSIDE


def _arrival(ahead: _Ahead, seen: _Seen, radii: Sequence[float | None]) -> float | None:
    """Hours until the radius reaches the place, 0 if it has; None if it doesn't, or where that can't be said.

    Once it isn't known for a while where the radius is, what is inside after that came at an unknown time.
    """
    outside = False
    for step, (square, radius) in enumerate(zip(seen.squares, radii, strict=True)):
        if square is None or radius is None:
            outside = False
            continue
        if square <= radius * radius:
            return round(ahead.hours[step], 1) if outside or step == 0 else None
        part = _entry(ahead, seen, radii, step)
        if part is not None:
            return round(ahead.after(step, part), 1)
        outside = True
    return None


def _entry(ahead: _Ahead, seen: _Seen, radii: Sequence[float | None], step: int) -> float | None:
    """Part of the move behind an instant, at which the place is outside, when the radius gets there."""
    if step >= len(ahead.moves):
        return None
    off, square = seen.ways[step], seen.squares[step]
    move, first, last = ahead.moves[step], radii[step], radii[step + 1]
    if off is None or square is None or move is None or first is None or last is None:
        return None
    near = max(first, last) + ahead.lengths[step]
    return entry(off, move, first, last) if square <= near * near else None
