"""Places and areas of the contract as geometries of GeoJSON (RFC 7946): longitude first, WGS84."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from pyproj import Geod
from shapely import Geometry, Polygon
from shapely.geometry import mapping

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
    """Outline and disc, joined if there are both; else points in the areas of its codes."""
    drawn = []
    if len(area.polygon.ring) > 3:
        drawn.append(Polygon([(p.longitude, p.latitude) for p in area.polygon.ring]))
    if area.HasField("circle"):
        drawn.append(_disc(area.circle))
    if drawn:
        return Shape(mapping(_sound(drawn)), "area")
    points = [[lon, lat] for lat, lon in filter(None, map(point_of, area.admin_codes))]
    return Shape({"type": "MultiPoint", "coordinates": points} if points else None, BY_CODE)


def _sound(drawn: Sequence[Polygon]) -> Geometry:
    """One geometry that no map stumbles over: no ring crosses itself or overlaps another.

    Counter-clockwise, as RFC 7946 asks.
    """
    one = drawn[0] if len(drawn) == 1 else shapely.union_all(list(map(shapely.make_valid, drawn)))
    return shapely.orient_polygons(one if one.is_valid else shapely.make_valid(one))


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


def _disc(circle: pb.Circle) -> Polygon:
    middle, count = circle.center, CORNERS
    bearings = np.arange(count) * (360 / count)
    lon, lat, _ = _geod().fwd(
        np.full(count, middle.longitude),
        np.full(count, middle.latitude),
        bearings,
        np.full(count, circle.radius_meters),
    )
    return Polygon(np.column_stack((lon, lat)).round(6))


@cache
def _geod() -> Geod:
    return Geod(ellps="WGS84")
