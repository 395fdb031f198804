"""Sums of stocks, with the messages that they rest on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from pipelines.supplies.stocktake import Holding
from yrd.situation.v1.supplies_pb2 import Basis, StockSums

MOST_IDS = 5
"""Ids of messages that a basis lists; all are counted and in its digest."""


@dataclass(slots=True)
class Tally:
    """What was added up so far."""

    total: float = 0.0
    available: float = 0.0
    committed: float = 0.0
    spare: float = 0.0
    expired: float = 0.0
    expiring: float = 0.0
    stocks: int = 0
    outdated: int = 0
    message_ids: list[str] = field(default_factory=list)

    def add(self, holding: Holding) -> None:
        """One more; if its state is outdated it is only counted."""
        self.message_ids.append(holding.message.header.message_id)
        figures = holding.figures
        if figures is None:
            self.outdated += 1
            return
        self.stocks += 1
        self.total += figures.total
        self.available += figures.available
        self.committed += figures.committed
        self.spare += figures.spare
        self.expired += figures.expired
        self.expiring += figures.expiring

    def sums(self) -> StockSums:
        """The sums."""
        return StockSums(
            total=self.total,
            available=self.available,
            committed=self.committed,
            spare=self.spare,
        )

    def basis(self) -> Basis:
        """The messages."""
        return basis(self.message_ids)


def basis(message_ids: Iterable[str]) -> Basis:
    """A basis of some messages; each counts once."""
    ids = sorted(set(message_ids))
    return Basis(
        messages=len(ids),
        message_ids=ids[:MOST_IDS],
        digest=digest(ids) if len(ids) > MOST_IDS else "",
    )


def digest(ids: Iterable[str]) -> str:
    """SHA-256 over sorted ids, a line feed behind each."""
    return sha256("".join(f"{i}\n" for i in sorted(ids)).encode()).hexdigest()
