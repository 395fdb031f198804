"""Outlines on the ground: drawn in metres around a point, given in WGS84.

The local projection is azimuthal equidistant around the point on the WGS84 ellipsoid: distances and
directions from the point are those of the geodesic.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import cos, radians, sin
from typing import Any

import shapely
from pyproj import Proj
from shapely import MultiPolygon, Point, Polygon, make_valid
from shapely.geometry import polygon

from pipelines.places.distance import LatLon
from yrd.common.v1.common_pb2 import Area
from yrd.situation.v1.hazmat_watch_pb2 import Outline, OutlinePoint

Shape = Any  # shapely has no types: Polygon or MultiPolygon
_QUARTER = 16
"""Corners in a quarter of a circle. They lie on it; the sides lie inside, by 0.12 % of the radius at most."""
_KEPT = 1024
"""Shapes that are kept: the same are asked for at each evaluation."""
_DIGITS = 7
"""Of a degree: a centimetre."""


@lru_cache(maxsize=_KEPT)
def circle(center: LatLon, meters: float) -> Polygon:
    """All around."""
    return _on_earth(center, Point(0, 0).buffer(meters, quad_segs=_QUARTER))


@lru_cache(maxsize=_KEPT)
def downwind(center: LatLon, around: float, ahead: float, wind_from: float) -> Polygon:
    """The circle of isolation, and a square downwind of its centre as long as it is wide.

    ERG 2016, introduction to the green pages: the protective action zone reaches `ahead` metres
    downwind and half of that to each side.
    """
    towards = radians(wind_from + 180)
    forward, right = (sin(towards), cos(towards)), (cos(towards), -sin(towards))
    corners = [
        tuple(f * along + r * aside for f, r in zip(forward, right, strict=True))
        for along, aside in (
            (0, -ahead / 2),
            (0, ahead / 2),
            (ahead, ahead / 2),
            (ahead, -ahead / 2),
        )
    ]
    square = Polygon(corners)
    return _on_earth(center, square.union(Point(0, 0).buffer(around, quad_segs=_QUARTER)))


def _on_earth(center: LatLon, drawn: Polygon) -> Polygon:
    local = Proj(proj="aeqd", lat_0=center[0], lon_0=center[1], datum="WGS84")
    turned = polygon.orient(drawn)
    x, y = shapely.get_coordinates(turned.exterior).T
    lons, lats = local(x, y, inverse=True)
    return Polygon(zip(lons.round(_DIGITS), lats.round(_DIGITS), strict=True))


def outline(shape: Polygon) -> Outline:
    """A shape's outer ring, as a message."""
    ring = [OutlinePoint(longitude=lon, latitude=lat) for lon, lat in shape.exterior.coords]
    return Outline(ring=ring)


def shape_of(area: Area) -> Shape | None:
    """What a message draws; None if it names areas only. A ring that crosses itself is mended."""
    if area.HasField("polygon"):
        ring = [(point.longitude, point.latitude) for point in area.polygon.ring]
        return _mended(ring) if len(set(ring)) > 2 else None
    if area.HasField("circle"):
        center = area.circle.center
        return circle((center.latitude, center.longitude), area.circle.radius_meters)
    return None


def _mended(ring: Sequence[tuple[float, float]]) -> Shape | None:
    shape = Polygon(ring)
    mended = shape if shape.is_valid else make_valid(shape)
    return mended if isinstance(mended, Polygon | MultiPolygon) and not mended.is_empty else None
