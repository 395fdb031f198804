"""Limits and choices that the watch goes by: tables in pipelines/tables, each row with its basis."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.codes.index import CERTAINTIES
from schemas.codes.reading import Layout, Row, rows

FOLDER = Path(__file__).parent.parent / "tables"
MINUTE_US = 60_000_000
ANY = "*"
COLORS = {"red": 1, "orange": 2, "yellow": 3, "blue": 4}
BASES = ("release", "fire", "precaution")


class Limit(NamedTuple):
    """A row of hazmat_limits.tsv."""

    rule: str
    value: float
    unit: str

    @property
    def us(self) -> int:
        """A limit in minutes as microseconds."""
        return round(self.value * MINUTE_US)


def limit(rule: str) -> Limit:
    """The limit of a rule; KeyError if the table has none."""
    return _limits()[rule]


def longest_trip(urban: bool) -> Limit:
    """How long a trip takes at most, from its departure; shorter within one city."""
    return limit("longest_urban_trip" if urban else "longest_trip")


def handover_us(step: str, border: str) -> int:
    """Microseconds until a step of a handover is due, of this border ("310000-330000") or of any."""
    minutes = _handover()
    return minutes.get((step, border), minutes[(step, ANY)]) * MINUTE_US


def told_with_trips(event_type: str, color: int) -> bool:
    """Whether a warning is grave enough to be told with the trips in its area; 1 is red."""
    warned = _warned()
    return 0 < color <= warned.get(event_type, warned[ANY])


def basis_of(keys: tuple[str, ...]) -> str | None:
    """The gravest basis, in the order of BASES, that the table gives for any of the keys."""
    found = {_basis()[key] for key in keys if key in _basis()}
    return next((basis for basis in BASES if basis in found), None)


def is_parking(name: str) -> bool:
    """Whether a place's name says that vehicles may stand there."""
    return any(word in name for word in _parking())


@cache
def _limits() -> Mapping[str, Limit]:
    return {row["rule"]: _limit(row) for row in _read("limits", "rule", "value", "unit")}


def _limit(row: Row) -> Limit:
    row.one_of("certainty", CERTAINTIES)
    return Limit(row["rule"], row.number("value"), row["unit"])


@cache
def _handover() -> Mapping[tuple[str, str], int]:
    read = _read("handover", "step", "border", "minutes")
    return {(row["step"], row["border"]): row.integer("minutes") for row in read}


@cache
def _warned() -> Mapping[str, int]:
    return {
        row["event_type"]: COLORS[row.one_of("color", COLORS)]
        for row in _read("warned", "event_type", "color")
    }


@cache
def _basis() -> Mapping[str, str]:
    return {row["key"]: row.one_of("basis", BASES) for row in _read("basis", "key", "basis")}


@cache
def _parking() -> tuple[str, ...]:
    return tuple(row["words"] for row in _read("parking", "words"))


_MORE: Mapping[str, tuple[str, ...]] = {
    "limits": ("basis", "certainty"),
    "handover": ("basis", "certainty"),
    "warned": ("basis",),
    "basis": ("note",),
    "parking": ("basis",),
}
_KEYS: Mapping[str, tuple[str, ...]] = {"handover": ("step", "border")}


def _read(name: str, *columns: str) -> list[Row]:
    """Rows of a table. Raises TableError."""
    key = _KEYS.get(name, columns[:1])
    layout = Layout(f"hazmat_{name}.tsv", (*columns, *_MORE[name]), key, columns)
    return rows(layout, FOLDER)
