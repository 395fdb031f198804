"""Geometry of a centre that moves straight for an hour and a place that stands, on the unit sphere.

Distances are chords: over the kilometres that matter here they differ from the way on the ground by a few
parts in a thousand, and are turned back into that when they are told.
"""

from math import cos, radians, sin, sqrt
from typing import NamedTuple

from pipelines.places.distance import EARTH_KM, LatLon


class Vector(NamedTuple):
    """A place on the sphere of radius 1, or the way between two."""

    x: float
    y: float
    z: float


def vector(at: LatLon) -> Vector:
    """Of degrees north and east."""
    lat, lon = radians(at[0]), radians(at[1])
    return Vector(cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat))


def way(start: Vector, end: Vector) -> Vector:
    """From the one to the other."""
    return Vector(end[0] - start[0], end[1] - start[1], end[2] - start[2])


def dot(a: Vector, b: Vector) -> float:
    """Scalar product; a way's with itself is the square of its chord."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def chord(km: float) -> float:
    """Of a way on the ground."""
    return 2 * sin(km / EARTH_KM / 2)


def closest(off: Vector, move: Vector) -> tuple[float, float]:
    """(square, part of the move) when what is `off` at first is closest while it moves."""
    length = dot(move, move)
    part = min(1.0, max(0.0, -dot(off, move) / length)) if length else 0.0
    at = Vector(off[0] + part * move[0], off[1] + part * move[1], off[2] + part * move[2])
    return dot(at, at), part


def entry(off: Vector, move: Vector, first: float, last: float) -> float | None:
    """Part of the move after which a radius (its chord goes straight from first to last) holds the place.

    None if it doesn't during the move. At first the place must lie outside.
    """
    growth = last - first
    a = dot(move, move) - growth * growth
    b = dot(off, move) - first * growth
    c = max(0.0, dot(off, off) - first * first)
    if not a:
        return _part(-c / (2 * b)) if b else None
    root = b * b - a * c
    if root < 0:
        return None
    parts = sorted(((-b - sqrt(root)) / a, (-b + sqrt(root)) / a))
    return next((part for part in map(_part, parts) if part is not None), None)


def _part(part: float) -> float | None:
    """Rounding aside, a part of the move."""
    return min(1.0, max(0.0, part)) if -1e-9 <= part <= 1 + 1e-9 else None
