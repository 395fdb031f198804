"""What expires: lots that are over, or will be within EXPIRING_DAYS, soonest first."""

from collections.abc import Iterable, Iterator

from pipelines.facts.scope import micros
from pipelines.supplies.stocktake import EXPIRING_DAYS, Holding
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.supplies_pb2 import ExpiringLot

MOST_LOTS = 50
"""Lots that are listed."""

_DAY_US = 24 * 3_600_000_000


def evaluate(holdings: Iterable[Holding], as_of_us: int) -> dict[str, list[ExpiringLot]]:
    """All of them by province, of stocks whose state still holds; by time and resource."""
    found: dict[str, list[ExpiringLot]] = {}
    for holding in holdings:
        if holding.figures is not None:
            for area in holding.areas[1:2]:
                found.setdefault(area, []).extend(_lots(holding, as_of_us))
    return {area: sorted(lots, key=_soonest) for area, lots in found.items()}


def _soonest(lot: ExpiringLot) -> tuple[int, str, float]:
    return micros(lot.expire_time), lot.resource_id, lot.quantity.value


def _lots(holding: Holding, as_of_us: int) -> Iterator[ExpiringLot]:
    message, status = holding.message, holding.status
    for lot in status.lots:
        ends_us = micros(lot.expire_time)
        if lot.quantity and ends_us <= as_of_us + EXPIRING_DAYS * _DAY_US:
            yield ExpiringLot(
                resource_id=message.header.entity_id,
                participant=message.stamp.origin,
                name=status.name,
                quantity=Quantity(value=lot.quantity, unit=status.stock.unit),
                expire_time=lot.expire_time,
                expired=ends_us <= as_of_us,
                message_ids=[message.header.message_id],
            )
