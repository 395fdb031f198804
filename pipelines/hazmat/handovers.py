"""Handovers at borders: how each stands, and when its next step is due."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.facts.instants import Instants, in_order, when_us
from pipelines.facts.scope import PARTICIPANTS, micros
from pipelines.hazmat.limits import handover_us, limit
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.handover_pb2 import (
    HANDOVER_REFUSAL_UNSPECIFIED,
    HANDOVER_STEP_ACCEPTED,
    HANDOVER_STEP_CLOSED,
    HANDOVER_STEP_NOTICED,
    HandoverRefusal,
)
from yrd.situation.v1.hazmat_watch_pb2 import (
    HANDOVER_STATE_ACCEPTED,
    HANDOVER_STATE_CROSSED,
    HANDOVER_STATE_NOTICED,
    HANDOVER_STATE_REFUSED,
    HANDOVER_STATE_UNNOTICED,
    HandoverState,
)

Border = tuple[str, str]
STATED = "stated"
_NOTICED = HANDOVER_STEP_NOTICED
_ACCEPTED = HANDOVER_STEP_ACCEPTED
_CLOSED = HANDOVER_STEP_CLOSED


class Handover(NamedTuple):
    """One handover that is not closed; instants in microseconds, None if there is none.

    `rule` is the row of the table that `due_us` follows, or STATED.
    """

    handover_id: str
    border: Border
    state: "HandoverState"
    since_us: int
    due_us: int | None
    overdue: bool
    rule: str
    refusal: "HandoverRefusal"
    expected_us: int | None
    messages: tuple[Message, ...]


def handovers(
    told: Iterable[Message], crossings: Sequence[Message], instants: Instants
) -> list[Handover]:
    """Those that are not closed, from the messages on one trip; by border and id."""
    groups: dict[str, list[Message]] = {}
    for message in sorted(told, key=in_order):
        if instants.reached(when_us(message)):
            groups.setdefault(named(message), []).append(message)
    found = [_handover(name, group, crossings, instants) for name, group in groups.items()]
    return sorted(h for h in found if h is not None)


def named(message: Message) -> str:
    """Entity id of the notice that a message is or answers."""
    return message.border_handover.handover_id or message.header.entity_id


def _handover(
    name: str, group: Sequence[Message], crossings: Sequence[Message], instants: Instants
) -> Handover | None:
    steps = [message.border_handover.step for message in group]
    if _CLOSED in steps:
        return None
    newest = group[-1]
    body = newest.border_handover
    border = (body.from_province, body.to_province)
    notice = next((m for m in reversed(group) if m.border_handover.step == _NOTICED), None)
    expected = _expected(group)
    made = Handover(
        name,
        border,
        HANDOVER_STATE_REFUSED,
        when_us(newest),
        None,
        False,
        "",
        body.refusal,
        expected,
        tuple(group),
    )
    crossing = _crossing(border, group[0], expected, crossings)
    if crossing is not None:
        return _crossed(made, crossing, instants)
    if body.step == _ACCEPTED:
        return _accepted(made, expected, instants)
    if body.step == _NOTICED and notice is not None:
        return _noticed(made, notice, instants)
    return made


def _expected(group: Sequence[Message]) -> int | None:
    """The newest word on when it will cross, of those that can be."""
    told = [m for m in group if m.border_handover.HasField("expected_crossing_time")]
    likely = [micros(m.border_handover.expected_crossing_time) for m in told if not far_off(m)]
    return likely[-1] if likely else None


def far_off(message: Message) -> bool:
    """Whether it expects the crossing at a time to which no trip takes, from when it was told."""
    if not message.border_handover.HasField("expected_crossing_time"):
        return False
    expected = micros(message.border_handover.expected_crossing_time)
    return abs(expected - when_us(message)) > limit("longest_trip").us


def _crossing(
    border: Border, first: Message, expected: int | None, crossings: Sequence[Message]
) -> Message | None:
    """The crossing that a handover was about: not one long before anybody spoke of it."""
    spoken = when_us(first) if expected is None else min(when_us(first), expected)
    since = spoken - handover_us("close", _text(border))
    return next(
        (
            m
            for m in crossings
            if (m.vehicle_movement.from_province, m.vehicle_movement.to_province) == border
            and when_us(m) >= since
        ),
        None,
    )


def _timed(made: Handover, due_us: int | None, rule: str, instants: Instants) -> Handover:
    overdue = due_us is not None and instants.reached(due_us)
    return made._replace(due_us=due_us, overdue=overdue, rule=rule)


def _crossed(made: Handover, crossing: Message, instants: Instants) -> Handover:
    at = when_us(crossing)
    due = at + handover_us("close", _text(made.border))
    crossed = made._replace(
        state=HANDOVER_STATE_CROSSED,
        since_us=at,
        refusal=HANDOVER_REFUSAL_UNSPECIFIED,
        messages=(*made.messages, crossing),
    )
    return _timed(crossed, due, "close", instants)


def _accepted(made: Handover, expected: int | None, instants: Instants) -> Handover:
    accepted = made._replace(state=HANDOVER_STATE_ACCEPTED)
    if expected is None:
        return accepted
    due = expected + handover_us("crossing", _text(made.border))
    return _timed(accepted, due, "crossing", instants)


def _noticed(made: Handover, notice: Message, instants: Instants) -> Handover:
    noticed = made._replace(state=HANDOVER_STATE_NOTICED)
    body = notice.border_handover
    if body.HasField("answer_by_time"):
        return _timed(noticed, micros(body.answer_by_time), STATED, instants)
    due = when_us(notice) + handover_us("answer", _text(made.border))
    return _timed(noticed, due, "answer", instants)


def unnoticed(
    border: Border, expected_us: int | None, rests_on: tuple[Message, ...], instants: Instants
) -> Handover | None:
    """The notice that is missing, once it is due; only between participants."""
    if expected_us is None or not set(border) <= set(PARTICIPANTS):
        return None
    due = expected_us - handover_us("notice", _text(border))
    if not instants.reached(due):
        return None
    return Handover(
        "",
        border,
        HANDOVER_STATE_UNNOTICED,
        due,
        due,
        True,
        "notice",
        HANDOVER_REFUSAL_UNSPECIFIED,
        expected_us,
        rests_on,
    )


def _text(border: Border) -> str:
    return "-".join(border)
