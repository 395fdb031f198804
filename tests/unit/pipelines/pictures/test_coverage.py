"""Coverage: silence is shown, and those that never spoke."""

from datetime import timedelta

import pytest

from pipelines.pictures import coverage
from pipelines.pictures.picture import Staleness
from tests.support.builders import NOW
from tests.support.situation import after, incident, known, us

TEN = timedelta(minutes=10)


def test_everyone_has_a_line_whoever_spoke() -> None:
    found = coverage.evaluate(known(incident()), us(after()), TEN)
    assert [(line.participant, line.stale) for line in found] == [
        ("310000", False),
        ("320000", True),
        ("330000", True),
        ("340000", True),
        ("joint", True),
    ]
    assert [line.message_count for line in found] == [1, 0, 0, 0, 0]
    assert not found[1].HasField("last_told_time")


@pytest.mark.parametrize(("seconds", "silent"), [(0, False), (600, False), (601, True)])
def test_a_participant_is_silent_after_the_limit(seconds: int, silent: bool) -> None:
    line = coverage.evaluate(known(incident()), us(after(seconds=seconds)), TEN)[0]
    assert line.stale is silent


def test_counts_are_of_messages_and_not_of_deliveries() -> None:
    told = [incident(sequence=n, revision=n + 1) for n in (7, 0, 7, 3)]
    line = coverage.evaluate(known(*told, *told), us(after()), TEN)[0]
    assert (line.message_count, line.last_sequence) == (3, 7)


def test_what_gateways_tell_of_the_exchange_is_no_news_from_its_participant() -> None:
    message = incident()
    message.agreement_activation.agreement_id = "a"
    found = coverage.evaluate(known(message), us(after()), TEN)
    assert [line.message_count for line in found] == [0, 0, 0, 0, 0]
    assert all(line.stale for line in found)


def test_an_older_revision_counts_as_heard() -> None:
    told = [
        incident(revision=2, sequence=0),
        incident(revision=1, sequence=1, sealed=after(days=1)),
    ]
    line = coverage.evaluate(known(*told), us(after(days=1)), TEN)[0]
    assert (line.message_count, line.stale) == (2, False)
    assert line.last_told_time.ToSeconds() == after(days=1).timestamp()


def test_an_exercise_may_be_slower_than_life() -> None:
    limits = Staleness()
    assert limits.of("actual") < limits.of("exercise/infa-2021")


@pytest.mark.parametrize(("days", "silent"), [(1 / 24, False), (1 / 23, True), (70 * 365, True)])
def test_one_whose_clock_is_ahead_does_not_look_fresh_for_ever(days: float, silent: bool) -> None:
    told = known(incident(sealed=after(days=days)))
    assert coverage.evaluate(told, us(after()), TEN)[0].stale is silent


@pytest.mark.parametrize("order", [1, -1])
def test_a_clock_that_was_set_right_is_believed_again(order: int) -> None:
    told = [incident(sealed=after(days=70 * 365)), incident(revision=2, sequence=1)]
    line = coverage.evaluate(known(*told[::order]), us(after(minutes=9)), TEN)[0]
    assert (line.stale, line.last_told_time.ToSeconds()) == (False, NOW.timestamp())
    assert coverage.evaluate(known(*told), us(after(minutes=11)), TEN)[0].stale
