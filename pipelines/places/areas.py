"""Areas that contain a place: county, city, province, and all four provinces."""

from collections.abc import Iterable
from functools import lru_cache

from schemas.codes.tables import PROVINCES, admin, province_of
from yrd.situation.v1.situation_pb2 import JointIncident

EVERYWHERE = ""
"""Code of all four provinces together."""


@lru_cache(maxsize=8192)
def areas_of(code: str) -> tuple[str, ...]:
    """Codes of the areas around a place, the widest first; retired codes as what they became.

    A code of 9 or 12 digits counts in its county. One that is not known counts in the province that it
    begins with, if that is one of the four.
    """
    area = admin(code)
    if area is None:
        province = province_of(code)
        return (EVERYWHERE, province) if province in PROVINCES else (EVERYWHERE,)
    city = admin(f"{area.current[:4]}00")
    found = (EVERYWHERE, province_of(area.current), city.current if city else "", area.current)
    return tuple(dict.fromkeys((EVERYWHERE, *(code for code in found if code))))


def open_ones(joint: Iterable[JointIncident]) -> list[JointIncident]:
    """Incidents that are not closed."""
    return [incident for incident in joint if not incident.closed]


def in_focus(joint: Iterable[JointIncident]) -> frozenset[str]:
    """All provinces, and the cities and counties in which open incidents lie."""
    codes = {code for i in open_ones(joint) for code in areas_of(i.place.admin_code)}
    return frozenset({EVERYWHERE, *PROVINCES, *codes})
