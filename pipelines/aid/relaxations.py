"""What would help where a need can't be met, or not in time: the least that would have to be given up."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipelines.aid.needs import OpenNeed
from pipelines.aid.planning import Planned, trade_of
from pipelines.allocation import Demand, ways
from pipelines.allocation.restrictions import MODES, Restriction
from pipelines.allocation.whole_units import amount_of, parts_in, parts_spare
from pipelines.amounts import amount
from pipelines.words import EN, ZH
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.situation_pb2 import Reason, Relaxation

MOST = 5
"""Relaxations that a line names."""


@dataclass(frozen=True, slots=True)
class Short:
    """A line that is not met, or not in time: its need, its demand, and what is missing."""

    planned: Planned
    need: OpenNeed
    place: int
    unmet: float

    @property
    def demand(self) -> Demand:
        """What the plan was asked for."""
        return self.planned.demands[self.place]

    @property
    def unit(self) -> str:
        """Unit of all amounts."""
        return self.need.need.quantity.unit

    def idle(self) -> list[int]:
        """Supplies that fit and that the plan left unused: they can't come, or were refused."""
        left = self.planned.plan.left
        return [place for place in self.planned.fitting(self.need) if left[place] > 0]

    def relaxation(
        self, code: str, gain: float, zh: str, en: str, participant: str = ""
    ) -> Relaxation:
        """One that brings `gain` of what is missing; the words are followed by that."""
        gained = min(gain, self.unmet)
        what = f"{amount(gained)}{self.unit}"
        return Relaxation(
            reason=Reason(
                code=code,
                text_zh=f"{zh}，可再得{what}",
                text_en=f"{en}, {amount(gained)} {self.unit} more could come",
            ),
            gained=Quantity(value=gained, unit=self.unit),
            enough=gain >= self.unmet,
            participant=participant,
        )


def relaxations(short: Short) -> list[Relaxation]:
    """Those that would be enough first, then in the order of what they ask.

    Each holds for this line by itself, all else as planned.
    """
    found = [*_later(short)]
    if short.unmet > 0:
        found += [
            *_opened(short),
            *_confirmed(short),
            *_reconsidered(short),
            *_below_minimum(short),
        ]
    return sorted(found, key=lambda relaxation: not relaxation.enough)[:MOST]


def unreachable(short: Short) -> float:
    """What fits and is free, but has no way to come."""
    refused = short.demand.refused
    idle = [p for p in short.idle() if short.planned.supplies[p].owner not in refused]
    return sum(short.planned.plan.left[place] for place in idle)


def _later(short: Short) -> Iterator[Relaxation]:
    late = [share for share in short.planned.plan.of(short.place) if share.late_minutes]
    if not late:
        return
    minutes = max(share.late_minutes for share in late)
    given = sum(share.quantity for share in late)
    yield Relaxation(
        reason=Reason(
            code="later",
            text_zh=f"若可接受晚到{minutes}分钟，{amount(given)}{short.unit}可按建议调用",
            text_en=f"if {minutes} min later were accepted, {amount(given)} {short.unit} would do",
        ),
        gained=Quantity(value=given, unit=short.unit),
        enough=short.unmet <= 0,
    )


def _opened(short: Short) -> Iterator[Relaxation]:
    """Ways that one control or warning closes."""
    gains: dict[int, float] = {}
    for place in short.idle():
        supply = short.planned.supplies[place]
        if supply.owner not in short.demand.refused:
            closing = [_closing(short, place, mode) for mode in sorted(supply.modes)]
            for one in {found[0] for found in closing if len(found) == 1}:
                gains[one] = gains.get(one, 0.0) + short.planned.plan.left[place]
    for one, gain in sorted(gains.items()):
        restriction = short.planned.restrictions[one]
        if restriction.source_id:
            yield _lifted(short, restriction, gain)


def _lifted(short: Short, restriction: Restriction, gain: float) -> Relaxation:
    made = short.relaxation(
        "way_opened",
        gain,
        f"若{restriction.name_zh}解除",
        f"if {restriction.name_en} were lifted",
    )
    made.message_ids.append(restriction.message_id)
    return made


def _closing(short: Short, start: int, mode: int) -> list[int]:
    """Places of the restrictions that stop a means of transport at either end."""
    plan = short.planned.plan
    at_either = plan.starts.within[:, start] | plan.goals.within[:, short.place]
    restrictions = short.planned.restrictions
    return [
        int(one)
        for one in np.flatnonzero(at_either)
        if restrictions[one].stops and restrictions[one].mode == mode
    ]


def _confirmed(short: Short) -> Iterator[Relaxation]:
    """Resources whose stated validity is over."""
    trade = trade_of(short.need)
    gains: dict[str, float] = {}
    for supply in short.planned.outdated_by_trade.get(trade, ()):
        gains[supply.owner] = gains.get(supply.owner, 0.0) + _whole(supply.spare, short.unit)
    for owner, gain in sorted(gains.items()):
        if gain > 0 and owner not in short.demand.refused:
            yield short.relaxation(
                "confirmed",
                gain,
                f"若{ZH.name(owner)}确认其已过有效期的登记仍属实",
                f"if {EN.name(owner)} confirmed what it stated and what is no longer valid",
                owner,
            )


def _whole(spare: float, unit: str) -> float:
    return amount_of(parts_spare(spare, unit), unit)


def _reconsidered(short: Short) -> Iterator[Relaxation]:
    """Lenders that declined or put it off."""
    gains: dict[str, float] = {}
    for place in short.idle():
        owner = short.planned.supplies[place].owner
        if owner in short.demand.refused:
            gains[owner] = gains.get(owner, 0.0) + short.planned.plan.left[place]
    for owner, gain in sorted(gains.items()):
        yield short.relaxation(
            "reconsidered",
            gain,
            f"若{ZH.name(owner)}重新考虑其答复",
            f"if {EN.name(owner)} reconsidered its answer",
            owner,
        )


def _below_minimum(short: Short) -> Iterator[Relaxation]:
    """One owner below its minimum: the one that would have to give the smallest part of it."""
    kept = _kept_by_owner(short)
    able = [(short.unmet / held, owner) for owner, held in kept.items() if held >= short.unmet]
    if able:
        _, owner = min(able)
        yield _below(short, owner, short.unmet)
    else:
        for owner in sorted(kept, key=lambda owner: (-kept[owner], owner)):
            yield _below(short, owner, kept[owner])


def _below(short: Short, owner: str, gain: float) -> Relaxation:
    parts = parts_in(short.unit)
    gain = min(gain, short.unmet)
    steps = amount(-(-round(gain * parts, 6) // 1) / parts)
    return short.relaxation(
        "below_minimum",
        gain,
        f"若{ZH.name(owner)}低于其最低保有量{steps}{short.unit}",
        f"if {EN.name(owner)} went {steps} {short.unit} below its minimum",
        owner,
    )


def _kept_by_owner(short: Short) -> dict[str, float]:
    """What owners keep as their minimum and could bring here, refusals apart."""
    planned = short.planned
    mine = [p for p in planned.fitting(short.need) if planned.supplies[p].kept > 0]
    mine = [p for p in mine if planned.supplies[p].owner not in short.demand.refused]
    if not mine:
        return {}
    chosen = [planned.supplies[p] for p in mine]
    found = ways.best(
        planned.plan.starts.some(np.array(mine)),
        np.array([supply.ready_minutes for supply in chosen], np.float64),
        np.array([[mode in supply.modes for supply in chosen] for mode in MODES], bool),
        planned.plan.goals,
        short.place,
        ways.modes(),
    )
    kept: dict[str, float] = {}
    for supply, mode in zip(chosen, found.mode, strict=True):
        amount_kept = _whole(supply.spare + supply.kept, short.unit) - _whole(
            supply.spare, short.unit
        )
        if mode >= 0 and amount_kept > 0:
            kept[supply.owner] = kept.get(supply.owner, 0.0) + amount_kept
    return kept
