"""Values of other standards' messages that ours are mapped to: JT/T 809, EDXL-RM, GB/T 4657."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import CERTAINTIES, index
from schemas.codes.reading import FOLDER, rows

_REASONS, _EDXL, _AGENCIES = "jt809_reasons.tsv", "edxl_rm.tsv", "agency_codes.tsv"
EDXL_LISTS = ("MessageType", "ResponseType", "ScheduleType", "ContactRole", "RecallType")


@dataclass(frozen=True, slots=True)
class ExchangeReason:
    """Why an exchange of a vehicle's positions starts or stops, or what came of it.

    `scheme` is "JT/T 809 0x9205" (start), "JT/T 809 0x9206" (stop) or "JT/T 809 0x9207" (result).
    """

    scheme: str
    value: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class EdxlValue:
    """A value of one of EDXL_LISTS in EDXL-RM 1.0."""

    list: str
    value: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of GB/T 4657."""

    code: str
    name_zh: str
    name_en: str
    certainty: str


def jt809_reason(scheme: str, value: str) -> ExchangeReason | None:
    """The meaning of a reason or result, or None."""
    return _reasons().get((scheme, value))


def edxl_values(name: str) -> tuple[EdxlValue, ...]:
    """All values of one of EDXL_LISTS. Raises KeyError for another name."""
    return _edxl()[name]


def agency(code: str) -> Agency | None:
    """The agency of a code of three digits; None if it is not known here."""
    return _agencies().get(code)


@cache
def _reasons() -> Mapping[tuple[str, str], ExchangeReason]:
    return read_reasons(FOLDER)


@cache
def _edxl() -> Mapping[str, tuple[EdxlValue, ...]]:
    return read_edxl(FOLDER)


@cache
def _agencies() -> Mapping[str, Agency]:
    return read_agencies(FOLDER)


def read_reasons(folder: Path) -> dict[tuple[str, str], ExchangeReason]:
    """Reasons and results by scheme and value. Raises TableError."""
    schemes = [each.scheme for each in index().tables["jt809_reasons"].lists]
    return {
        (row["scheme"], row["value"]): ExchangeReason(
            row.one_of("scheme", schemes), row["value"], row["name_zh"], row["name_en"]
        )
        for row in rows(index().layout(_REASONS), folder)
    }


def read_edxl(folder: Path) -> dict[str, tuple[EdxlValue, ...]]:
    """Values by list. Raises TableError."""
    found = [
        EdxlValue(
            row.one_of("list", EDXL_LISTS), row["value"], row.one_of("certainty", CERTAINTIES)
        )
        for row in rows(index().layout(_EDXL), folder)
    ]
    return {name: tuple(v for v in found if v.list == name) for name in EDXL_LISTS}


def read_agencies(folder: Path) -> dict[str, Agency]:
    """Agencies by code. Raises TableError."""
    return {
        row["code"]: Agency(
            row["code"], row["name_zh"], row["name_en"], row.one_of("certainty", CERTAINTIES)
        )
        for row in rows(index().layout(_AGENCIES), folder)
    }
