"""Where things are, and how far apart."""

from math import asin, cos, radians, sin, sqrt

from schemas.codes.tables import point_of
from yrd.common.v1.common_pb2 import Place

EARTH_KM = 6371.0
ROAD_FACTOR = 1.3
"""Road kilometres for one in a straight line, where no better source is plugged in."""

LatLon = tuple[float, float]


def position(place: Place) -> LatLon | None:
    """Degrees north and east of a place, or of its administrative area; None if unknown."""
    if place.HasField("point"):
        return place.point.latitude, place.point.longitude
    return point_of(place.admin_code)


def kilometres(a: LatLon, b: LatLon) -> float:
    """Great-circle distance."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    half_lat, half_lon = radians(lat_b - lat_a) / 2, radians(lon_b - lon_a) / 2
    h = sin(half_lat) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(half_lon) ** 2
    return of_chord(4 * h)


def of_chord(square: float) -> float:
    """On the ground, of the square of a chord through a sphere of radius 1."""
    return 2 * EARTH_KM * asin(min(1.0, sqrt(max(0.0, square)) / 2))
