"""Shelters (避难场所): places, people in them, free places. Over-full ones are shown, not hidden in a sum."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import basis
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.supplies_pb2 import OverFullShelter, ShelterLine

MOST_OVER_FULL = 50
"""Over-full shelters that are listed; the lines count all."""


@dataclass(slots=True)
class _Sum:
    shelters: int = 0
    capacity: float = 0.0
    occupancy: float = 0.0
    free: float = 0.0
    over_full: int = 0
    outdated: int = 0
    message_ids: list[str] = field(default_factory=list)

    def add(self, holding: Holding) -> None:
        self.message_ids.append(holding.message.header.message_id)
        if holding.figures is None:
            self.outdated += 1
            return
        capacity, people = holding.status.stock.total, occupancy(holding)
        self.shelters += 1
        self.capacity += capacity
        self.occupancy += people
        self.free += free(holding)
        self.over_full += people > capacity


def occupancy(holding: Holding) -> float:
    """People in it, or else the places that are taken."""
    status = holding.status
    return status.occupants if status.HasField("occupants") else status.stock.committed


def free(holding: Holding) -> float:
    """Places that are fit and free; none in one that is full."""
    stock = holding.status.stock
    return max(0.0, min(stock.available, stock.total - occupancy(holding)))


def evaluate(holdings: Iterable[Holding], focus: Collection[str]) -> list[ShelterLine]:
    """Lines by area in focus and unit."""
    sums: dict[tuple[str, str], _Sum] = {}
    for holding in holdings:
        for area in holding.areas:
            if area in focus:
                sums.setdefault((area, holding.status.stock.unit), _Sum()).add(holding)
    return [_line(area, unit, sums[area, unit]) for area, unit in sorted(sums)]


def over_full(holdings: Iterable[Holding]) -> list[OverFullShelter]:
    """Over-full shelters, those with the most people beyond their places first."""
    crowded = [h for h in holdings if h.figures is not None and _excess(h) > 0]
    crowded.sort(key=lambda h: (-_excess(h), h.message.header.entity_id))
    return [_over_full(holding) for holding in crowded]


def _excess(holding: Holding) -> float:
    return occupancy(holding) - holding.status.stock.total


def _line(area: str, unit: str, found: _Sum) -> ShelterLine:
    return ShelterLine(
        admin_code=area,
        unit=unit,
        shelters=found.shelters,
        capacity=found.capacity,
        occupancy=found.occupancy,
        free=found.free,
        over_full=found.over_full,
        outdated=found.outdated,
        basis=basis(found.message_ids),
    )


def _over_full(holding: Holding) -> OverFullShelter:
    status = holding.status
    return OverFullShelter(
        resource_id=holding.message.header.entity_id,
        participant=holding.message.stamp.origin,
        name=status.name,
        admin_code=status.place.admin_code,
        capacity=Quantity(value=status.stock.total, unit=status.stock.unit),
        occupancy=occupancy(holding),
        message_ids=[holding.message.header.message_id],
    )
