"""Places and areas on a map."""

import pytest
from google.protobuf.json_format import ParseDict
from shapely.geometry import shape

from integration.http.shapes import CORNERS, of_area, of_place
from yrd.common.v1.common_pb2 import Area, Place

CROSSED = [(31.0, 121.0), (31.5, 121.5), (31.5, 121.0), (31.0, 121.5), (31.0, 121.0)]
CLOCKWISE = [(31.0, 121.0), (31.5, 121.0), (31.5, 121.5), (31.0, 121.5), (31.0, 121.0)]


def point(latitude: float, longitude: float) -> dict[str, object]:
    return {"latitude": latitude, "longitude": longitude, "crs": "COORDINATE_SYSTEM_WGS84"}


def polygon(ring: list[tuple[float, float]]) -> dict[str, object]:
    return {"polygon": {"ring": [point(*corner) for corner in ring]}}


def circle(latitude: float, longitude: float, radius: float = 20_000) -> dict[str, object]:
    return {"circle": {"center": point(latitude, longitude), "radiusMeters": radius}}


@pytest.mark.parametrize(
    ("area", "kind"),
    [
        (polygon(CLOCKWISE), "Polygon"),
        (polygon(CROSSED), "MultiPolygon"),
        (circle(31, 121), "Polygon"),
        (polygon(CLOCKWISE) | circle(31.5, 121.5), "Polygon"),
        (polygon(CLOCKWISE) | circle(33, 121), "MultiPolygon"),
        (polygon(CROSSED) | circle(31, 121), "MultiPolygon"),
        ({"adminCodes": ["310115", "310000"]}, "MultiPoint"),
    ],
    ids=["ring", "crossed", "disc", "overlapping", "apart", "crossed and disc", "codes"],
)
def test_every_area_is_a_sound_geometry(area: dict[str, object], kind: str) -> None:
    found = of_area(ParseDict(area, Area())).geometry
    assert found and found["type"] == kind
    drawn = shape(found)
    assert drawn.is_valid
    parts = [drawn] if kind == "Polygon" else list(drawn.geoms)
    assert all(part.exterior.is_ccw for part in parts if kind != "MultiPoint")


def test_a_disc_has_its_radius_everywhere() -> None:
    found = of_area(ParseDict(circle(31, 121, 10_000), Area())).geometry
    assert found and len(found["coordinates"][0]) == CORNERS + 1
    west, south, east, north = shape(found).bounds
    assert (north - south) * 110.9 == pytest.approx(20, rel=0.01)
    assert (east - west) * 95.5 == pytest.approx(20, rel=0.01)


def test_a_code_that_is_nowhere_has_no_geometry() -> None:
    assert of_place(Place(admin_code="999999")).geometry is None
    assert of_area(Area(admin_codes=["999999"])).geometry is None
