"""Trips with dangerous goods that are under way."""

from itertools import groupby

from pipelines.known import Known
from pipelines.scope import expired, micros
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MovementKind
from yrd.situation.v1.situation_pb2 import ActiveControl, HazmatTrip


def evaluate(known: Known, controls: list[ActiveControl]) -> list[HazmatTrip]:
    """Trips that have not arrived or have an open alert, and alerts whose trip is not known.

    A trip ends with its waybill's expiry, too; a movement says where a vehicle was, however old.
    """
    movements = _newest_movements(known)
    alerts = [m for m in known.current("hazmat_alert") if not m.hazmat_alert.closed]
    waybills = known.newest("waybill")
    trips = [
        _trip(known, waybill, movements.get(waybill.header.entity_id), alerts, controls)
        for waybill in waybills
    ]
    # a vehicle that has arrived and still leaks is not over
    trips = [
        trip
        for waybill, trip in zip(waybills, trips, strict=True)
        if trip.open_alerts or not (_arrived(trip) or expired(waybill, known.as_of_us))
    ]
    ids = {waybill.header.entity_id for waybill in waybills}
    lone = [m for m in alerts if m.hazmat_alert.waybill_id not in ids]
    return sorted([*trips, *map(_lone_alert, lone)], key=lambda trip: trip.waybill_id)


def _newest_movements(known: Known) -> dict[str, Message]:
    newest: dict[str, Message] = {}
    for message in known.newest("vehicle_movement"):
        waybill_id = message.vehicle_movement.waybill_id
        other = newest.get(waybill_id)
        if other is None or _when(other) < _when(message):
            newest[waybill_id] = message
    return newest


def _when(message: Message) -> tuple[int, str]:
    return micros(message.header.occurred_time), message.header.message_id


def _arrived(trip: HazmatTrip) -> bool:
    return trip.last_movement == MovementKind.MOVEMENT_KIND_ARRIVED


def _trip(
    known: Known,
    waybill: Message,
    movement: Message | None,
    alerts: list[Message],
    controls: list[ActiveControl],
) -> HazmatTrip:
    waybill_id = waybill.header.entity_id
    own_alerts = [m for m in alerts if m.hazmat_alert.waybill_id == waybill_id]
    trip = HazmatTrip(
        waybill_id=waybill_id,
        participant=waybill.stamp.origin,
        un_numbers=[goods.un_number for goods in waybill.waybill.goods],
        open_alerts=[m.hazmat_alert.kind for m in own_alerts],
        control_ids=[c.entity_id for c in controls if _concerns(c, waybill)],
        message_ids=[m.header.message_id for m in (waybill, *own_alerts)],
    )
    if movement is not None:
        _add_movement(known, trip, movement)
    return trip


def _add_movement(known: Known, trip: HazmatTrip, movement: Message) -> None:
    trip.last_movement = movement.vehicle_movement.kind
    trip.last_place.CopyFrom(movement.vehicle_movement.place)
    trip.last_time.CopyFrom(movement.header.occurred_time)
    waybill_id = trip.waybill_id
    kept = known.kept("vehicle_movement")
    crossings = sorted((m for m in kept if m.vehicle_movement.waybill_id == waybill_id), key=_when)
    # both sides of a border may tell one crossing
    trip.borders_crossed.extend(border for border, _ in groupby(map(_border, crossings)))
    trip.message_ids.extend(dict.fromkeys(m.header.message_id for m in (movement, *crossings)))


def _border(crossing: Message) -> str:
    movement = crossing.vehicle_movement
    return f"{movement.from_province}-{movement.to_province}"


def _concerns(control: ActiveControl, waybill: Message) -> bool:
    """Whether a control names a road of the declared route; names begin with the road's number."""
    road = control.object_name.split(" ")[0]
    return bool(road) and road in waybill.waybill.route_roads


def _lone_alert(message: Message) -> HazmatTrip:
    alert = message.hazmat_alert
    return HazmatTrip(
        waybill_id=alert.waybill_id or message.header.entity_id,
        participant=message.stamp.origin,
        un_numbers=[goods.un_number for goods in alert.goods],
        last_place=alert.place,
        last_time=message.header.occurred_time,
        open_alerts=[alert.kind],
        message_ids=[message.header.message_id],
    )
