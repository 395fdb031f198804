"""Look-ups in the code tables. Each table is read once, at its first use."""

import re
from dataclasses import dataclass
from functools import cache

from schemas.codes.reading import rows

PROVINCES = ("310000", "320000", "330000", "340000")


@dataclass(frozen=True, slots=True)
class AdminArea:
    """An administrative area; `current` is a retired code's successor, else the code itself."""

    code: str
    name: str
    level: str
    retired: bool
    current: str


@dataclass(frozen=True, slots=True)
class IncidentType:
    """A row of the incident type list."""

    code: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class UnNumber:
    """A dangerous substance; division as in GB 6944, for example "2.1"."""

    number: str
    name: str
    division: str
    retired: bool


@dataclass(frozen=True, slots=True)
class Capability:
    """What a resource can do; `kind` is a ResourceKind without its prefix."""

    value: str
    name_zh: str
    name_en: str
    kind: str


@cache
def _admin_areas() -> dict[str, AdminArea]:
    areas = {
        r["code"]: AdminArea(r["code"], r["name"], r["level"], False, r["code"])
        for r in rows("yrd_admin_codes.csv", "code")
    }
    for r in rows("admin_codes_retired.tsv", "code"):
        areas[r["code"]] = AdminArea(r["code"], r["name"], "county", True, r["current"])
    return areas


def admin(code: str) -> AdminArea | None:
    """The area of a code of 6, 9 or 12 digits, or None."""
    six = code[:6]
    return _admin_areas().get("310000" if six == "310100" else six)


def province_of(code: str) -> str:
    """Code of the province in which a code lies."""
    return f"{code[:2]}0000"


@cache
def _points() -> dict[str, tuple[float, float]]:
    found = rows("yrd_points_geonames.csv", "code")
    return {r["code"]: (float(r["lat"]), float(r["lon"])) for r in found}


def point_of(code: str) -> tuple[float, float] | None:
    """(latitude, longitude) in WGS84 of an area, or of the city or province around it."""
    area = admin(code)
    six = area.current if area else code[:6]
    for candidate in (six, f"{six[:4]}00", f"{six[:2]}0000"):
        if candidate in _points():
            return _points()[candidate]
    return None


@cache
def _neighbors() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for file in ("border_city.csv", "border_county.csv"):
        for row in rows(file, "code_a", "code_b"):
            pair = tuple("310000" if c == "310100" else c for c in (row["code_a"], row["code_b"]))
            for a, b in (pair, pair[::-1]):
                found.setdefault(a, set()).add(b)
                found.setdefault(province_of(a), set()).add(province_of(b))
    return {code: frozenset(others) for code, others in found.items()}


def neighbors(code: str) -> frozenset[str]:
    """Codes across a provincial border from a county, city or province."""
    return _neighbors().get("310000" if code == "310100" else code, frozenset())


@cache
def _incident_types() -> dict[str, IncidentType]:
    return {
        r["code"]: IncidentType(r["code"], r["name"]) for r in rows("incident_codes.tsv", "code")
    }


def incident_type(value: str) -> IncidentType | None:
    """The incident type of a code such as "11B01", or None."""
    return _incident_types().get(value)


@cache
def _un_numbers() -> dict[str, UnNumber]:
    return {
        r["number"]: UnNumber(r["number"], r["description"], _division(r), r["class"] == "?")
        for r in rows("un_numbers_adr.csv", "number")
    }


def _division(row: dict[str, str]) -> str:
    letters, hazard_class = row["classCode"], row["class"].removeprefix("-")
    if hazard_class == "1":
        return letters[:3]
    if hazard_class == "2":
        return "2.3" if "T" in letters else "2.1" if "F" in letters else "2.2"
    return hazard_class


def un_number(value: str) -> UnNumber | None:
    """The substance of a UN number of four digits, or None."""
    return _un_numbers().get(value)


@cache
def _capabilities() -> dict[str, Capability]:
    return {r["value"]: Capability(**r) for r in rows("capabilities.tsv", "value")}


def capability(value: str) -> Capability | None:
    """A capability of scheme "yrd-capability", or None."""
    return _capabilities().get(value)


def problem(table: str, scheme: str, value: str) -> str | None:
    """What is wrong with a value of a table, and what to do; None if it is fine.

    `table` is the value of the contract's option `code_table`; `scheme` is empty for plain strings.
    Raises KeyError for a table that does not exist.
    """
    return _CHECKS[table](scheme, value)


def _admin_problem(_scheme: str, value: str) -> str | None:
    if admin(value) is not None:
        return None
    return f"administrative code {value!r} is not of the four provinces: use a GB/T 2260 code"


def _un_problem(_scheme: str, value: str) -> str | None:
    found = un_number(value)
    if found is None:
        return f"UN number {value!r} is not known: use the four digits of the dangerous goods list"
    if found.retired:
        return f"UN number {value} is no longer in use: use the number that replaced it"
    return None


def _incident_problem(scheme: str, value: str) -> str | None:
    if scheme != "GB/T 35561":
        return f"scheme {scheme!r} is not taken here: use scheme 'GB/T 35561'"
    if incident_type(value) is None:
        return f"incident type {value!r} is not in GB/T 35561: use a code such as 11B01"
    return None


def _capability_problem(scheme: str, value: str) -> str | None:
    if scheme == "yrd-capability" and capability(value) is None:
        return f"capability {value!r} is not in yrd-capability: see schemas/codes/capabilities.tsv"
    return None


def _resource_problem(scheme: str, value: str) -> str | None:
    if scheme == "GB/T 38565" and not re.fullmatch(r"[123]\d{6}", value):
        return f"{value!r} is no code of GB/T 38565: send seven digits that begin with 1, 2 or 3"
    return None


_CHECKS = {
    "admin_codes": _admin_problem,
    "un_numbers": _un_problem,
    "incident_types": _incident_problem,
    "capabilities": _capability_problem,
    "resource_types": _resource_problem,
}
