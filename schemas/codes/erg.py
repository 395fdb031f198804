"""Distances of the Emergency Response Guidebook 2016 for some substances, in metres.

Guidance of the United States, Canada and Mexico; advisory here, and to be quoted with its edition. A
small spill is up to 208 litres; day is from sunrise to sunset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schemas.codes.index import CERTAINTIES, index
from schemas.codes.reading import FOLDER, Row, rows

EDITION = "ERG 2016"
_SUBSTANCES, _DISTANCES = "erg2016_substances.tsv", "erg2016_distances.tsv"
_MEASURES = (
    "small_spill_isolation",
    "small_spill_protection",
    "large_spill_isolation",
    "large_spill_protection",
    "large_spill_downwind",
    "fire_isolation",
    "bleve",
)
CONTAINERS = (
    "rail_tank_car",
    "tank_truck",
    "agricultural_nurse_tank",
    "multiple_small_cylinders",
    "multiple_ton_cylinders",
    "small_or_single_ton_cylinders",
)
TIMES, WINDS = ("day", "night"), ("low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class Distance:
    """Metres; `or_more` where the guidebook says so (11 km and more)."""

    metres: int
    or_more: bool = False


@dataclass(frozen=True, slots=True)
class ErgEntry:
    """What the guidebook says about a UN number. A figure that it does not give is None.

    `certainty` is "unverified" for the two substances that are not in the source.
    """

    un_number: str
    material: str
    guide: int
    polymerizes: bool
    certainty: str
    figures: Mapping[tuple[str, str, str, str], Distance]
    bleve: tuple[tuple[int, Distance], ...]

    def isolation(self, large: bool = False, container: str = "") -> Distance | None:
        """Initial isolation, all around; for a large spill of Table 3 by container."""
        size = "large" if large else "small"
        return self.figures.get((f"{size}_spill_isolation", container, "", ""))

    def protection(
        self, time: str, large: bool = False, container: str = "", wind: str = ""
    ) -> Distance | None:
        """Protective action distance downwind (TIMES); of Table 3 by container and wind (WINDS)."""
        size = "large" if large else "small"
        return self.figures.get((f"{size}_spill_protection", container, time, wind))

    @property
    def by_container(self) -> bool:
        """Whether a large spill is judged by container and wind (Table 3)."""
        return any(key[1] for key in self.figures)

    @property
    def large_spill_downwind(self) -> Distance | None:
        """Evacuation downwind of a large spill, for what is not toxic by inhalation."""
        return self.figures.get(("large_spill_downwind", "", "", ""))

    @property
    def fire_isolation(self) -> Distance | None:
        """Isolation all around when a tank is in a fire."""
        return self.figures.get(("fire_isolation", "", "", ""))

    def bleve_distance(self, litres: float) -> Distance | None:
        """Evacuation from a tank of this volume that may burst; that of the next larger volume."""
        return next((distance for volume, distance in self.bleve if litres <= volume), None)


def erg(un_number: str) -> ErgEntry | None:
    """The entry of a UN number of four digits; None if it is not among those kept here."""
    return _entries().get(un_number)


@cache
def _entries() -> Mapping[str, ErgEntry]:
    return read_erg(FOLDER)


def read_erg(folder: Path) -> dict[str, ErgEntry]:
    """All entries. Raises TableError."""
    substances = {row["un_number"]: row for row in rows(index().layout(_SUBSTANCES), folder)}
    figures: dict[str, dict[tuple[str, str, str, str], Distance]] = {un: {} for un in substances}
    tanks: dict[str, list[tuple[int, Distance]]] = {un: [] for un in substances}
    for row in rows(index().layout(_DISTANCES), folder):
        un, measure = row["un_number"], row.one_of("measure", _MEASURES)
        if un not in substances:
            raise row.fault("un_number", f"{un} is not in {_SUBSTANCES}; add it there")
        distance = Distance(row.integer("metres"), _yes(row, "or_more"))
        if measure == "bleve":
            tanks[un].append((row.integer("tank_litres"), distance))
        else:
            figures[un][(measure, *_conditions(row))] = distance
    return {un: _entry(row, figures[un], tanks[un]) for un, row in substances.items()}


def _conditions(row: Row) -> tuple[str, str, str]:
    return (
        row.one_of("container", ("", *CONTAINERS)),
        row.one_of("time", ("", *TIMES)),
        row.one_of("wind", ("", *WINDS)),
    )


def _entry(
    row: Row,
    figures: Mapping[tuple[str, str, str, str], Distance],
    tanks: list[tuple[int, Distance]],
) -> ErgEntry:
    return ErgEntry(
        row["un_number"],
        row["material"],
        row.integer("guide"),
        _yes(row, "polymerizes"),
        row.one_of("certainty", CERTAINTIES),
        figures,
        tuple(sorted(tanks, key=lambda tank: tank[0])),
    )


def _yes(row: Row, column: str) -> bool:
    return row.one_of(column, ("yes", "no")) == "yes"
