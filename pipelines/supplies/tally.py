"""Sums of stocks, with the messages that they rest on; what was added may be taken off again."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby, islice

from pipelines.facts.in_order import InOrder
from pipelines.supplies.exact import exact, nearest
from pipelines.supplies.stocktake import Figures, Holding
from yrd.situation.v1.supplies_pb2 import Basis, StockSums

MOST_IDS = 5
"""Ids of messages that a basis lists; all are counted and in its digest."""


class Ids:
    """Ids of messages, and the basis that they are."""

    __slots__ = ("_basis", "_ids")

    def __init__(self) -> None:
        self._ids: InOrder[str] = InOrder()
        self._basis: Basis | None = None

    def add(self, holding: Holding) -> None:
        """That of one more."""
        self._ids.add(holding.message.header.message_id)
        self._basis = None

    def remove(self, holding: Holding) -> None:
        """That of one less."""
        self._ids.remove(holding.message.header.message_id)
        self._basis = None

    def first(self, most: int) -> list[str]:
        """The first of them in order."""
        return list(islice(self.distinct(), most))

    def basis(self) -> Basis:
        """All of them; it is shared, and nobody changes it."""
        if self._basis is None:
            self._basis = _basis(list(self.distinct()))
        return self._basis

    def distinct(self) -> Iterator[str]:
        """Each once, in order."""
        return (id_ for id_, _ in groupby(self._ids.things()))


class Tally:
    """What was added up so far."""

    __slots__ = ("_ids", "_sums", "outdated", "stocks")

    def __init__(self) -> None:
        self.stocks = self.outdated = 0
        self._sums = [0] * len(Figures._fields)
        self._ids = Ids()

    def add(self, holding: Holding) -> None:
        """One more; if its state is outdated it is only counted."""
        self._ids.add(holding)
        self._count(holding, 1)

    def remove(self, holding: Holding) -> None:
        """One less."""
        self._ids.remove(holding)
        self._count(holding, -1)

    def _count(self, holding: Holding, sign: int) -> None:
        figures = holding.figures
        if figures is None:
            self.outdated += sign
            return
        self.stocks += sign
        for i, figure in enumerate(figures):
            if figure:
                self._sums[i] += sign * exact(figure)

    def __bool__(self) -> bool:
        """Whether anything is in it."""
        return self.stocks + self.outdated > 0

    @property
    def figures(self) -> Figures:
        """The sums."""
        return Figures(*map(nearest, self._sums))

    @property
    def available(self) -> float:
        """What can be had of all of it."""
        return self.figures.available

    def sums(self) -> StockSums:
        """The sums as a summary shows them."""
        found = self.figures
        return StockSums(
            total=found.total,
            available=found.available,
            committed=found.committed,
            spare=found.spare,
        )

    def first_ids(self, most: int) -> list[str]:
        """Ids of the first messages in order."""
        return self._ids.first(most)

    def basis(self) -> Basis:
        """The messages; it is shared, and nobody changes it."""
        return self._ids.basis()


def basis(message_ids: Iterable[str]) -> Basis:
    """A basis of some messages; each counts once."""
    return _basis(sorted(set(message_ids)))


def _basis(in_order: Sequence[str]) -> Basis:
    return Basis(
        messages=len(in_order),
        message_ids=in_order[:MOST_IDS],
        digest=_digest(in_order) if len(in_order) > MOST_IDS else "",
    )


def digest(ids: Iterable[str]) -> str:
    """SHA-256 over sorted ids, a line feed behind each."""
    return _digest(sorted(ids))


def _digest(in_order: Sequence[str]) -> str:
    return sha256("\n".join((*in_order, "")).encode()).hexdigest()
