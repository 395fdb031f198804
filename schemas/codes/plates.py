"""Number plates (号牌): provinces, classes, and colours as in JT/T 415-2021."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import CERTAINTIES, index
from schemas.codes.reading import FOLDER, Row, rows

_PROVINCES, _CLASSES, _COLORS = "plate_provinces.tsv", "plate_classes.tsv", "plate_colors.tsv"
# no I and no O, which look like 1 and 0
_ALNUM = "[A-HJ-NP-Z0-9]"


@dataclass(frozen=True, slots=True)
class PlateProvince:
    """The province that a plate's first character stands for."""

    character: str
    province_code: str
    name_zh: str
    certainty: str


@dataclass(frozen=True, slots=True)
class PlateClass:
    """A class of plates; `pattern` is None where it is not known."""

    name: str
    name_zh: str
    name_en: str
    pattern: re.Pattern[str] | None
    certainty: str


@dataclass(frozen=True, slots=True)
class PlateColor:
    """A colour; `enum` is the name of the value of yrd.hazmat.v1.PlateColor, `code` its number."""

    code: int
    name_zh: str
    name_en: str
    enum: str


def plate_province(number: str) -> PlateProvince | None:
    """The province of a plate, by its first character, or None."""
    return plate_provinces().get(number[:1])


def plate_class(number: str) -> PlateClass | None:
    """The class that a plate's number is of, or None; only classes of a known pattern are found."""
    return next((c for c in plate_classes() if c.pattern and c.pattern.fullmatch(number)), None)


def plate_color(code: int) -> PlateColor | None:
    """The colour of a JT/T 415 code, or None."""
    return next((color for color in plate_colors() if color.code == code), None)


@cache
def plate_provinces() -> Mapping[str, PlateProvince]:
    """All provinces by character."""
    return read_plate_provinces(FOLDER)


@cache
def plate_classes() -> tuple[PlateClass, ...]:
    """All classes."""
    return read_plate_classes(FOLDER)


@cache
def plate_colors() -> tuple[PlateColor, ...]:
    """All colours."""
    return read_plate_colors(FOLDER)


def read_plate_provinces(folder: Path) -> dict[str, PlateProvince]:
    """Provinces by character. Raises TableError, also for a province with two characters."""
    found: dict[str, PlateProvince] = {}
    codes: set[str] = set()
    for row in rows(index().layout(_PROVINCES), folder):
        code = row["province_code"]
        if not re.fullmatch(r"[1-9]\d0000", code) or code in codes:
            raise row.fault("province_code", f"{code!r} is no province or stands twice; correct it")
        codes.add(code)
        certainty = row.one_of("certainty", CERTAINTIES)
        found[row["character"]] = PlateProvince(row["character"], code, row["name_zh"], certainty)
    return found


def read_plate_classes(folder: Path) -> tuple[PlateClass, ...]:
    """Classes. Raises TableError, also if an example does not fit its pattern."""
    provinces = f"[{''.join(read_plate_provinces(folder))}]"
    return tuple(_class(row, provinces) for row in rows(index().layout(_CLASSES), folder))


def _class(row: Row, provinces: str) -> PlateClass:
    text = row["pattern"].replace("{province}", provinces).replace("{alnum}", _ALNUM)
    try:
        pattern = re.compile(text) if text else None
    except re.error as error:
        raise row.fault("pattern", f"{error}; correct the expression") from None
    if pattern is not None and not pattern.fullmatch(row["example"]):
        raise row.fault("example", f"{row['example']!r} does not fit the pattern; correct one")
    certainty = row.one_of("certainty", CERTAINTIES)
    return PlateClass(row["class"], row["name_zh"], row["name_en"], pattern, certainty)


def read_plate_colors(folder: Path) -> tuple[PlateColor, ...]:
    """Colours. Raises TableError."""
    return tuple(
        PlateColor(row.integer("code"), row["name_zh"], row["name_en"], row["enum"])
        for row in rows(index().layout(_COLORS), folder)
    )
