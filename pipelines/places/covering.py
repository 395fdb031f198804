"""Which administrative areas an area covers, and which codes lie in which."""

from functools import lru_cache
from typing import NamedTuple

from shapely import Point as ShapelyPoint
from shapely import Polygon as ShapelyPolygon

from pipelines.places.distance import kilometres
from schemas.codes.tables import current_code, points
from yrd.common.v1.common_pb2 import Area, Circle, Polygon


class Codes(NamedTuple):
    """Administrative codes of an area; `inferred` ones follow from an outline, not from what was said."""

    codes: tuple[str, ...]
    inferred: bool = False


def codes_of(area: Area) -> Codes:
    """Its codes; without any, those whose point lies inside its outline or disc, in order."""
    if area.admin_codes:
        return Codes(tuple(sorted(area.admin_codes)))
    if area.HasField("polygon"):
        return Codes(_inside_polygon(area.polygon), True)
    if area.HasField("circle"):
        return Codes(_inside_circle(area.circle), True)
    return Codes(())


def _inside_polygon(polygon: Polygon) -> tuple[str, ...]:
    ring = [(point.longitude, point.latitude) for point in polygon.ring]
    if len(ring) < 4:
        return ()
    outline = ShapelyPolygon(ring)
    if not outline.is_valid:  # one that crosses itself covers what its hull does, rather too much
        outline = outline.convex_hull
    inside = (c for c, (lat, lon) in points().items() if outline.covers(ShapelyPoint(lon, lat)))
    return tuple(sorted(inside))


def _inside_circle(circle: Circle) -> tuple[str, ...]:
    center = circle.center.latitude, circle.center.longitude
    reach = circle.radius_meters / 1000
    inside = (code for code, at in points().items() if kilometres(center, at) <= reach)
    return tuple(sorted(inside))


def covers(outer: str, inner: str) -> bool:
    """Whether the area of a code contains that of another, or is the same. Retired codes are known."""
    return _significant(inner).startswith(_significant(outer))


def concerns(area: Area, code: str) -> bool | None:
    """True if it contains the area of a code, False if only something in that, None if neither."""
    codes = codes_of(area).codes
    if any(covers(outer, code) for outer in codes):
        return True
    return False if any(covers(code, inner) for inner in codes) else None


@lru_cache(maxsize=4096)
def _significant(code: str) -> str:
    """The digits that name the area, without the zeros for all that lies in it."""
    known = current_code(code) or code
    if len(known) > 6:
        return known.removesuffix("000")
    return known.removesuffix("00").removesuffix("00")
