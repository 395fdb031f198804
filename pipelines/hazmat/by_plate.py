"""Alerts that name a vehicle and no waybill: which trip the vehicle was on."""

from collections.abc import Iterable, Mapping, Sequence

from pipelines.facts.instants import when_us
from pipelines.facts.scope import micros
from pipelines.hazmat.limits import limit
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MovementKind, Plate, WaybillStep

_OVER = (WaybillStep.WAYBILL_STEP_VOIDED, WaybillStep.WAYBILL_STEP_COMPLETED)
_ARRIVED = MovementKind.MOVEMENT_KIND_ARRIVED
_Plate = tuple[str, int]


def trips_by_plate(
    alerts: Iterable[Message],
    waybills: Mapping[str, Message],
    movements: Mapping[str, Sequence[Message]],
) -> dict[str, str]:
    """Waybill by the alert's message id, of alerts that name none: an inference.

    It is the one of that vehicle, or with it as a trailer, that departed last before the alert and had not
    arrived. Without any the alert stays without a trip.
    """
    naming = [
        a for a in alerts if not a.hazmat_alert.waybill_id and a.hazmat_alert.HasField("vehicle")
    ]
    wanted = {_name(alert.hazmat_alert.vehicle) for alert in naming}
    trips = _trips(wanted, waybills) if wanted else {}
    longest_us = limit("longest_trip").us
    found: dict[str, str] = {}
    for alert in naming:
        at_us = when_us(alert)
        under_way = [
            (departed_us, entity_id)
            for departed_us, entity_id in trips.get(_name(alert.hazmat_alert.vehicle), ())
            if at_us - longest_us < departed_us <= at_us
            and not _arrived(movements.get(entity_id, ()), at_us)
        ]
        if under_way:
            found[alert.header.message_id] = max(under_way)[1]
    return found


def _trips(
    wanted: set[_Plate], waybills: Mapping[str, Message]
) -> dict[_Plate, list[tuple[int, str]]]:
    """Departures and waybills by plate."""
    found: dict[_Plate, list[tuple[int, str]]] = {}
    for entity_id, message in waybills.items():
        body = message.waybill
        plates = {
            _name(body.vehicle),
            *((_name(body.trailer),) if body.HasField("trailer") else ()),
        }
        for plate in plates & wanted:
            if body.step not in _OVER:
                found.setdefault(plate, []).append((micros(body.departure_time), entity_id))
    return found


def _arrived(movements: Iterable[Message], at_us: int) -> bool:
    return any(m.vehicle_movement.kind == _ARRIVED and when_us(m) <= at_us for m in movements)


def _name(plate: Plate) -> _Plate:
    return plate.number, plate.color
