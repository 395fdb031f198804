"""Minimum-cost flows by several costs in turn: the second decides only between equals of the first.

Each level is solved exactly as integers (OR-tools). What stays open for the next level follows from the
dual prices: an arc whose reduced cost is not zero has the same flow in every optimum, so it is fixed.
The same prices show which arcs need not be looked at: see `solve`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
LARGEST = 1 << 40
"""Of a cost: below the solver's own limit for two hundred thousand nodes."""


class FlowError(Exception):
    """The solver found no flow though there is one: a defect, never a matter of the data."""


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs with capacities, and what each node puts in (positive) or takes out."""

    tails: Ints
    heads: Ints
    capacities: Ints
    supplies: Ints


def solve(network: Network, levels: Sequence[Ints], turns: int, active: Bools) -> Ints:
    """Flow by arc that is best by the first level, among those by the second, and so on.

    `turns` bounds how many arcs with a cost a cycle can have that visits no node twice. It decides how
    many levels may be one: c1 * M + c2 means the same as c1, then c2, if M > turns * max |c2|.

    Only `active` arcs are offered to the solver at first. An arc left out belongs in if its reduced cost
    comes out below zero at the first level at which it is not zero. When there is none such, no arc left out
    could make the flow better (duality), and it is the best over all arcs.
    """
    flow = np.zeros(len(network.tails), np.int64)
    free, out, supplies = np.flatnonzero(active), np.flatnonzero(~active), network.supplies
    for costs in merged(levels, turns):
        while True:
            rest = _part(network, free, supplies)
            found = _cheapest(rest, costs[free])
            prices = _prices(rest, costs[free], found)
            outside = _reduced(network, costs, prices, out)
            lacking = outside < 0
            if not lacking.any():
                break
            free, out = np.union1d(free, out[lacking]), out[~lacking]
        fixed = _reduced(network, costs, prices, free) != 0
        flow[free] = found
        supplies = _after(rest, found, fixed)
        free, out = free[~fixed], out[outside == 0]
    return flow


def merged(levels: Sequence[Ints], turns: int) -> list[Ints]:
    """Neighbouring levels as one where the numbers stay small enough for that."""
    made: list[Ints] = []
    for costs in levels:
        largest = int(np.abs(costs).max(initial=0))
        if not largest:
            continue
        weight = turns * largest + 1
        if made and int(np.abs(made[-1]).max()) * weight + largest <= LARGEST:
            made[-1] = made[-1] * weight + costs
        else:
            made.append(costs)
    return made or [np.zeros_like(levels[0])]


def _cheapest(network: Network, costs: Ints) -> Ints:
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tails, network.heads, network.capacities, costs
    )
    solver.set_nodes_supplies(np.arange(len(network.supplies)), network.supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise FlowError(f"no flow found: {status}")
    return np.asarray(solver.flows(arcs), np.int64)


def _reduced(network: Network, costs: Ints, prices: Ints, arcs: Ints) -> Ints:
    return np.asarray(costs[arcs] + prices[network.tails[arcs]] - prices[network.heads[arcs]])


def _prices(network: Network, costs: Ints, flow: Ints) -> Ints:
    """Prices that prove the flow cheapest: lengths of shortest ways in its residual network."""
    onward, back = flow < network.capacities, flow > 0
    tails = np.concatenate([network.tails[onward], network.heads[back]])
    heads = np.concatenate([network.heads[onward], network.tails[back]])
    lengths = np.concatenate([costs[onward], -costs[back]])
    prices = np.zeros(len(network.supplies), np.int64)
    if not len(heads):
        return prices
    order = np.argsort(heads, kind="stable")
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    starts = np.flatnonzero(np.diff(heads, prepend=-1))
    ends = heads[starts]
    for _ in range(len(prices) + 1):
        lower = np.minimum(np.minimum.reduceat(prices[tails] + lengths, starts), prices[ends])
        if np.array_equal(lower, prices[ends]):
            return prices
        prices[ends] = lower
    raise FlowError("the flow is not the cheapest")


def _after(network: Network, flow: Ints, fixed: Bools) -> Ints:
    """Supplies once the fixed arcs have brought and taken what they do."""
    supplies = network.supplies.copy()
    np.subtract.at(supplies, network.tails[fixed], flow[fixed])
    np.add.at(supplies, network.heads[fixed], flow[fixed])
    return supplies


def _part(network: Network, arcs: Ints, supplies: Ints) -> Network:
    return Network(network.tails[arcs], network.heads[arcs], network.capacities[arcs], supplies)
