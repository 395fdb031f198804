"""UN numbers of dangerous goods (危险货物): class, division and subsidiary hazards.

The list follows ADR, which gives class 2 no division; that and the subsidiary hazards come from the
classification code ("2TOC": toxic, oxidizing, corrosive), in divisions of GB 6944-2012.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import CERTAINTIES, index
from schemas.codes.reading import FOLDER, Row, rows

_NUMBERS, _MEANINGS = "un_numbers_adr.csv", "un_class_codes.tsv"
_DIVISION = re.compile(r"1(\.[1-6])?|2(\.[1-3])?|3|4\.[1-3]|5\.[12]|6\.[12]|7|8|9")


@dataclass(frozen=True, slots=True)
class UnNumber:
    """A dangerous substance; division as in GB 6944, for example "2.1".

    The division is the class alone ("2") where one number covers several. `subsidiary` hazards are
    divisions in ascending order, empty for none, None where the classification code doesn't tell.
    `retired` numbers are no longer in use and refused.
    """

    number: str
    name: str
    division: str
    retired: bool
    class_code: str = ""
    subsidiary: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a classification code of a class says."""

    division: str
    subsidiary: tuple[str, ...] | None


def un_number(value: str) -> UnNumber | None:
    """The substance of a UN number of four digits, or None."""
    return _un_numbers().get(value)


def division_problem(number: str, division: str) -> str | None:
    """What is wrong with the division stated for a UN number, and what to do; None if it agrees.

    A number that is not known or retired is the table's to judge, and fine here. Where the list
    gives a class only, each of its divisions agrees.
    """
    found = un_number(number)
    if found is None or found.retired or division == found.division:
        return None
    if division.startswith(f"{found.division}."):
        return None
    return (
        f"UN {number} is of division {found.division} (GB 6944), not {division!r}: "
        f"state {found.division}, or correct the UN number"
    )


@cache
def _un_numbers() -> Mapping[str, UnNumber]:
    return read_un_numbers(FOLDER)


def read_un_numbers(folder: Path) -> dict[str, UnNumber]:
    """All numbers. Raises TableError."""
    meanings = _read_meanings(folder)
    found = {}
    for row in rows(index().layout(_NUMBERS), folder):
        if not re.fullmatch(r"[0-9]{4}", row["number"]):
            raise row.fault("number", f"{row['number']!r} is no UN number; write four digits")
        meaning = _meaning(row, meanings)
        found[row["number"]] = UnNumber(
            row["number"],
            row["description"],
            meaning.division,
            row["class"] == "?",
            row["classCode"],
            meaning.subsidiary,
        )
    return found


def _meaning(row: Row, meanings: Mapping[tuple[str, str], _Meaning]) -> _Meaning:
    # a stray "-" before a class is a slip of the source
    hazard_class, code = row["class"].removeprefix("-"), row["classCode"].split(" or ")[0]
    if hazard_class == "?":
        return _Meaning("?", None)
    if not _DIVISION.fullmatch(hazard_class):
        raise row.fault("class", f"{row['class']!r} is no class of GB 6944; correct it")
    if hazard_class == "1" and code:
        return _Meaning(code[:3], None)
    letters = re.sub(r"\d", "", code)
    exact = meanings.get((hazard_class, code)) or meanings.get((hazard_class, letters))
    return exact or _Meaning(hazard_class, None)


def _read_meanings(folder: Path) -> dict[tuple[str, str], _Meaning]:
    found = {}
    for row in rows(index().layout(_MEANINGS), folder):
        row.one_of("certainty", CERTAINTIES)
        hazards = None if row["subsidiary"] == "varies" else row["subsidiary"].split()
        hazards = [] if hazards == ["none"] else hazards
        for column, division in (
            ("division", row["division"]),
            *(("subsidiary", h) for h in hazards or ()),
        ):
            if not _DIVISION.fullmatch(division):
                raise row.fault(column, f"{division!r} is no division of GB 6944; correct it")
        subsidiary = None if hazards is None else tuple(hazards)
        found[(row["class"], row["class_code"])] = _Meaning(row["division"], subsidiary)
    return found
