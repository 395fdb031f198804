"""Where the provinces lie: schematic outlines, some kilometres off. Not an official map.

Distances are measured in a local projection around the middle of the delta.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely import Geometry, Point, Polygon
from shapely.geometry import shape

from pipelines.places.distance import LatLon
from yrd.common.v1.common_pb2 import Area

_LOCAL = "+proj=aeqd +lat_0=31 +lon_0=119.5 +datum=WGS84 +units=km"


@lru_cache(maxsize=4096)
def km_to(place: LatLon, province: str) -> float:
    """Kilometres from a place to the land of a province, 0 inside; some kilometres off."""
    return float(_outlines()[province].distance(_local(Point(place[1], place[0]))))


def meets(area: Area, province: str) -> bool:
    """Whether a disc or an outline reaches into a province. Codes of an area are not looked at."""
    outline = _outlines()[province]
    if area.HasField("circle"):
        middle, reach = area.circle.center, area.circle.radius_meters / 1000
        if km_to((middle.latitude, middle.longitude), province) < reach:
            return True
    if len(area.polygon.ring) > 3:
        ring = Polygon([(p.longitude, p.latitude) for p in area.polygon.ring])
        return bool(outline.intersects(_local(ring if ring.is_valid else ring.convex_hull)))
    return False


@cache
def schematic() -> Mapping[str, Any]:
    """The outlines as GeoJSON, in degrees, with their source."""
    path = Path(__file__).parent.parent / "tables" / "province_outlines.geojson"
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def _outlines() -> Mapping[str, Geometry]:
    features = schematic()["features"]
    return {f["properties"]["code"]: _local(shape(f["geometry"])) for f in features}


def _local(degrees: Geometry) -> Geometry:
    return shapely.transform(degrees, _projected)


def _projected(degrees: "np.ndarray") -> "np.ndarray":
    east, north = _transformer().transform(degrees[:, 0], degrees[:, 1])
    return np.column_stack((east, north))


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs("EPSG:4326", _LOCAL, always_xy=True)
