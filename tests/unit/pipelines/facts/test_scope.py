"""Exercise and actual never share a state."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.facts.scope import Key, key_of, micros, scope_of, timestamp, told_us
from pipelines.facts.state import fold
from tests.support.builders import NOW
from tests.support.generated import histories
from tests.support.situation import after, exercise, incident, us
from yrd.exchange.v1.message_pb2 import Message

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(
    ("header", "scope"),
    [
        ({}, "actual"),
        (exercise("a"), "exercise/a"),
        (exercise("actual"), "exercise/actual"),
        ({"mode": "MODE_TEST"}, None),
        ({"mode": "MODE_UNSPECIFIED"}, None),
    ],
)
def test_the_mode_says_which_picture(header: dict[str, Any], scope: str | None) -> None:
    made = incident(**header)
    assert scope_of(made) == scope
    assert {key.scope for key in fold([made])} == ({scope} if scope else set())


@QUIET
@given(history=histories)
def test_no_state_holds_a_message_of_another_scope(history: list[Message]) -> None:
    for key, state in fold(history).items():
        for held in state.entities.held:
            message = Message.FromString(held.message)
            assert scope_of(message) == key.scope
            assert message.stamp.origin == key.origin


@QUIET
@given(history=histories)
def test_tests_change_no_state(history: list[Message]) -> None:
    real = [made for made in history if scope_of(made) is not None]
    assert fold(real) == fold(history)


def test_two_exercises_do_not_meet() -> None:
    told = [incident(**exercise("a")), incident(**exercise("b")), incident()]
    assert {key.scope for key in fold(told)} == {"actual", "exercise/a", "exercise/b"}
    for state in fold(told).values():
        assert len({held.message_id for held in state.entities.held}) <= 1


def test_a_key_and_its_text_are_one() -> None:
    key = Key("exercise/infa-2021", "hazmat", "joint")
    assert key_of(key.text()) == key


def test_an_exercise_has_its_own_time() -> None:
    times: dict[str, Any] = {"told": NOW, "sealed": after(days=400)}
    assert told_us(incident(**times)) == us(after(days=400))
    assert told_us(incident(**times, **exercise())) == us(NOW)


@given(us=st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_microseconds_and_timestamps_are_one(us: int) -> None:
    assert micros(timestamp(us)) == us
    assert 0 <= timestamp(us).nanos < 1_000_000_000
