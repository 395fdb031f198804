"""Administrative areas (行政区划) of the four provinces: their codes, and how those changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from schemas.codes.index import index
from schemas.codes.reading import FOLDER, Row, rows

PROVINCES = ("310000", "320000", "330000", "340000")
_CODES, _CHANGES = "yrd_admin_codes.csv", "admin_codes_changed.tsv"
_KINDS = ("retired", "added", "alias")


@dataclass(frozen=True, slots=True)
class AdminArea:
    """An administrative area; `current` is a retired code's main successor, else the code itself.

    Valid from `valid_from` until the day before `valid_to`; None is unlimited, or before 2019-04,
    where the record of changes begins. The days are those of the province's notice.
    """

    code: str
    name: str
    level: str
    retired: bool
    current: str
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()

    def valid_on(self, day: date) -> bool:
        """Whether the code was in force on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class AdminCodes:
    """Every area by code, the one in force or last in force first; and other names of a code."""

    areas: Mapping[str, tuple[AdminArea, ...]]
    aliases: Mapping[str, str]

    def area(self, code: str, on: date | None = None) -> AdminArea | None:
        """The area of a code of 6, 9 or 12 digits; see `admin`."""
        six = code[:6]
        found = self.areas.get(self.aliases.get(six, six), ())
        return next((area for area in found if on is None or area.valid_on(on)), None)


def admin(code: str, on: date | None = None) -> AdminArea | None:
    """The area of a code of 6, 9 or 12 digits, or None.

    Retired codes are known. With `on`, only the area whose code was in force on that day.
    """
    return _codes().area(code, on)


def current_code(code: str) -> str | None:
    """The code in force today: the main successor of a retired one; None if it is not known.

    A code of 9 or 12 digits stays as it is, or becomes the county's if the county's was retired.
    """
    area = admin(code)
    if area is None:
        return None
    return code if area.current == code[:6] else area.current


def province_of(code: str) -> str:
    """Code of the province in which a code lies."""
    return f"{code[:2]}0000"


@cache
def _codes() -> AdminCodes:
    return read_admin_codes(FOLDER)


def read_admin_codes(folder: Path) -> AdminCodes:
    """Codes with their changes. Raises TableError, also for a gap or an overlap in time."""
    listed = rows(index().layout(_CODES), folder)
    by_kind: dict[str, list[Row]] = {kind: [] for kind in _KINDS}
    for row in rows(index().layout(_CHANGES), folder):
        by_kind[row.one_of("kind", _KINDS)].append(row)
    added = {row["code"]: row for row in by_kind["added"]}
    areas: dict[str, tuple[AdminArea, ...]] = {
        row["code"]: (_present(row, added.get(row["code"])),) for row in listed
    }
    for row in by_kind["added"]:
        _check_added(row, areas)
    for row in by_kind["retired"]:
        areas[row["code"]] = _with_retired(row, areas.get(row["code"], ()))
    for row in (*by_kind["retired"], *by_kind["alias"]):
        _check_successors(row, areas)
    aliases = {row["code"]: row["successors"] for row in by_kind["alias"]}
    return AdminCodes({code: _resolved(found, areas) for code, found in areas.items()}, aliases)


def _present(row: Row, added: Row | None) -> AdminArea:
    since = added.day("valid_from") if added else None
    return AdminArea(row["code"], row["name"], row["level"], False, row["code"], since)


def _check_added(row: Row, areas: Mapping[str, tuple[AdminArea, ...]]) -> None:
    if row.day("valid_from") is None:
        raise row.fault("valid_from", "empty for an added code; write the day as YYYY-MM-DD")
    if row["code"] not in areas:
        raise row.fault("code", f"{row['code']} is not in {_CODES}; add it there")


def _with_retired(row: Row, others: tuple[AdminArea, ...]) -> tuple[AdminArea, ...]:
    """The areas of a code and a retired one; no two may be valid on the same day."""
    begin, end = row.day("valid_from"), row.day("valid_to")
    if end is None or (begin is not None and end <= begin):
        raise row.fault("valid_to", "no day after valid_from; write it as YYYY-MM-DD")
    successors = tuple(row["successors"].split())
    main = successors[0] if successors else ""
    made = AdminArea(row["code"], row["name"], "county", True, main, begin, end, successors)
    for other in others:
        if _overlap(made, other):
            raise row.fault(
                "valid_to",
                f"overlapping validity: {made.code} is also valid from {other.valid_from or 'ever'}"
                f" to {other.valid_to or 'now'}; end one before the other begins",
            )
    return (*others, made)


def _overlap(one: AdminArea, other: AdminArea) -> bool:
    first = one.valid_to is None or other.valid_from is None or other.valid_from < one.valid_to
    second = other.valid_to is None or one.valid_from is None or one.valid_from < other.valid_to
    return first and second


def _check_successors(row: Row, areas: Mapping[str, tuple[AdminArea, ...]]) -> None:
    successors, ended = row["successors"].split(), row.day("valid_to")
    if not successors:
        raise row.fault("successors", "empty; name the code or codes that replaced it")
    for code in successors:
        found = areas.get(code, ())
        if not found or code == row["code"]:
            raise row.fault("successors", f"{code} does not exist; use a code of {_CODES}")
        if ended is not None and not any(area.valid_on(ended) for area in found):
            raise row.fault(
                "successors", f"{code} is not valid on {ended}; correct one of the days"
            )


def _resolved(
    found: tuple[AdminArea, ...], areas: Mapping[str, tuple[AdminArea, ...]]
) -> tuple[AdminArea, ...]:
    return tuple(_with_current(area, areas) for area in found)


def _with_current(area: AdminArea, areas: Mapping[str, tuple[AdminArea, ...]]) -> AdminArea:
    """A retired area whose successor was retired in turn leads to the last one."""
    last = area
    while last.retired:
        last = areas[last.current][0]
    if last.code == area.current:
        return area
    return replace(area, current=last.code)
