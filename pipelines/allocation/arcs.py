"""Which supplies of a market come into question for each demand: the arcs of its network.

No demand needs more candidates than the first whose spare amounts, in its own order of preference, add
up to all that the market demands, and those equal to the last of them. For if a plan took from one
behind these, at least one of these would have something left; taking that instead serves the same demands and
is better for this one. So no best plan is lost. One more is kept to be named as second best.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.allocation.market import Market
from pipelines.allocation.model import Demand, Supply
from pipelines.allocation.restrictions import MODES
from pipelines.allocation.ways import Bools, End, Ends, Floats, Mode, Ways, best
from pipelines.allocation.whole_units import parts_missing, parts_spare

Ints = NDArray[np.int64]
STEP_MINUTES = 5
"""Arrivals within one step count as equal: no table knows them better."""
UNKNOWN_STEP = 100_000
"""Of an arrival that is not known: behind every one that is."""
FARTHEST_STEP = UNKNOWN_STEP - 1
DEAREST = 1_000_000
LEVELS = 6


@dataclass(frozen=True, slots=True)
class Stand:
    """The supplies of a market as arrays, and by capability which of them have it."""

    places: Ints
    ends: Ends
    ready: Floats
    able: Bools
    parts: Ints
    owners: NDArray[np.str_]
    has: dict[tuple[str, str], Bools]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Supplies for one demand in its order of preference: places in the stand, ways, costs by level.

    Levels: late, steps until arrival, from elsewhere, by money. `late` and `steps` come first where lives
    depend on it, `elsewhere` where not.
    """

    supplies: Ints
    ways: Ways
    late_minutes: Ints
    late: Ints
    steps: Ints
    elsewhere: Ints
    money: Ints


def stand(market: Market, supplies: Sequence[Supply], ends: Ends) -> Stand:
    """Arrays of a market's supplies; `ends` are those of all supplies."""
    places = np.array(market.supplies, np.int64)
    mine = [supplies[place] for place in market.supplies]
    abilities = {ability for supply in mine for ability in supply.capabilities}
    return Stand(
        places,
        ends.some(places),
        np.array([supply.ready_minutes for supply in mine], np.float64),
        np.array([[mode in supply.modes for supply in mine] for mode in MODES], bool),
        np.array([parts_spare(supply.spare, supply.unit) for supply in mine], np.int64),
        np.array([supply.owner for supply in mine], np.str_),
        {a: np.array([a in supply.capabilities for supply in mine], bool) for a in abilities},
    )


def fitting(stand_: Stand, demand: Demand) -> Bools:
    """Supplies that have the capability and whose owners have not refused."""
    able = stand_.has.get(demand.capability)
    if able is None:
        return np.zeros(len(stand_.places), bool)
    return able & ~np.isin(stand_.owners, sorted(demand.refused)) if demand.refused else able


def candidates(
    stand_: Stand, demand: Demand, goals: Ends, goal: int, wanted: int, speeds: Sequence[Mode]
) -> Candidates:
    """Those that could be there at all, cut behind what the whole market wants."""
    chosen = np.flatnonzero(fitting(stand_, demand) & (stand_.parts > 0))
    ways = best(
        stand_.ends.some(chosen),
        stand_.ready[chosen],
        stand_.able[:, chosen],
        goals,
        goal,
        speeds,
    )
    found = _judged(demand, chosen, ways, stand_.owners[chosen])
    order = _order(demand, found)
    order = order[ways.mode[order] >= 0]
    return _some(found, order[: _enough(demand, found, order, stand_.parts, wanted)])


def _judged(demand: Demand, chosen: Ints, ways: Ways, owners: NDArray[np.str_]) -> Candidates:
    unknown = np.isnan(ways.minutes)
    minutes = np.nan_to_num(ways.minutes, nan=0.0, posinf=0.0)
    steps = np.minimum(minutes // STEP_MINUTES, FARTHEST_STEP)
    late = np.zeros(len(chosen))
    if demand.by_minutes is not None:
        late = np.where(unknown, 0.0, np.ceil(np.maximum(0.0, minutes - demand.by_minutes)))
    return Candidates(
        chosen,
        ways,
        np.minimum(late, 2**31).astype(np.int64),
        ((late > 0) | (unknown & (demand.by_minutes is not None))).astype(np.int64),
        np.where(unknown, UNKNOWN_STEP, steps).astype(np.int64),
        (owners != demand.beneficiary).astype(np.int64),
        np.minimum(np.rint(np.nan_to_num(ways.cost)), DEAREST).astype(np.int64),
    )


def _order(demand: Demand, found: Candidates) -> Ints:
    """Of preference; equals as they stand."""
    if demand.pressing:
        return np.lexsort((found.money, found.elsewhere, found.steps, found.late))
    return np.lexsort((found.money, found.steps, found.late, found.elsewhere))


def _rank(demand: Demand, found: Candidates, order: Ints) -> Ints:
    """What decides before fairness and money do, as one number each."""
    arrival = found.late[order] * (UNKNOWN_STEP + 1) + found.steps[order]
    if demand.pressing:
        return np.asarray(arrival)
    return np.asarray(found.elsewhere[order] * 2 * (UNKNOWN_STEP + 1) + arrival)


def _enough(demand: Demand, found: Candidates, order: Ints, parts: Ints, wanted: int) -> int:
    """How many of them can matter."""
    sums = np.cumsum(np.minimum(parts[found.supplies[order]], wanted))
    last = int(np.searchsorted(sums, wanted))
    if last >= len(order):
        return len(order)
    rank = _rank(demand, found, order)
    return int(np.searchsorted(rank, rank[last], side="right")) + 1


def _some(found: Candidates, order: Ints) -> Candidates:
    ways = found.ways
    return Candidates(
        found.supplies[order],
        Ways(ways.mode[order], ways.minutes[order], ways.km[order], ways.cost[order]),
        found.late_minutes[order],
        found.late[order],
        found.steps[order],
        found.elsewhere[order],
        found.money[order],
    )


def missing_parts(demand: Demand) -> int:
    """What a demand wants in parts."""
    return parts_missing(demand.missing, demand.unit)


def goal_ends(demands: Sequence[Demand]) -> list[End]:
    """Where demands are."""
    return [demand.at for demand in demands]
