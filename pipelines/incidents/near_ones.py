"""Pairs of reports that are near and soon enough, from step to step: only new reports are compared."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import floor
from typing import TypeVar

from pipelines.incidents.nearness import KM_NORTH, Near, Placed, apart, limits
from pipelines.places.distance import LatLon
from yrd.exchange.v1.message_pb2 import Message

_KM_EAST = 89.0
"""Kilometres of a degree of longitude, rather too few: at the grid's northern edge, 36 N."""

_Group = TypeVar("_Group", bound=Hashable)
_Cell = tuple[int, int]
_Reports = dict[int, Placed]
"""By the ids of their messages, which are held with them."""


class NearOnes:
    """All pairs among the reports that it knows. They do not depend on how it came to know them."""

    def __init__(self) -> None:
        self._placed: _Reports = {}
        self._families: dict[str, _Family] = {}
        self._pairs: dict[int, dict[int, Near]] = {}

    def among(self, reports: Sequence[Message]) -> Iterator[Near]:
        """Every pair of these reports, each once, in no order."""
        wanted = {id(report): report for report in reports}
        for gone in [number for number in self._placed if number not in wanted]:
            self._remove(gone)
        for number, report in wanted.items():
            if number not in self._placed:
                self._add(number, Placed(report))
        for number, partners in self._pairs.items():
            yield from (near for other, near in partners.items() if number < other)

    def empty(self) -> bool:
        """Whether nothing is held any more."""
        return not (self._placed or self._families or self._pairs)

    def _remove(self, number: int) -> None:
        placed = self._placed.pop(number)
        family = self._families[placed.family]
        if family.remove(number, placed):
            del self._families[placed.family]
        for other in self._pairs.pop(number, ()):
            del self._pairs[other][number]

    def _add(self, number: int, placed: Placed) -> None:
        family = self._families.setdefault(placed.family, _Family(placed.family))
        partners = self._pairs[number] = {}
        for other, candidate in family.candidates(placed):
            near = apart(placed, candidate)
            if near is not None:
                partners[other] = self._pairs[other][number] = near
        self._placed[number] = placed
        family.add(number, placed)


class _Family:
    """Reports of one type family: in cells of a grid as wide as they may be apart, and by county."""

    def __init__(self, family: str) -> None:
        self._near = limits(family)[0]
        self._all: _Reports = {}
        self._cells: dict[_Cell, _Reports] = {}
        self._counties: dict[str, _Reports] = {}
        self._reaching_out: _Reports = {}

    def candidates(self, placed: Placed) -> Iterable[tuple[int, Placed]]:
        """Those that may be near, each once; rather too many."""
        if placed.has_shape:
            return self._all.items()
        found = dict(self._reaching_out)
        for county in placed.counties:
            found.update(self._counties.get(county, ()))
        if placed.at is not None:
            north, east = self._cell(placed.at)
            for n in (north - 1, north, north + 1):
                for e in (east - 1, east, east + 1):
                    found.update(self._cells.get((n, e), ()))
        return found.items()

    def add(self, number: int, placed: Placed) -> None:
        """One more."""
        self._all[number] = placed
        self._counties.setdefault(placed.county, {})[number] = placed
        if placed.at is not None:
            self._cells.setdefault(self._cell(placed.at), {})[number] = placed
        if placed.reaches_out:
            self._reaching_out[number] = placed

    def remove(self, number: int, placed: Placed) -> bool:
        """One less; says whether it was the last."""
        del self._all[number]
        _take_out(self._counties, placed.county, number)
        if placed.at is not None:
            _take_out(self._cells, self._cell(placed.at), number)
        self._reaching_out.pop(number, None)
        return not self._all

    def _cell(self, at: LatLon) -> _Cell:
        return floor(at[0] * KM_NORTH / self._near), floor(at[1] * _KM_EAST / self._near)


def _take_out(groups: dict[_Group, _Reports], group: _Group, number: int) -> None:
    del groups[group][number]
    if not groups[group]:
        del groups[group]
