"""Where administrative areas are: a point in each, and who adjoins whom across a border."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from schemas.codes.admin import PROVINCES, admin, current_code, province_of
from schemas.codes.index import index
from schemas.codes.reading import FOLDER, Row, rows

_POINTS, _BORDERS = "yrd_points_geonames.csv", ("border_city.csv", "border_county.csv")


def point_of(code: str) -> tuple[float, float] | None:
    """(latitude, longitude) in WGS84 of an area, or of the city or province around it."""
    area = admin(code)
    six = area.current if area else code[:6]
    for candidate in (six, f"{six[:4]}00", f"{six[:2]}0000"):
        if candidate in _points():
            return _points()[candidate]
    return None


@cache
def cities() -> tuple[str, ...]:
    """Codes of all prefecture-level cities (地级市), and of Shanghai, in order."""
    municipality = PROVINCES[0]
    return tuple(code for code in sorted(_points()) if code == municipality or _is_city(code))


def _is_city(code: str) -> bool:
    area = admin(code)
    return area is not None and area.level == "city"


@cache
def city_borders() -> tuple[tuple[str, str], ...]:
    """Pairs of those cities that adjoin across a provincial border, the smaller code first, in order."""
    everyone = frozenset(cities())
    pairs = {tuple(sorted((a, b))) for a in everyone for b in neighbors(a) & everyone}
    return tuple(sorted((a, b) for a, b in pairs))


def neighbors(code: str) -> frozenset[str]:
    """Codes across a provincial border from a county, city or province."""
    return _neighbors().get(current_code(code) or code, frozenset())


@cache
def counties_across(province: str, other: str) -> tuple[tuple[str, str], ...]:
    """Pairs of counties that adjoin across the border of two provinces, that of `province` first."""
    return tuple(
        (county, neighbor)
        for county, found in sorted(_neighbors().items())
        if province_of(county) == province and not county.endswith("00")
        for neighbor in sorted(found)
        if province_of(neighbor) == other
    )


def points() -> Mapping[str, tuple[float, float]]:
    """(latitude, longitude) in WGS84 by code, of the areas that have a point of their own."""
    return _points()


@cache
def _points() -> Mapping[str, tuple[float, float]]:
    return read_points(FOLDER)


@cache
def _neighbors() -> Mapping[str, frozenset[str]]:
    return read_neighbors(FOLDER)


def read_points(folder: Path) -> dict[str, tuple[float, float]]:
    """A point by code. Raises TableError."""
    found: dict[str, tuple[float, float]] = {}
    for row in rows(index().layout(_POINTS), folder):
        latitude, longitude = row.number("lat"), row.number("lon")
        if not 26.0 <= latitude <= 36.0:
            raise row.fault("lat", f"{latitude} lies outside 26–36 N; are lat and lon swapped?")
        if not 114.0 <= longitude <= 127.0:
            raise row.fault("lon", f"{longitude} lies outside 114–127 E; are they swapped?")
        found[row["code"]] = (latitude, longitude)
    return found


def read_neighbors(folder: Path) -> dict[str, frozenset[str]]:
    """Codes across a border by code; those of counties also count for the province. Symmetric."""
    found: dict[str, set[str]] = {}
    for file in _BORDERS:
        for row in rows(index().layout(file), folder):
            pair = tuple(_current(row, column) for column in ("code_a", "code_b"))
            for a, b in (pair, pair[::-1]):
                found.setdefault(a, set()).add(b)
                found.setdefault(province_of(a), set()).add(province_of(b))
    return {code: frozenset(others) for code, others in found.items()}


def _current(row: Row, column: str) -> str:
    code = current_code(row[column])
    if code is None:
        raise row.fault(column, f"{row[column]} is not known; use a code of yrd_admin_codes.csv")
    return code
