"""What stations measure (监测要素)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import index
from schemas.codes.reading import FOLDER, rows

_MEASURES = "measures.tsv"


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured; `unit` is the usual one."""

    value: str
    name_zh: str
    name_en: str
    unit: str


def measure(value: str) -> Measure | None:
    """A measure of scheme "yrd-measure", or None."""
    return _measures().get(value)


@cache
def _measures() -> Mapping[str, Measure]:
    return read_measures(FOLDER)


def read_measures(folder: Path) -> dict[str, Measure]:
    """Measures by value. Raises TableError."""
    return {
        row["value"]: Measure(row["value"], row["name_zh"], row["name_en"], row["unit"])
        for row in rows(index().layout(_MEASURES), folder)
    }
