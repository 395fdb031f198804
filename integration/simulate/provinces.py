"""Who takes part: the provinces of the country, the joint duty room, and relays if there are any."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

JOINT, RELAY = "joint", "relay"
MUNICIPALITY_WEIGHT = 4
"""A municipality sends as much as so many cities: Shanghai's 25 Mt of dangerous goods by road in 2019 are
about four parts in 297 of the country's some 1.8 Gt (that total is from memory)."""
REGIONS = {
    "1": ("华北", "North"),
    "2": ("东北", "North-east"),
    "3": ("华东", "East"),
    "4": ("中南", "Centre and south"),
    "5": ("西南", "South-west"),
    "6": ("西北", "North-west"),
}
"""By the first digit of GB/T 2260."""


@dataclass(frozen=True, slots=True)
class Place:
    """A participant. `cities`: its prefecture-level cities, one for a municipality."""

    code: str
    zh: str
    en: str
    cities: int
    borders: frozenset[str]

    @property
    def weight(self) -> float:
        """Share of the load, relative to other provinces; none of the joint room and relays."""
        return MUNICIPALITY_WEIGHT if self.cities == 1 else self.cities

    @property
    def is_province(self) -> bool:
        """Whether messages of its own cities come to it."""
        return self.cities > 0

    @property
    def is_relay(self) -> bool:
        """Whether it only passes on what others publish."""
        return self.code.startswith(RELAY)


@cache
def provinces() -> tuple[Place, ...]:
    """All 31, the four of the delta first; Hainan adjoins Guangdong by ferry."""
    with (Path(__file__).parent / "provinces.tsv").open(encoding="utf-8") as file:
        return tuple(
            Place(
                row["code"],
                row["zh"],
                row["en"],
                int(row["cities"]),
                frozenset(row["borders"].split()),
            )
            for row in csv.DictReader(file, delimiter="\t")
        )


def participants(count: int, *, joint: bool = True, relays: bool = False) -> tuple[Place, ...]:
    """The first `count` provinces, the joint duty room, and a relay for each of their regions."""
    some = provinces()[:count]
    rooms = (Place(JOINT, "联合值守", "Joint duty room", 0, frozenset()),) if joint else ()
    regions = sorted({place.code[0] for place in some}) if relays else ()
    return (*some, *rooms, *(_relay(region) for region in regions))


def _relay(region: str) -> Place:
    zh, en = REGIONS[region]
    return Place(f"{RELAY}-{region}", f"{zh}中继", f"Relay {en}", 0, frozenset())


def region_of(code: str) -> str:
    """The region of a province or relay; empty for the joint room."""
    return code.removeprefix(f"{RELAY}-")[0] if code != JOINT else ""


@cache
def borders_between() -> dict[tuple[str, str], int]:
    """How many borders lie on the shortest way between two provinces."""
    far = len(provinces())
    codes = [place.code for place in provinces()]
    steps = {
        (a.code, b): 0 if a.code == b else 1 if b in a.borders else far
        for a in provinces()
        for b in codes
    }
    for middle, one, other in product(codes, repeat=3):
        through = steps[one, middle] + steps[middle, other]
        steps[one, other] = min(steps[one, other], through)
    return steps


def seat(code: str, members: Sequence[Place]) -> str:
    """The province in which a gateway stands: relays in the largest of a region, the room in the first."""
    if code == JOINT:
        return members[0].code
    if code.startswith(RELAY):
        own = [p for p in members if p.is_province and p.code[0] == region_of(code)]
        return max(own, key=lambda place: place.cities).code
    return code
