"""Two times: what was known at an instant, and what is known now for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.gathering import Gathering
from pipelines.pictures.as_of import AsOf, NoSuchScope, as_of, received_us, speaks_from_us
from tests.support.builders import NOW
from tests.support.history import History
from tests.support.situation import (
    after,
    exercise,
    incident,
    movement,
    picture,
    resource,
    text,
    us,
    warning,
)
from yrd.exchange.v1.message_pb2 import Message

HISTORY = History(seed=3).days(6, 12)
MIDDLE = us(after(days=3))


def times(occurred: float, reported: float) -> dict[str, Any]:
    """Header of what occurred and was reported some hours from now."""
    return {
        "occurredTime": text(after(hours=occurred)),
        "reportedTime": text(after(hours=reported)),
        "sealed": after(hours=reported),
    }


def received(message: Message, at: datetime) -> Message:
    message.receipt.received_time.FromDatetime(at)
    return message


def report(kind: str, occurred: float = 0, reported: float = 2) -> Message:
    return incident(changes={"kind": f"REPORT_KIND_{kind}"}, **times(occurred, reported))


@pytest.mark.parametrize("kind", ["INITIAL", "FOLLOW_UP", "FINAL"])
def test_a_report_speaks_of_how_things_stood_when_it_was_reported(kind: str) -> None:
    assert speaks_from_us(report(kind)) == us(after(hours=2))


@pytest.mark.parametrize("kind", ["CORRECTION", "WITHDRAWAL"])
def test_what_takes_back_speaks_of_what_was_said_before(kind: str) -> None:
    assert speaks_from_us(report(kind)) == us(NOW)


def test_what_was_measured_speaks_of_when_it_was() -> None:
    assert speaks_from_us(movement("POSITION", **times(0, 2))) == us(NOW)
    observed = Message(header=movement("POSITION", **times(0, 2)).header)
    observed.observation.SetInParent()
    assert speaks_from_us(observed) == us(NOW)


@pytest.mark.parametrize("make", [warning, resource])
def test_everything_else_speaks_of_when_it_was_reported(make: Any) -> None:
    assert speaks_from_us(make(**times(0, 2))) == us(after(hours=2))


def test_known_from_when_the_gateway_had_it() -> None:
    told = received(incident(sealed=after(hours=1)), after(hours=5))
    assert received_us(told) == us(after(hours=5))
    told.ClearField("receipt")
    assert received_us(told) == us(after(hours=1))


def test_in_an_exercise_known_from_when_it_was_told_there() -> None:
    told = received(incident(**exercise(), **times(0, 2)), after(days=900))
    assert received_us(told) == us(after(hours=2))


def test_known_then_is_what_had_been_received() -> None:
    first, late = incident(), incident("330000/flood/1", **times(0, 0))
    told = [received(first, NOW), received(late, after(hours=3))]
    found = as_of(told, us(after(hours=1)))
    assert found.known_then == picture([first], after(hours=1))
    assert found.known_now == picture([first, late], after(hours=1))


def test_to_the_microsecond() -> None:
    told = received(warning(), after(hours=1))
    for past, expected in ((-1, 0), (0, 1)):
        found = as_of([told], us(after(hours=1)) + past)
        assert len(found.known_then.summary.warnings) == expected


def test_what_had_not_been_reported_is_not_known_now_for_then() -> None:
    """Nor was it so: a follow-up tells how things stood later."""
    told = [
        incident(changes={"casualties": {"dead": 1}}),
        incident(changes={"casualties": {"dead": 9}}, revision=2, sequence=1, **times(0, 5)),
    ]
    found = as_of(told, us(after(hours=1)))
    assert found.known_now.summary.incidents[0].casualties.dead == 1
    assert found.differences == ()


def test_both_are_evaluated_at_the_instant() -> None:
    """What was in force then is in force in both, though it is long over."""
    over = text(after(hours=6))
    told = warning(changes={"issueTime": text(NOW), "expireTime": over}, expireTime=over)
    found = as_of([told], us(after(hours=1)))
    assert len(found.known_then.summary.warnings) == len(found.known_now.summary.warnings) == 1
    assert found.known_now.summary.as_of_time.ToMicroseconds() == us(after(hours=1))
    assert not as_of([told], us(after(hours=7))).known_now.summary.warnings


def test_before_anything_was_known_everything_is_unknown() -> None:
    found = as_of([incident()], us(after(hours=-1)))
    assert not found.known_then.summary.incidents
    assert all(line.stale for line in found.known_then.summary.coverage)
    assert found.known_then.summary.as_of_time.ToMicroseconds() == us(after(hours=-1))


def test_scopes_never_mix() -> None:
    told = [incident(), incident("330000/flood/1", **exercise())]
    actual, drill = as_of(told, us(NOW) + 10**6), as_of(told, us(NOW), "exercise/drill")
    assert [i.joint_id for i in actual.known_then.summary.incidents] == ["310000/flood/1"]
    assert [i.joint_id for i in drill.known_then.summary.incidents] == ["330000/flood/1"]


def test_an_exercise_is_seen_at_an_instant_of_its_own() -> None:
    told = [warning(**exercise()), warning("320000/warning/1", **exercise(), **times(0, 4))]
    found = as_of(told, us(after(hours=1)), "exercise/drill")
    assert len(found.known_then.summary.warnings) == len(found.known_now.summary.warnings) == 1
    assert found.known_then.summary.as_of_time.ToMicroseconds() == us(after(hours=1))


def test_a_scope_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(NoSuchScope, match=r"exercise/x: .* there is actual, exercise/drill"):
        as_of([incident(), incident(**exercise())], us(NOW), "exercise/x")
    with pytest.raises(NoSuchScope, match="there is none"):
        as_of([], us(NOW))


def serialised(found: AsOf) -> tuple[object, ...]:
    pictures = [found.known_then.summary, found.known_now.summary]
    pictures += [*found.known_then.proposals, *found.known_now.proposals]  # type: ignore[list-item]
    return *(p.SerializeToString(deterministic=True) for p in pictures), found.differences


EXPECTED = serialised(as_of(HISTORY, MIDDLE))


@given(st.permutations(HISTORY), st.lists(st.sampled_from(HISTORY), max_size=20))
@settings(max_examples=15)
def test_order_and_repeats_do_not_matter(told: Sequence[Message], again: list[Message]) -> None:
    assert serialised(as_of([*again, *told], MIDDLE)) == EXPECTED


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_gathering_says_the_same_however_much_is_folded_at_once(at_once: int) -> None:
    whole, parts = Gathering(), Gathering(at_once)
    for message in HISTORY:
        whole.add(message)
        parts.add(message)
    assert sorted(map(repr, parts.states())) == sorted(map(repr, whole.states()))


def test_nothing_is_known_later_than_it_is_told() -> None:
    """The longer one waits, the closer what was known comes to what is known."""
    end = max(received_us(message) for message in HISTORY)
    found = as_of(HISTORY, end + timedelta(days=1) // timedelta(microseconds=1))
    assert found.differences == ()
    assert found.known_then == found.known_now
