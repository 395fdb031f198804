"""A market: demands and supplies that compete. What no supply joins is planned apart.

A supply fits a demand of its kind and unit with one of its capabilities, so all amounts in a market have
one unit and can be added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.allocation.model import Capability, Demand, Supply


@dataclass(frozen=True, slots=True)
class Market:
    """Places of demands (most urgent first) and supplies in the lists that a plan is made from."""

    unit: str
    demands: list[int]
    supplies: list[int]


Trade = tuple[int, str, Capability]
"""Kind, unit, capability."""


def markets(demands: Sequence[Demand], supplies: Sequence[Supply]) -> list[Market]:
    """Markets in the order of their most urgent demands."""
    joined = _Joined((d.kind, d.unit, d.capability) for d in demands)
    for supply in supplies:
        joined.join(trades(supply))
    found: dict[Trade, Market] = {}
    for place, demand in enumerate(demands):
        root = joined.root((demand.kind, demand.unit, demand.capability))
        found.setdefault(root, Market(demand.unit, [], [])).demands.append(place)
    for place, supply in enumerate(supplies):
        wanted = [trade for trade in trades(supply) if trade in joined.parents]
        if wanted:
            found[joined.root(wanted[0])].supplies.append(place)
    return list(found.values())


def trades(supply: Supply) -> list[Trade]:
    """What a supply can serve, sorted."""
    return [(supply.kind, supply.unit, able) for able in sorted(supply.capabilities)]


class _Joined:
    """Trades that some supply joins, as trees; only those that somebody demands."""

    def __init__(self, wanted: Iterable[Trade]) -> None:
        self.parents = {trade: trade for trade in wanted}

    def root(self, trade: Trade) -> Trade:
        while self.parents[trade] != trade:
            trade = self.parents[trade]
        return trade

    def join(self, several: Iterable[Trade]) -> None:
        roots = sorted({self.root(trade) for trade in several if trade in self.parents})
        for other in roots[1:]:
            self.parents[other] = roots[0]
