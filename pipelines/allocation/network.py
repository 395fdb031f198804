"""A market as a network, and the plan's objective as costs by level.

source → lender (ten arcs, one for each tenth of what it could spare) → supply → demand, and source → demand
for what stays unmet. Levels, each deciding only between equals of those before it:

1. unmet, the more urgent the worse: in such a network serving by urgency also serves the most in all;
2. pressing demands: late, then steps until arrival;
3. other demands: from elsewhere though the own province has it, then late, then steps until arrival;
4. pressing demands: from elsewhere;
5. fairness: each further tenth of what a lender could spare costs more than the one before;
6. money.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.allocation.arcs import Candidates, Ints, Stand
from pipelines.allocation.flow import Bools, Network, solve
from pipelines.allocation.model import Demand

TENTHS = 10
AT_FIRST = 12
"""How many times over a demand's first candidates could serve it; what else is needed is found out."""
_SOURCE = 0


@dataclass(frozen=True, slots=True)
class Priced:
    """A network with its levels of costs; arcs of candidates come last, demand by demand."""

    network: Network
    levels: list[Ints]
    first_candidate: int


def flows(
    stand: Stand, demands: Sequence[Demand], wanted: Ints, found: Sequence[Candidates]
) -> list[Ints]:
    """Parts by demand and candidate in the best plan."""
    priced = price(stand, demands, wanted, found)
    lenders = len(np.unique(stand.owners))
    turns = 2 * (len(demands) + lenders) + 2
    flow = solve(priced.network, priced.levels, turns, _at_first(priced, stand, wanted, found))
    sizes = np.cumsum([len(candidates.supplies) for candidates in found])
    return np.split(flow[priced.first_candidate :], sizes[:-1])


def _at_first(priced: Priced, stand: Stand, wanted: Ints, found: Sequence[Candidates]) -> Bools:
    """Arcs to begin with: for each demand the first candidates that could serve it several times."""
    active = np.ones(len(priced.network.tails), bool)
    start = priced.first_candidate
    for parts, candidates in zip(wanted, found, strict=True):
        sums = np.cumsum(stand.parts[candidates.supplies])
        enough = int(np.searchsorted(sums, AT_FIRST * parts)) + 1
        active[start + enough : start + len(sums)] = False
        start += len(sums)
    return active


def price(
    stand: Stand, demands: Sequence[Demand], wanted: Ints, found: Sequence[Candidates]
) -> Priced:
    """The network and what its arcs cost."""
    used = np.unique(np.concatenate([c.supplies for c in found]))
    lenders, of_supply = np.unique(stand.owners, return_inverse=True)
    first_supply = 1 + len(lenders)
    first_demand = first_supply + len(used)
    count = len(demands)
    node = np.arange(first_demand, first_demand + count)
    sizes = [len(c.supplies) for c in found]
    which = np.repeat(np.arange(count), sizes)
    supply = np.searchsorted(used, np.concatenate([c.supplies for c in found]))
    spare = np.minimum(stand.parts, int(wanted.sum()))
    tenths = _tenths(np.bincount(of_supply, stand.parts, len(lenders)).astype(np.int64))
    parts = spare[used]
    tails = [
        np.full(count, _SOURCE),
        np.full(len(lenders) * TENTHS, _SOURCE),
        1 + of_supply[used],
        first_supply + supply,
    ]
    heads = [
        node,
        1 + np.repeat(np.arange(len(lenders)), TENTHS),
        first_supply + np.arange(len(used)),
        node[which],
    ]
    capacities = [wanted, tenths, parts, np.minimum(parts[supply], wanted[which])]
    supplies = np.zeros(first_demand + count, np.int64)
    supplies[_SOURCE], supplies[node] = wanted.sum(), -wanted
    network = Network(
        np.concatenate(tails), np.concatenate(heads), np.concatenate(capacities), supplies
    )
    first_candidate = len(network.tails) - len(which)
    pressing = np.array([demand.pressing for demand in demands])[which]
    return Priced(
        network,
        _levels(network, count, len(lenders), first_candidate, pressing, found),
        first_candidate,
    )


def _tenths(spares: Ints) -> Ints:
    """What each lender could spare, in ten parts that add up to it."""
    bounds = spares[:, None] * np.arange(TENTHS + 1) // TENTHS
    return np.asarray(np.diff(bounds, axis=1).reshape(-1))


def _levels(
    network: Network,
    demands: int,
    lenders: int,
    first_candidate: int,
    pressing: Bools,
    found: Sequence[Candidates],
) -> list[Ints]:
    def level(values: Ints, start: int) -> Ints:
        costs = np.zeros(len(network.tails), np.int64)
        costs[start : start + len(values)] = values
        return costs

    def of(field: str, whose: Bools) -> Ints:
        values = np.concatenate([getattr(candidates, field) for candidates in found])
        return level(np.where(whose, values, 0), first_candidate)

    return [
        level(np.arange(demands, 0, -1), 0),
        of("late", pressing),
        of("steps", pressing),
        of("elsewhere", ~pressing),
        of("late", ~pressing),
        of("steps", ~pressing),
        of("elsewhere", pressing),
        level(np.tile(np.arange(TENTHS), lenders), demands),
        of("money", np.ones_like(pressing)),
    ]
