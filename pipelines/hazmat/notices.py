"""What the watch notices about one trip, each against a limit of the table or an area."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pipelines.facts.instants import Instants, when_us
from pipelines.hazmat.context import Context
from pipelines.hazmat.limits import Limit, is_parking, limit
from pipelines.hazmat.places import pinned
from pipelines.hazmat.roads import road_number, speed_limit
from pipelines.hazmat.way import Way
from pipelines.places.distance import kilometres, position
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import (
    MOVEMENT_KIND_DEVIATED,
    MOVEMENT_KIND_OFFLINE,
    MOVEMENT_KIND_POSITION,
    MOVEMENT_KIND_STOPPED,
    Waybill,
)
from yrd.situation.v1.hazmat_watch_pb2 import (
    HAZMAT_NOTICE_KIND_CLOSED_ROAD,
    HAZMAT_NOTICE_KIND_DEVIATION,
    HAZMAT_NOTICE_KIND_ISOLATION_ZONE,
    HAZMAT_NOTICE_KIND_LONG_STOP,
    HAZMAT_NOTICE_KIND_SILENT,
    HAZMAT_NOTICE_KIND_SPEEDING,
    HazmatNoticeKind,
)

_STOPPED = MOVEMENT_KIND_STOPPED
_OFFLINE = MOVEMENT_KIND_OFFLINE
_STANDING = (_STOPPED, _OFFLINE, MOVEMENT_KIND_POSITION)


class Notice(NamedTuple):
    """One thing that is noticed, since an instant in microseconds. `inferred`: from a place by area only."""

    kind: "HazmatNoticeKind"
    since_us: int
    subject: str = ""
    value: float | None = None
    rule: Limit | None = None
    message_ids: tuple[str, ...] = ()
    inferred: bool = False


def deviation(waybill: Waybill, way: Way, newest: Message) -> Iterator[Notice]:
    """Told as such; or in a province that the way does not lead to, or on a road that is not declared."""
    movement = newest.vehicle_movement
    told = movement.kind == MOVEMENT_KIND_DEVIATED
    road = road_number(movement.road)
    declared = {road_number(name) for name in waybill.route_roads}
    elsewhere = bool(road and declared) and road not in declared
    strayed = way.strayed is not None and way.declared
    if told or elsewhere or strayed:
        subject = way.province if strayed else movement.road
        since = way.strayed if strayed and way.strayed is not None else newest
        yield _of(HAZMAT_NOTICE_KIND_DEVIATION, since, subject)


def speeding(newest: Message) -> Iterator[Notice]:
    """Faster, when last seen, than dangerous goods may go on such a road."""
    movement = newest.vehicle_movement
    allowed = speed_limit(movement.road)
    if movement.speed_kmh > allowed.value:
        yield _of(
            HAZMAT_NOTICE_KIND_SPEEDING,
            newest,
            movement.road,
            movement.speed_kmh,
            allowed,
        )


def stopped_since(movements: Sequence[Message]) -> Message | None:
    """The first message of the stop in which the vehicle stands; None if it does not stand.

    Of a stop that is told again and again some messages are known, one for each half hour.
    """
    first: Message | None = None
    before: Message | None = None
    for message in movements:
        stopped = message.vehicle_movement.kind == _STOPPED
        if first is None or before is None or not _still_there(first, before, message):
            first = message if stopped else None
        before = message
    return first


def _still_there(first: Message, before: Message, later: Message) -> bool:
    a, b = first.vehicle_movement, later.vehicle_movement
    if b.kind == _OFFLINE:
        return True
    rolls = not b.HasField("speed_kmh") or b.speed_kmh >= limit("standing_speed").value
    if b.kind not in _STANDING or (b.kind != _STOPPED and rolls):
        return False
    if not (a.place.HasField("point") and b.place.HasField("point")):
        soon = when_us(later) - when_us(before) <= limit("standing_gap").us
        return soon and a.place.admin_code == b.place.admin_code
    here, there = position(a.place), position(b.place)
    return not here or not there or kilometres(here, there) <= limit("standing_distance").value


def long_stop(stopped: Message, instants: Instants) -> Iterator[Notice]:
    """Stopped for longer than one may stand there."""
    place = stopped.vehicle_movement.place
    rule = limit("parked_stop" if is_parking(place.name + place.address) else "open_stop")
    if instants.reached(when_us(stopped) + rule.us):
        kind = HAZMAT_NOTICE_KIND_LONG_STOP
        yield _of(kind, stopped, place.name, None, rule)


def silence(newest: Message, stopped: bool, instants: Instants) -> Iterator[Notice]:
    """Offline, or not heard since it was last seen on its way."""
    offline = newest.vehicle_movement.kind == _OFFLINE
    if stopped and not offline:
        return
    rule = limit("offline" if offline else "silent")
    if instants.reached(when_us(newest) + rule.us):
        yield _of(HAZMAT_NOTICE_KIND_SILENT, newest, "", None, rule)


def closed_road(newest: Message, context: Context, instants: Instants) -> Iterator[Notice]:
    """On a road under control, in the control's area, when last seen."""
    movement = newest.vehicle_movement
    closures = context.closures.get(road_number(movement.road))
    for control in closures.at(movement.place.admin_code, instants) if closures else ():
        notice = _of(HAZMAT_NOTICE_KIND_CLOSED_ROAD, newest, control.entity_id)
        yield notice._replace(message_ids=(*notice.message_ids, *control.message_ids))


def in_areas(
    waybill_id: str, newest: Message, context: Context, instants: Instants
) -> tuple[list[Notice], dict[str, bool]]:
    """Areas that it was last seen in: notices, and each source with whether it is the inner one."""
    place = newest.vehicle_movement.place
    notices: dict[tuple[int, str], Notice] = {}
    inside: dict[str, bool] = {}
    for area in context.areas.at(place, pinned(place)):
        if area.own == waybill_id or not instants.within(area.from_us, area.until_us):
            continue
        if area.kind == HAZMAT_NOTICE_KIND_ISOLATION_ZONE:
            inside[area.id] = inside.get(area.id, False) or area.isolation
        if not area.quiet:
            ids = (newest.header.message_id, *area.message_ids)
            # a drawn area, and a place that is known by its code: the code's point is held against it
            inferred = area.shape is not None and not area.codes and not place.HasField("point")
            made = Notice(area.kind, when_us(newest), area.id, message_ids=ids, inferred=inferred)
            notices.setdefault((area.kind, area.id), made)
    return list(notices.values()), inside


def _of(
    kind: "HazmatNoticeKind",
    message: Message,
    subject: str = "",
    value: float | None = None,
    rule: Limit | None = None,
) -> Notice:
    ids = (message.header.message_id,)
    return Notice(kind, when_us(message), subject, value, rule, ids)


def in_stable_order(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """By kind, then by what they are about."""
    return tuple(sorted(notices, key=lambda n: (n.kind, n.subject, n.since_us)))
