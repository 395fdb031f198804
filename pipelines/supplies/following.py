"""Sums over all resources that follow the stocktake from step to step: added up again is what has changed."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from pipelines.facts.known import Known
from pipelines.supplies.stocktake import Holding, stocktake


class Follower(Protocol):
    """What is derived from all holdings, and knows what it is without one of them."""

    def change(self, gone: Iterable[Holding], came: Iterable[Holding]) -> None:
        """Some are no longer there, others have come."""
        ...


Followed = TypeVar("Followed", bound=Follower)


def follow(known: Known, as_of_us: int, name: str, begin: Callable[[], Followed]) -> Followed:
    """What `begin` made, once it has followed the stocktake up to this instant. Nobody changes it."""
    taken = stocktake(known, as_of_us)
    follower, version = known.memo.pop(name, (None, 0))
    if follower is None or version < taken.version - 1:
        follower = begin()
        follower.change((), taken.holdings)
    elif version < taken.version:
        follower.change(taken.gone, taken.came)
    known.memo[name] = follower, taken.version
    found: Followed = follower
    return found


class Counted(Protocol):
    """A sum; false when nothing is in it."""

    def add(self, holding: Holding) -> None:
        """One more."""
        ...

    def remove(self, holding: Holding) -> None:
        """One less."""
        ...


Key = TypeVar("Key", bound=tuple[Any, ...])
Sum = TypeVar("Sum", bound=Counted)
Line = TypeVar("Line")


class Rollup(Generic[Key, Sum, Line]):
    """A sum for each key that holdings count under, and a line that shows it."""

    def __init__(
        self,
        keys_of: Callable[[Holding], Iterable[Key]],
        begin: Callable[[], Sum],
        line_of: Callable[[Key, Sum], Line],
    ) -> None:
        self._keys_of, self._begin, self._line_of = keys_of, begin, line_of
        self._sums: dict[Key, Sum] = {}
        self._lines: dict[Key, Line] = {}
        self._order: list[Key] | None = None

    def change(self, gone: Iterable[Holding], came: Iterable[Holding]) -> None:
        """Takes off and adds."""
        for holding in gone:
            for key in self._keys_of(holding):
                self._sums[key].remove(holding)
                self._touch(key)
        for holding in came:
            for key in self._keys_of(holding):
                if key not in self._sums:
                    self._sums[key] = self._begin()
                self._sums[key].add(holding)
                self._touch(key)

    def _touch(self, key: Key) -> None:
        self._lines.pop(key, None)
        self._order = None

    def of(self, holdings: Iterable[Holding]) -> "Rollup[Key, Sum, Line]":
        """This one, with these added."""
        self.change((), holdings)
        return self

    def lines(self, focus: Container[str] | None = None) -> list[Line]:
        """The lines by key, of areas in focus if those are given. Nobody changes them."""
        return [self._line(k) for k in self.sums() if focus is None or k[0] in focus]

    def sums(self) -> Mapping[Key, Sum]:
        """The sums, by key."""
        if self._order is None:
            self._order = sorted(key for key, sum_ in self._sums.items() if sum_)
            self._sums = {key: self._sums[key] for key in self._order}
        return self._sums

    def _line(self, key: Key) -> Line:
        if key not in self._lines:
            self._lines[key] = self._line_of(key, self._sums[key])
        return self._lines[key]
