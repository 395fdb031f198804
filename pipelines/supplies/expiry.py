"""What expires: lots that are over, or will be within EXPIRING_DAYS, soonest first."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipelines.facts.in_order import InOrder
from pipelines.facts.scope import micros
from pipelines.supplies.stocktake import EXPIRING_DAYS, Holding
from yrd.common.v1.common_pb2 import Quantity
from yrd.resource.v1.resource_pb2 import ResourceKind
from yrd.situation.v1.supplies_pb2 import ExpiringLot

MOST_LOTS = 50
"""Lots that are listed."""

_DAY_US = 24 * 3_600_000_000


class _Lot(NamedTuple):
    """When it ends, and what makes it one of its own."""

    ends_us: int
    resource_id: str
    quantity: float
    participant: str
    message_id: str
    number: int


class Expiring(NamedTuple):
    """The first lots that are over or soon will be, and how many there are."""

    lots: list[ExpiringLot]
    of: int


class Expiry:
    """All lots of stocks whose state still holds, by province, time and resource."""

    def __init__(self) -> None:
        self._lots: dict[str, InOrder[tuple[_Lot, int]]] = {}
        self._holdings: dict[int, Holding] = {}

    def change(self, gone: Iterable[Holding], came: Iterable[Holding]) -> None:
        """Takes lots out and in."""
        for holding in gone:
            for province, lot in _lots(holding):
                self._lots[province].remove((lot, id(holding)))
            self._holdings.pop(id(holding), None)
        for holding in came:
            for province, lot in _lots(holding):
                self._lots.setdefault(province, InOrder()).add((lot, id(holding)))
                self._holdings[id(holding)] = holding

    def of(self, province: str, as_of_us: int) -> Expiring:
        """Those of a province that are over at an instant, or within EXPIRING_DAYS behind it."""
        lots = self._lots[province].things() if province in self._lots else ()
        count = bisect_right(lots, as_of_us + EXPIRING_DAYS * _DAY_US, key=_ends_us)
        shown = lots[: min(count, MOST_LOTS)]
        return Expiring([_line(lot, self._holdings[i], as_of_us) for lot, i in shown], count)


def _ends_us(lot: tuple[_Lot, int]) -> int:
    return lot[0].ends_us


def _lots(holding: Holding) -> Iterator[tuple[str, _Lot]]:
    message, status = holding.message, holding.status
    if status.kind != ResourceKind.RESOURCE_KIND_SUPPLIES or holding.figures is None:
        return
    whose = message.stamp.origin, message.header.message_id
    for province in holding.areas[1:2]:
        for number, lot in enumerate(status.lots):
            if lot.quantity:
                ends_us, id_ = micros(lot.expire_time), message.header.entity_id
                yield province, _Lot(ends_us, id_, lot.quantity, *whose, number)


def _line(lot: _Lot, holding: Holding, as_of_us: int) -> ExpiringLot:
    status = holding.status
    return ExpiringLot(
        resource_id=lot.resource_id,
        participant=lot.participant,
        name=status.name,
        quantity=Quantity(value=lot.quantity, unit=status.stock.unit),
        expire_time=status.lots[lot.number].expire_time,
        expired=lot.ends_us <= as_of_us,
        message_ids=[lot.message_id],
    )
