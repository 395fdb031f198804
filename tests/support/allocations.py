"""Small demands and supplies for plans, and what any plan is worth, computed the plain way."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

from hypothesis import strategies as st

from pipelines.allocation import Demand, Plan, Supply
from pipelines.allocation.ways import End
from pipelines.places.distance import kilometres

PROVINCES = ("310000", "320000", "330000", "340000")
PLACES = ((31.15, 121.03), (30.04, 121.15), (32.0, 118.8), (31.86, 117.28), None)
ROAD, RAIL, WATER, AIR = 1, 2, 3, 4
PUMP, BOAT = ("c", "pump"), ("c", "boat")
Flow = tuple[tuple[int, ...], ...]


def demand(missing: float = 2, place: int = 0, **changes: Any) -> Demand:
    """Pumps for Shanghai."""
    given: dict[str, Any] = {
        "beneficiary": "310000",
        "kind": 3,
        "capability": PUMP,
        "unit": "台",
        "missing": missing,
        "pressing": False,
        "at": End("310118", PLACES[place]),
    }
    return Demand(**given | changes)


def supply(name: str, spare: float = 2, place: int = 2, **changes: Any) -> Supply:
    """Pumps of the province that the name begins with, by road."""
    given: dict[str, Any] = {
        "name": (name[:6], name),
        "kind": 3,
        "capabilities": frozenset({PUMP}),
        "unit": "台",
        "spare": spare,
        "kept": 0.0,
        "ready_minutes": 0,
        "modes": frozenset({ROAD}),
        "at": End(f"{name[:2]}0100", PLACES[place]),
    }
    return Supply(**given | changes)


@st.composite
def demands(draw: Callable[[Any], Any]) -> Demand:
    """Any small demand."""
    return demand(
        draw(st.integers(1, 3)),
        draw(st.integers(0, 4)),
        beneficiary=draw(st.sampled_from(PROVINCES)),
        capability=draw(st.sampled_from((PUMP, BOAT))),
        pressing=draw(st.booleans()),
        by_minutes=draw(st.sampled_from((None, -30.0, 60.0, 300.0))),
        refused=draw(st.sampled_from((frozenset(), frozenset({"320000"})))),
    )


@st.composite
def supplies(draw: Callable[[Any], Any]) -> Supply:
    """Any small supply, without its name."""
    return supply(
        draw(st.sampled_from(PROVINCES)),
        draw(st.integers(0, 3)),
        draw(st.integers(0, 4)),
        capabilities=draw(st.sampled_from((frozenset({PUMP}), frozenset({PUMP, BOAT})))),
        ready_minutes=draw(st.sampled_from((0, 2, 90))),
        modes=draw(st.sampled_from((frozenset({ROAD}), frozenset({ROAD, RAIL}), frozenset({AIR})))),
    )


def named(found: Sequence[Supply]) -> list[Supply]:
    """Supplies with names of their own, in order."""
    made = [
        supply(
            f"{s.owner}/{n}", s.spare, capabilities=s.capabilities, ready_minutes=s.ready_minutes,
            modes=s.modes, at=s.at,
        )
        for n, s in enumerate(found)
    ]  # fmt: skip
    return sorted(made, key=lambda s: s.name)


def flow_of(plan: Plan, wants: Sequence[Demand], has: Sequence[Supply]) -> Flow:
    """Whole amounts by demand and supply."""
    rows = [[0] * len(has) for _ in wants]
    for place in range(len(wants)):
        for share in plan.of(place):
            rows[place][share.supply] += round(share.quantity)
    return tuple(tuple(row) for row in rows)


def every_flow(wants: Sequence[Demand], has: Sequence[Supply]) -> Iterator[Flow]:
    """Every plan that keeps to what there is and to what fits."""
    cells = [(d, s) for d in range(len(wants)) for s in range(len(has)) if fits(wants[d], has[s])]
    most = [int(min(wants[d].missing, has[s].spare)) for d, s in cells]
    for amounts in product(*(range(m + 1) for m in most)):
        rows = [[0] * len(has) for _ in wants]
        for (d, s), amount in zip(cells, amounts, strict=True):
            rows[d][s] = amount
        taken = [sum(column) for column in zip(*rows, strict=True)] or [0] * len(has)
        enough = all(sum(row) <= w.missing for row, w in zip(rows, wants, strict=True))
        if enough and all(t <= s.spare for t, s in zip(taken, has, strict=True)):
            yield tuple(tuple(row) for row in rows)


def fits(wanted: Demand, offered: Supply) -> bool:
    """Whether the one could serve the other."""
    same = (wanted.kind, wanted.unit) == (offered.kind, offered.unit)
    return (
        same and wanted.capability in offered.capabilities and offered.owner not in wanted.refused
    )


def arrival(wanted: Demand, offered: Supply) -> tuple[float | None, float]:
    """Minutes, or None where a place is unknown, and money of the earliest way; first of equals."""
    if wanted.at.point is None or offered.at.point is None:
        return None, 0.0
    straight = kilometres(wanted.at.point, offered.at.point)
    found = []
    for mode, speed, factor, handling, cost in (
        (ROAD, 60, 1.3, 0, 1), (RAIL, 80, 1.2, 180, 0.6), (AIR, 200, 1, 30, 20),
    ):  # fmt: skip
        if mode in offered.modes:
            minutes = round(offered.ready_minutes + handling + straight * factor / speed * 60)
            found.append((minutes, mode, straight * factor * cost))
    minutes, _, money = min(found)
    return minutes, money


def worth(flow: Flow, wants: Sequence[Demand], has: Sequence[Supply]) -> tuple[Any, ...]:
    """The objective, least best: unmet by urgency, then arrivals, then who lends, fairness, money."""
    unmet = tuple(w.missing - sum(row) for w, row in zip(wants, flow, strict=True))
    urgent = [0] * 2
    other = [0] * 3
    lent_urgent = money = 0
    for wanted, row in zip(wants, flow, strict=True):
        for offered, amount in zip(has, row, strict=True):
            minutes, cost = arrival(wanted, offered)
            late = wanted.by_minutes is not None and (
                minutes is None or minutes > wanted.by_minutes
            )
            step = 100_000 if minutes is None else int(minutes // 5)
            away = int(offered.owner != wanted.beneficiary)
            if wanted.pressing:
                urgent = [urgent[0] + amount * late, urgent[1] + amount * step]
                lent_urgent += amount * away
            else:
                other = [
                    other[0] + amount * away,
                    other[1] + amount * late,
                    other[2] + amount * step,
                ]
            money += amount * round(cost)
    return (unmet, *urgent, *other, lent_urgent, unfairness(flow, has), money)


def unfairness(flow: Flow, has: Sequence[Supply]) -> int:
    """Each part that a lender gives costs as many tenths of its spare as it has begun before that one."""
    found = 0
    for owner in {s.owner for s in has}:
        mine = [n for n, s in enumerate(has) if s.owner == owner]
        spare = sum(int(has[n].spare) for n in mine)
        given = sum(row[n] for row in flow for n in mine)
        tenths = [spare * (k + 1) // 10 - spare * k // 10 for k in range(10)]
        found += sum([k for k, size in enumerate(tenths) for _ in range(size)][:given])
    return found
