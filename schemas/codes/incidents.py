"""Types of incidents (突发事件类型) and of the warnings before them (预警类别)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import CERTAINTIES, index
from schemas.codes.reading import FOLDER, rows

SCHEME = "GB/T 35561"
_BASE, _EXTENSIONS = "incident_codes.tsv", "warning_extensions.tsv"
_SIGNALS, _COLORS = "warning_signals.tsv", "warning_colors.tsv"
_SEVERITIES = ("EXTREME", "SEVERE", "MODERATE", "MINOR")
_URGENCIES = ("IMMEDIATE", "EXPECTED", "FUTURE")


@dataclass(frozen=True, slots=True)
class IncidentType:
    """A type of event, scheme "GB/T 35561"; `warning_only` types are extensions for warnings."""

    code: str
    name_zh: str
    warning_only: bool = False
    certainty: str = "unsure"


@dataclass(frozen=True, slots=True)
class WarningSignal:
    """A published kind of warning (TYPECODE); `event_type` is its GB/T 35561 code or empty."""

    type_code: str
    name_zh: str
    name_en: str
    event_type: str


@dataclass(frozen=True, slots=True)
class Color:
    """A warning colour: what the issuer chose, never derived from anything else.

    `color`, `cap_severity` and `cap_urgency` are the contract's enum values without their prefix;
    `level` is 1 (highest) to 4; `level_code` the published LEVELCODE.
    """

    color: str
    name_zh: str
    name_en: str
    level: int
    level_zh: str
    cap_severity: str
    cap_urgency: str
    level_code: str
    certainty: str


def incident_type(value: str) -> IncidentType | None:
    """The type of event of a code such as "11B01", extensions for warnings included, or None."""
    return _types().get(value)


def warning_signal(type_code: str) -> WarningSignal | None:
    """The published kind of warning of a TYPECODE such as "09", or None."""
    return _signals().get(type_code)


def warning_color(level_code: str) -> Color | None:
    """The colour of a published LEVELCODE such as "02", or None, also for "05" (white)."""
    return next((c for c in warning_colors() if c.level_code == level_code), None)


@cache
def warning_colors() -> tuple[Color, ...]:
    """The four colours, red first."""
    return read_colors(FOLDER)


@cache
def _types() -> Mapping[str, IncidentType]:
    return read_types(FOLDER)


@cache
def _signals() -> Mapping[str, WarningSignal]:
    return read_signals(FOLDER)


def read_types(folder: Path) -> dict[str, IncidentType]:
    """Base types and extensions by code. Raises TableError, also if one stands in both."""
    found = {
        row["code"]: IncidentType(row["code"], row["name"])
        for row in rows(index().layout(_BASE), folder)
    }
    for row in rows(index().layout(_EXTENSIONS), folder):
        code = row["code"]
        if code in found:
            raise row.fault("code", f"{code} stands in {_BASE} already; remove one of the two")
        found[code] = IncidentType(code, row["name"], True, row.one_of("certainty", CERTAINTIES))
    return found


def read_signals(folder: Path) -> dict[str, WarningSignal]:
    """Published kinds of warnings by TYPECODE. Raises TableError."""
    types, found = read_types(folder), {}
    for row in rows(index().layout(_SIGNALS), folder):
        if row["event_type"] and row["event_type"] not in types:
            raise row.fault(
                "event_type", f"{row['event_type']} does not exist; use a code of {_BASE}"
            )
        made = WarningSignal(row["type_code"], row["name_zh"], row["name_en"], row["event_type"])
        found[made.type_code] = made
    return found


def read_colors(folder: Path) -> tuple[Color, ...]:
    """The colours, highest level first. Raises TableError."""
    found = [
        Color(
            row["color"],
            row["name_zh"],
            row["name_en"],
            row.integer("level"),
            row["level_zh"],
            row.one_of("cap_severity", _SEVERITIES),
            row.one_of("cap_urgency", _URGENCIES),
            row["level_code"],
            row.one_of("certainty", CERTAINTIES),
        )
        for row in rows(index().layout(_COLORS), folder)
    ]
    return tuple(sorted(found, key=lambda color: color.level))
