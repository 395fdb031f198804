"""Where something is, as far as a circle of some hundred metres can be held against it."""

from pipelines.places.distance import LatLon
from schemas.codes.tables import admin, points
from yrd.common.v1.common_pb2 import Place


def pinned(place: Place) -> LatLon | None:
    """A place's point, else that of its county; a city or province, or a county without one, is too wide."""
    if place.HasField("point"):
        return place.point.latitude, place.point.longitude
    area = admin(place.admin_code)
    return points().get(area.current) if area is not None and area.level == "county" else None
