"""Places and areas of the contract as geometries of GeoJSON (RFC 7946): longitude first, WGS84."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from pyproj import Geod
from shapely import Polygon
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

from schemas.codes.geography import point_of
from yrd.common.v1 import common_pb2 as pb
from yrd.warning.v1.warning_pb2 import TyphoonFix

CORNERS = 64
"""Of the polygon that stands for a disc."""
BY_CODE = "admin_code"
"""Where only a code is told: a point in that area, to show it on a schematic map; not where it is."""


class Shape(NamedTuple):
    """A geometry, and what it was made from. No geometry: it is not known where."""

    geometry: dict[str, Any] | None
    source: str


def of_place(place: pb.Place) -> Shape:
    """A point."""
    if place.HasField("point"):
        return Shape(_point(place.point.latitude, place.point.longitude), "point")
    found = point_of(place.admin_code)
    return Shape(_point(*found) if found else None, BY_CODE)


def of_area(area: pb.Area) -> Shape:
    """Outline and disc, both if there are both; else points in the areas of its codes."""
    found = []
    if len(area.polygon.ring) > 3:
        found.append([[p.longitude, p.latitude] for p in area.polygon.ring])
    if area.HasField("circle"):
        found.append(_disc(area.circle))
    if found:
        rings = [_polygon(ring) for ring in found]
        if len(rings) == 1:
            return Shape({"type": "Polygon", "coordinates": rings[0]}, "area")
        return Shape({"type": "MultiPolygon", "coordinates": rings}, "area")
    points = [[lon, lat] for lat, lon in filter(None, map(point_of, area.admin_codes))]
    return Shape({"type": "MultiPoint", "coordinates": points} if points else None, BY_CODE)


def of_track_point(point: pb.TrackPoint) -> Shape:
    """A point on the sea, too."""
    return Shape(_point(point.latitude, point.longitude), "point")


def of_track(fixes: Iterable[TyphoonFix]) -> Shape:
    """A line through the fixes; a point if there is but one."""
    line = [[f.center.longitude, f.center.latitude] for f in fixes]
    if len(line) > 1:
        return Shape({"type": "LineString", "coordinates": line}, "track")
    return Shape({"type": "Point", "coordinates": line[0]} if line else None, "track")


def _point(latitude: float, longitude: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


def _polygon(ring: list[list[float]]) -> Any:
    """Coordinates of a polygon, counter-clockwise as RFC 7946 asks."""
    return mapping(orient(Polygon(ring)))["coordinates"]


def _disc(circle: pb.Circle) -> list[list[float]]:
    middle, count = circle.center, CORNERS
    bearings = np.arange(count) * (360 / count)
    lon, lat, _ = _geod().fwd(
        np.full(count, middle.longitude),
        np.full(count, middle.latitude),
        bearings,
        np.full(count, circle.radius_meters),
    )
    return [[round(float(x), 6), round(float(y), 6)] for x, y in zip(lon, lat, strict=True)]


@cache
def _geod() -> Geod:
    return Geod(ellps="WGS84")
