"""What can't be in the messages on one trip: asked, and never let into what is shown."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipelines.facts.instants import Instants, when_us
from pipelines.facts.questions import Question, about
from pipelines.facts.scope import micros, told_us
from pipelines.hazmat.handovers import far_off, named
from pipelines.hazmat.limits import limit, longest_trip
from pipelines.places.distance import kilometres, position
from schemas.codes.tables import PROVINCES, neighbors, province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.handover_pb2 import HANDOVER_STEP_NOTICED
from yrd.situation.v1.hazmat_watch_pb2 import TRIP_STATE_ENDED, TripState

_HOUR_US = 3_600_000_000
_OURS = frozenset(PROVINCES)


def oddities(
    waybill: Message,
    moves: Sequence[Message],
    alerts: Sequence[Message],
    offered: Sequence[Message],
    state: "TripState",
    instants: Instants,
) -> tuple[Question, ...]:
    """Questions about the messages on a trip; sorted."""
    found = [
        *(q for m in (*moves, *alerts, *offered) for q in in_future(m)),
        *_of_waybill(waybill, state, instants),
        *_other_vehicle(waybill, moves),
        *_jumps(moves),
        *of_handovers(offered),
    ]
    return tuple(sorted(set(found)))


def in_future(message: Message) -> Iterable[Question]:
    """An event later than the message that tells it; it counts as when it was told."""
    if micros(message.header.occurred_time) - told_us(message) > limit("clock_slack").us:
        yield about(
            message,
            "time_in_future",
            "header.occurred_time",
            "发生时间晚于报送时间；按报送时间采用",
            "it says that it happened after it was told; the time of telling is used",
        )


def _of_waybill(waybill: Message, state: "TripState", instants: Instants) -> Iterable[Question]:
    ahead = micros(waybill.waybill.departure_time) - told_us(waybill)
    if ahead > limit("planned_ahead").us:
        yield about(
            waybill,
            "departure_far_ahead",
            "waybill.departure_time",
            "起运时间距报送时间超过30天",
            "departure is more than 30 days after the waybill was told",
        )
    if state == TRIP_STATE_ENDED:
        return
    route = [province_of(code) for code in waybill.waybill.route_provinces]
    for left, entered in pairwise(route):
        if {left, entered} <= _OURS and left != entered and entered not in neighbors(left):
            yield about(
                waybill,
                "route_skips_province",
                "waybill.route_provinces",
                f"申报路线中{left}与{entered}不相邻",
                f"on the declared route {left} and {entered} do not adjoin",
            )
    body = waybill.waybill
    longest = longest_trip(body.urban_delivery)
    if instants.reached(micros(body.departure_time) + longest.us):
        hours = longest.value / 60
        yield about(
            waybill,
            "waybill_never_ends",
            "waybill.step",
            f"起运{hours:.0f}小时后仍未到达、完成或作废",
            f"neither arrived, completed nor voided {hours:.0f} hours after departure",
        )


def _other_vehicle(waybill: Message, moves: Sequence[Message]) -> Iterable[Question]:
    body = waybill.waybill
    known = {body.vehicle.number, body.trailer.number}
    for message in moves:
        if message.vehicle_movement.vehicle.number not in known:
            yield about(
                message,
                "vehicle_differs",
                "vehicle_movement.vehicle",
                "车辆号牌与运单不一致",
                "the vehicle is not the one on the waybill",
            )


def _jumps(moves: Sequence[Message]) -> Iterable[Question]:
    for before, after in pairwise(moves):
        if too_far(before, after):
            yield about(
                after,
                "impossible_jump",
                "vehicle_movement.place",
                "与前一位置相距过远，时间内不可能到达",
                "too far from where it was before to have come there in that time",
            )


def too_far(before: Message, after: Message) -> bool:
    """Whether no vehicle gets from the one place to the other in that time."""
    a, b = before.vehicle_movement.place, after.vehicle_movement.place
    here, there = position(a), position(b)
    if here is None or there is None:
        return False
    by_area = (not a.HasField("point")) + (not b.HasField("point"))
    slack = 1.0 + by_area * limit("position_slack").value
    hours = abs(when_us(after) - when_us(before)) / _HOUR_US
    return kilometres(here, there) > slack + hours * limit("possible_speed").value


def of_handovers(offered: Iterable[Message]) -> Iterable[Question]:
    """Answers to a notice that is not known, which may still come; and crossings far from any trip."""
    told = list(offered)
    notices = {m.header.entity_id for m in told if not m.border_handover.handover_id}
    for message in told:
        body = message.border_handover
        answer = body.step != HANDOVER_STEP_NOTICED and body.handover_id
        if answer and named(message) not in notices:
            yield about(
                message,
                "handover_without_notice",
                "border_handover.handover_id",
                "所答复的交接预告未知",
                "the notice that it answers is not known",
            )
        if far_off(message):
            yield about(
                message,
                "crossing_far_off",
                "border_handover.expected_crossing_time",
                "预计过境时间与报送时间相差超过7天；不予采用",
                "the crossing is expected more than seven days from when it was told; not used",
            )
