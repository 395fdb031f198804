"""Shelters (避难场所): places, people in them, free places. Over-full ones are shown, not hidden in a sum."""

import heapq
from collections.abc import Iterable, Iterator

from pipelines.supplies.exact import exact, nearest
from pipelines.supplies.following import Rollup
from pipelines.supplies.stocktake import Holding
from pipelines.supplies.tally import Ids
from yrd.common.v1.common_pb2 import Quantity
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.supplies_pb2 import OverFullShelter, ShelterLine

MOST_OVER_FULL = 50
"""Over-full shelters that are listed; the lines count all."""


_SHELTER = ResourceKind.RESOURCE_KIND_SHELTER
_Key = tuple[str, str]
"""Area and unit."""


class _Sum:
    __slots__ = ("capacity", "free", "ids", "occupancy", "outdated", "over_full", "shelters")

    def __init__(self) -> None:
        self.shelters = self.over_full = self.outdated = 0
        self.capacity = self.occupancy = self.free = 0
        self.ids = Ids()

    def add(self, holding: Holding) -> None:
        self.ids.add(holding)
        self._count(holding, 1)

    def remove(self, holding: Holding) -> None:
        self.ids.remove(holding)
        self._count(holding, -1)

    def _count(self, holding: Holding, sign: int) -> None:
        if holding.figures is None:
            self.outdated += sign
            return
        self.shelters += sign
        self.capacity += sign * exact(holding.status.stock.total)
        self.occupancy += sign * exact(occupancy(holding))
        self.free += sign * exact(free(holding))
        self.over_full += sign * (_excess(holding) > 0)

    def __bool__(self) -> bool:
        return self.shelters + self.outdated > 0


def occupancy(holding: Holding) -> float:
    """People in it, or else the places that are taken."""
    status = holding.status
    return status.occupants if status.HasField("occupants") else status.stock.committed


def free(holding: Holding) -> float:
    """Places that are fit and free; none in one that is full."""
    stock = holding.status.stock
    return max(0.0, min(stock.available, stock.total - occupancy(holding)))


def rollup() -> Rollup[_Key, _Sum, ShelterLine]:
    """A line for each area and unit; of nothing yet."""
    return Rollup(_keys_of, _Sum, _line)


def _keys_of(holding: Holding) -> Iterator[_Key]:
    if holding.status.kind == _SHELTER:
        yield from ((area, holding.status.stock.unit) for area in holding.areas)


class Crowded:
    """Over-full shelters by province."""

    def __init__(self) -> None:
        self._crowded: dict[str, dict[int, Holding]] = {}

    def change(self, gone: Iterable[Holding], came: Iterable[Holding]) -> None:
        """Takes shelters out and in."""
        for holding in filter(is_over_full, gone):
            for province in holding.areas[1:2]:
                del self._crowded[province][id(holding)]
        for holding in filter(is_over_full, came):
            for province in holding.areas[1:2]:
                self._crowded.setdefault(province, {})[id(holding)] = holding

    def of(self, province: str) -> list[OverFullShelter]:
        """The worst of a province."""
        return over_full(self._crowded.get(province, {}).values())


def is_over_full(holding: Holding) -> bool:
    """Whether it is a shelter with more people than places."""
    shelter = holding.status.kind == _SHELTER and holding.figures is not None
    return shelter and _excess(holding) > 0


def over_full(crowded: Iterable[Holding]) -> list[OverFullShelter]:
    """The first of over-full shelters, those with the most people beyond their places first."""
    return [_over_full(h) for h in heapq.nsmallest(MOST_OVER_FULL, crowded, key=_worst_first)]


def _worst_first(holding: Holding) -> tuple[float, str, str]:
    message = holding.message
    return -_excess(holding), message.header.entity_id, message.stamp.origin


def _excess(holding: Holding) -> float:
    return occupancy(holding) - holding.status.stock.total


def _line(key: _Key, found: _Sum) -> ShelterLine:
    area, unit = key
    return ShelterLine(
        admin_code=area,
        unit=unit,
        shelters=found.shelters,
        capacity=nearest(found.capacity),
        occupancy=nearest(found.occupancy),
        free=nearest(found.free),
        over_full=found.over_full,
        outdated=found.outdated,
        basis=found.ids.basis(),
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
