"""Views of trips from one evaluation to the next: looked at anew is only what was touched or is due."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipelines.hazmat.context import Context
from pipelines.hazmat.trip import TripView, trip_view
from yrd.exchange.v1.message_pb2 import Message


class Told(NamedTuple):
    """Messages by the waybill that they name; waybills by their own id.

    `by_plate` has the waybill of alerts that name a vehicle only, by message id; `alerts` has them, too.
    """

    waybills: Mapping[str, Message]
    movements: Mapping[str, Sequence[Message]]
    alerts: Mapping[str, Sequence[Message]]
    handovers: Mapping[str, Sequence[Message]]
    by_plate: Mapping[str, str]


class _Kept(NamedTuple):
    """A view with what it rests on."""

    told: tuple[Sequence[Message], ...]
    as_of_us: int
    view: TripView


class Memory:
    """What was seen of each trip. It never changes what is seen: only what it costs to see it."""

    def __init__(self) -> None:
        self._context = ""
        self._kept: dict[str, _Kept] = {}

    def views_of(self, told: Told, context: Context, as_of_us: int) -> Iterator[TripView]:
        """Every trip, by waybill; those whose messages and context are the same only when they are due."""
        kept = self._kept if context.key == self._context else {}
        self._context, self._kept = context.key, {}
        for waybill_id in sorted(told.waybills):
            inputs = _inputs(told, waybill_id)
            before = kept.get(waybill_id)
            if before is None or not _holds(before, inputs, as_of_us):
                before = _Kept(inputs, as_of_us, _look(inputs, context, as_of_us))
            self._kept[waybill_id] = before
            yield before.view


def _inputs(told: Told, waybill_id: str) -> tuple[Sequence[Message], ...]:
    return (
        (told.waybills[waybill_id],),
        told.movements.get(waybill_id, ()),
        told.alerts.get(waybill_id, ()),
        told.handovers.get(waybill_id, ()),
    )


def _holds(kept: _Kept, inputs: tuple[Sequence[Message], ...], as_of_us: int) -> bool:
    due = kept.view.deadline_us
    in_time = kept.as_of_us <= as_of_us and (due is None or as_of_us < due)
    return in_time and kept.told == inputs


def _look(inputs: tuple[Sequence[Message], ...], context: Context, as_of_us: int) -> TripView:
    (waybill,), movements, alerts, handovers = inputs
    return trip_view(waybill, movements, alerts, handovers, context, as_of_us)


def views_of(told: Told, context: Context, as_of_us: int) -> Iterable[TripView]:
    """Every trip, by waybill, looked at anew."""
    return Memory().views_of(told, context, as_of_us)
