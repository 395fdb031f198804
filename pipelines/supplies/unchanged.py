"""What is derived from all resources again only when one of them is news: ticks cost what has changed."""

from collections.abc import Callable
from typing import TypeVar

from pipelines.facts.known import Known
from pipelines.supplies.stocktake import Holding

Derived = TypeVar("Derived")


def while_same(
    known: Known,
    name: str,
    taken: tuple[Holding, ...],
    key: object,
    derive: Callable[[], Derived],
) -> Derived:
    """What was derived before, if it was from that very stocktake and an equal key."""
    before = known.memo.get(name)
    if before is None or before[0] is not taken or before[1] != key:
        before = known.memo[name] = taken, key, derive()
    found: Derived = before[2]
    return found
