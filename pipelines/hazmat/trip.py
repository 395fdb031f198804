"""One trip at an instant: a pure function of its messages, and until when that stays so."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.facts.instants import Instants, in_order, when_us
from pipelines.facts.questions import Question
from pipelines.facts.scope import micros
from pipelines.hazmat import notices as noticing
from pipelines.hazmat.closures import Ids
from pipelines.hazmat.context import Context
from pipelines.hazmat.crossing import Expected, expected_crossing
from pipelines.hazmat.handovers import Handover, handovers, unnoticed
from pipelines.hazmat.limits import limit, longest_trip
from pipelines.hazmat.notices import Notice
from pipelines.hazmat.oddities import oddities
from pipelines.hazmat.roads import road_number
from pipelines.hazmat.way import Way, way_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import (
    MOVEMENT_KIND_ARRIVED,
    MOVEMENT_KIND_BORDER_CROSSED,
    MOVEMENT_KIND_OFFLINE,
    WAYBILL_STEP_COMPLETED,
    WAYBILL_STEP_VOIDED,
    Waybill,
)
from yrd.situation.v1.hazmat_watch_pb2 import (
    HANDOVER_STATE_CROSSED,
    HANDOVER_STATE_REFUSED,
    HAZMAT_NOTICE_KIND_ABOUT_TO_CROSS,
    HAZMAT_NOTICE_KIND_HANDOVER_OVERDUE,
    HAZMAT_NOTICE_KIND_HANDOVER_REFUSED,
    HAZMAT_NOTICE_KIND_LATE,
    HAZMAT_NOTICE_KIND_SILENT,
    TRIP_STATE_ENDED,
    TRIP_STATE_LAPSED,
    TRIP_STATE_MOVING,
    TRIP_STATE_OFFLINE,
    TRIP_STATE_PLANNED,
    TRIP_STATE_STOPPED,
    TRIP_STATE_UNSEEN,
    TripState,
)

_OVER = (WAYBILL_STEP_VOIDED, WAYBILL_STEP_COMPLETED)
_UNDER_WAY = (
    TRIP_STATE_UNSEEN,
    TRIP_STATE_MOVING,
    TRIP_STATE_STOPPED,
    TRIP_STATE_OFFLINE,
)


class Border(NamedTuple):
    """The border that is next, and what is expected there. `inferred`: not from a declared route."""

    left: str
    entered: str
    inferred: bool
    expected: Expected


class TripView(NamedTuple):
    """What is known of a trip at an instant, and the next one at which that changes by time alone.

    `deadline_us` is None if it stays so until a message comes. `inside`: sources of the isolation zones
    that it was last seen in, and whether in the inner one. `controls`: entity ids, for each declared road
    that has any. Messages stand oldest first.
    """

    waybill: Message
    state: "TripState"
    movements: tuple[Message, ...]
    alerts: tuple[Message, ...]
    province: str = ""
    border: Border | None = None
    notices: tuple[Notice, ...] = ()
    handovers: tuple[Handover, ...] = ()
    controls: tuple[Ids, ...] = ()
    inside: tuple[tuple[str, bool], ...] = ()
    questions: tuple[Question, ...] = ()
    deadline_us: int | None = None

    @property
    def waybill_id(self) -> str:
        """Entity id of the waybill."""
        return self.waybill.header.entity_id

    @property
    def crossings(self) -> list[Message]:
        """Borders crossed, oldest first."""
        crossed = MOVEMENT_KIND_BORDER_CROSSED
        return [m for m in self.movements if m.vehicle_movement.kind == crossed]

    @property
    def under_way(self) -> bool:
        """Whether the vehicle should be on the road now."""
        return self.state in _UNDER_WAY

    @property
    def shown(self) -> bool:
        """Whether there is anything to say: it is not over, or has an alert that isn't."""
        return self.state != TRIP_STATE_ENDED or bool(self.alerts)


def trip_view(
    waybill: Message,
    movements: Iterable[Message],
    alerts: Iterable[Message],
    told_handovers: Iterable[Message],
    context: Context,
    as_of_us: int,
) -> TripView:
    """The trip of a waybill at an instant, from all messages on it, in any order."""
    instants = Instants(as_of_us)
    told, offered = sorted(alerts, key=in_order), list(told_handovers)
    # an id is unique within a log
    distinct = {(m.stamp.origin, m.header.message_id): m for m in movements}
    moves = [m for (at, *_), m in _ordered(distinct.values()) if instants.reached(at)]
    open_alerts = tuple(a for a in told if _is_open(a, instants))
    state = _state(waybill, moves, instants)
    view = TripView(
        waybill=waybill,
        state=state,
        movements=tuple(moves),
        alerts=open_alerts,
        questions=oddities(waybill, moves, told, offered, state, instants),
    )
    if view.shown and state != TRIP_STATE_LAPSED:
        view = _watched(view, offered, context, instants)
    if view.shown and context.until_us is not None:
        instants.reached(context.until_us)
    return view._replace(deadline_us=instants.next_us)


def _ordered(messages: Iterable[Message]) -> list[tuple[tuple[int, str, str], Message]]:
    """Messages with what they are ordered by."""
    return sorted(((in_order(m), m) for m in messages), key=lambda each: each[0])


def _is_open(alert: Message, instants: Instants) -> bool:
    if alert.hazmat_alert.closed:
        return False
    ends = alert.header.HasField("expire_time")
    return instants.within(when_us(alert), micros(alert.header.expire_time) if ends else None)


def _state(waybill: Message, moves: Sequence[Message], instants: Instants) -> "TripState":
    newest = moves[-1] if moves else None
    if _is_over(waybill, newest, instants):
        return TRIP_STATE_ENDED
    if instants.reached(_lapses_us(waybill, newest)):
        return TRIP_STATE_LAPSED
    if newest is None:
        departed = instants.reached(micros(waybill.waybill.departure_time))
        return TRIP_STATE_UNSEEN if departed else TRIP_STATE_PLANNED
    if newest.vehicle_movement.kind == MOVEMENT_KIND_OFFLINE:
        return TRIP_STATE_OFFLINE
    stopped = noticing.stopped_since(moves) is not None
    return TRIP_STATE_STOPPED if stopped else TRIP_STATE_MOVING


def _is_over(waybill: Message, newest: Message | None, instants: Instants) -> bool:
    if waybill.waybill.step in _OVER:
        return True
    if newest is not None and newest.vehicle_movement.kind == MOVEMENT_KIND_ARRIVED:
        return True
    header = waybill.header
    return header.HasField("expire_time") and instants.reached(micros(header.expire_time))


def _lapses_us(waybill: Message, newest: Message | None) -> int:
    """When a trip that nobody ends no longer counts as under way, whatever arrival was planned."""
    body = waybill.waybill
    heard = 0 if newest is None else when_us(newest) + limit("lapse").us
    return max(micros(body.departure_time) + longest_trip(body.urban_delivery).us, heard)


def _watched(
    view: TripView, offered: Sequence[Message], context: Context, instants: Instants
) -> TripView:
    body = view.waybill.waybill
    way = way_of(body, view.movements)
    ended = view.state == TRIP_STATE_ENDED
    open_handovers = [] if ended else handovers(offered, view.crossings, instants)
    border = None if ended else _border(view, way, open_handovers)
    if border is not None:
        open_handovers += _missing(view, border, open_handovers, instants)
    found, inside = _notices(view, way, border, context, instants)
    return view._replace(
        province=way.province,
        border=border,
        handovers=tuple(open_handovers),
        notices=noticing.in_stable_order([*found, *_of_handovers(open_handovers)]),
        controls=_controls(body, context, instants),
        inside=tuple(sorted(inside.items())),
    )


def _border(view: TripView, way: Way, open_handovers: Sequence[Handover]) -> Border | None:
    if way.border is None:
        return None
    newest = view.movements[-1] if view.movements else None
    noticed = [
        h.expected_us
        for h in open_handovers
        if h.border == way.border and h.state != HANDOVER_STATE_CROSSED
    ]
    notice_us = max((at for at in noticed if at is not None), default=None)
    expected = expected_crossing(way.border, view.waybill.waybill, newest, notice_us)
    inferred = not way.declared or way.strayed is not None
    return Border(*way.border, inferred, expected)


def _missing(
    view: TripView, border: Border, known: Sequence[Handover], instants: Instants
) -> list[Handover]:
    """The notice that the next border lacks, if it is due."""
    pair = (border.left, border.entered)
    if any(h.border == pair and h.state != HANDOVER_STATE_CROSSED for h in known):
        return []
    rests_on = (view.waybill, *view.movements[-1:])
    made = unnoticed(pair, border.expected.time_us, rests_on, instants)
    return [] if made is None else [made]


def _notices(
    view: TripView, way: Way, border: Border | None, context: Context, instants: Instants
) -> tuple[list[Notice], dict[str, bool]]:
    if view.state in (TRIP_STATE_ENDED, TRIP_STATE_PLANNED):
        return [], {}
    body = view.waybill.waybill
    found = [*_late(view, instants), *_about_to_cross(view, border, instants)]
    if not view.movements:
        return [*found, *_unseen(view, instants)], {}
    newest = view.movements[-1]
    stopped = noticing.stopped_since(view.movements)
    found += noticing.deviation(body, way, newest)
    found += noticing.speeding(newest)
    found += noticing.long_stop(stopped, instants) if stopped is not None else ()
    found += noticing.silence(newest, stopped is not None, instants)
    found += noticing.closed_road(newest, context, instants)
    areas, inside = noticing.in_areas(view.waybill_id, newest, context, instants)
    return [*found, *areas], inside


def _late(view: TripView, instants: Instants) -> Iterable[Notice]:
    body, rule = view.waybill.waybill, limit("late")
    if not body.HasField("planned_arrival_time"):
        return
    planned = micros(body.planned_arrival_time)
    if instants.reached(planned + rule.us):
        kind, ids = HAZMAT_NOTICE_KIND_LATE, (view.waybill.header.message_id,)
        yield Notice(kind, planned, "", None, rule, ids)


def _about_to_cross(view: TripView, border: Border | None, instants: Instants) -> Iterable[Notice]:
    if border is None or border.expected.time_us is None:
        return
    at, rule = border.expected.time_us, limit("about_to_cross")
    if instants.reached(at - rule.us):
        ids = tuple(m.header.message_id for m in (view.waybill, *view.movements[-1:]))
        kind = HAZMAT_NOTICE_KIND_ABOUT_TO_CROSS
        yield Notice(kind, at - rule.us, f"{border.left}-{border.entered}", None, rule, ids)


def _unseen(view: TripView, instants: Instants) -> Iterable[Notice]:
    departure, rule = micros(view.waybill.waybill.departure_time), limit("unseen")
    if instants.reached(departure + rule.us):
        kind, ids = HAZMAT_NOTICE_KIND_SILENT, (view.waybill.header.message_id,)
        yield Notice(kind, departure, "", None, rule, ids)


def _of_handovers(known: Sequence[Handover]) -> Iterable[Notice]:
    for handover in known:
        ids = tuple(m.header.message_id for m in handover.messages)
        subject = handover.handover_id or "-".join(handover.border)
        if handover.overdue and handover.due_us is not None:
            kind = HAZMAT_NOTICE_KIND_HANDOVER_OVERDUE
            yield Notice(kind, handover.due_us, subject, message_ids=ids)
        elif handover.state == HANDOVER_STATE_REFUSED:
            kind = HAZMAT_NOTICE_KIND_HANDOVER_REFUSED
            yield Notice(kind, handover.since_us, subject, message_ids=ids)


def _controls(body: Waybill, context: Context, instants: Instants) -> tuple[Ids, ...]:
    """Controls in force on the declared roads, by road."""
    roads = dict.fromkeys(map(road_number, body.route_roads))
    found = (
        context.closures[road].in_force(instants) for road in roads if road in context.closures
    )
    return tuple(ids for ids in found if ids)
