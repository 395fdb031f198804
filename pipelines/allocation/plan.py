"""The plan: markets, candidates, flows, and what was second best."""

from collections.abc import Sequence

import numpy as np

from pipelines.allocation import ways
from pipelines.allocation.arcs import Candidates, Ints, Stand, candidates, missing_parts, stand
from pipelines.allocation.market import Market, markets
from pipelines.allocation.model import Demand, Option, Plan, Share, Supply
from pipelines.allocation.network import flows
from pipelines.allocation.restrictions import Restriction
from pipelines.allocation.whole_units import amount_of
from pipelines.lateness import coarse


def allocate(
    demands: Sequence[Demand], supplies: Sequence[Supply], restrictions: Sequence[Restriction] = ()
) -> Plan:
    """The best plan. Demands come most urgent first, supplies in a fixed order; equal input, equal plan."""
    plan = Plan(
        ways.ends([supply.at for supply in supplies], restrictions),
        ways.ends([demand.at for demand in demands], restrictions),
        left=[supply.spare for supply in supplies],
    )
    for market in markets(demands, supplies):
        if market.supplies:
            _settle(plan, market, demands, stand(market, supplies, plan.starts))
    return plan


def _settle(plan: Plan, market: Market, demands: Sequence[Demand], stand_: Stand) -> None:
    mine = [demands[place] for place in market.demands]
    wanted = np.array([missing_parts(demand) for demand in mine], np.int64)
    total = int(wanted.sum())
    found = [
        candidates(stand_, demand, plan.goals, place, total, ways.modes())
        for place, demand in zip(market.demands, mine, strict=True)
    ]
    given = flows(stand_, mine, wanted, found)
    left = stand_.parts.copy()
    for one, flow in zip(found, given, strict=True):
        left[one.supplies] -= flow
    for place, one, flow in zip(market.demands, found, given, strict=True):
        shares = [_share(place, market, stand_, one, at, flow) for at in np.flatnonzero(flow)]
        plan.shares[place] = sorted(shares, key=_earliest)
        for at in np.flatnonzero(flow == 0)[:1]:
            plan.seconds[place] = _option(market, stand_, one, at, left)
    for place, parts in zip(market.supplies, left, strict=True):
        plan.left[place] = amount_of(int(parts), market.unit)


def _earliest(share: Share) -> tuple[bool, int, int]:
    return share.way.minutes is None, share.way.minutes or 0, share.supply


def _share(
    place: int, market: Market, stand_: Stand, one: Candidates, at: np.int64, flow: Ints
) -> Share:
    return Share(
        place,
        int(stand_.places[one.supplies[at]]),
        amount_of(int(flow[at]), market.unit),
        one.ways.one(int(at)),
        coarse(int(one.late_minutes[at])),
    )


def _option(market: Market, stand_: Stand, one: Candidates, at: np.int64, left: Ints) -> Option:
    supply = one.supplies[at]
    return Option(
        int(stand_.places[supply]),
        one.ways.one(int(at)),
        coarse(int(one.late_minutes[at])),
        amount_of(int(left[supply]), market.unit),
    )
