"""A summary is news when something happened, not when a count or a position has moved."""

from datetime import timedelta

import pytest

from integration.drill.scenario import load
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.material import digests
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import Said, View, is_news, said_of, view_of, views
from tests.support.situation import after, incident, movement, picture, resource, text, us, waybill
from yrd.exchange.v1.message_pb2 import Message, Mode

STORY = [incident(), waybill(), movement("POSITION"), resource()]
MINUTE_US = 60_000_000


def joint(*told: Message, seconds: float = 0) -> View:
    return next(views(picture(told, after(seconds=seconds))))


def moved() -> Message:
    when = text(after(seconds=5))
    return movement("POSITION", revision=2, sequence=9, occurredTime=when, reportedTime=when)


def test_the_first_word_is_news() -> None:
    assert is_news(joint(*STORY), Said(), MINUTE_US)


def test_the_same_again_is_none_however_late() -> None:
    said = joint(*STORY).said
    assert not is_news(joint(*STORY, seconds=9), said, 0)
    assert not is_news(joint(*STORY, seconds=90), said, MINUTE_US)


@pytest.mark.parametrize(("seconds", "news"), [(5, False), (59, False), (60, True)])
def test_what_only_moves_is_said_regularly(seconds: float, news: bool) -> None:
    said = joint(*STORY).said
    assert is_news(joint(*STORY, moved(), seconds=seconds), said, MINUTE_US) is news


def test_what_happens_is_said_at_once() -> None:
    dead = incident(revision=2, sequence=9, changes={"casualties": {"dead": 1}})
    assert is_news(joint(*STORY, dead, seconds=1), joint(*STORY).said, MINUTE_US)


def test_a_part_waits_for_something_to_happen() -> None:
    before = {view.entity_id: view for view in views(picture(STORY))}
    for view in views(picture([*STORY, moved()], after(minutes=9))):
        wanted = view.entity_id == "joint/summary/actual"
        assert is_news(view, before[view.entity_id].said, MINUTE_US) is wanted, view.entity_id


def test_what_was_said_is_read_off_what_was_published() -> None:
    view = joint(*STORY)
    published = Message(situation_summary=view.body)  # type: ignore[arg-type]  # it is a summary
    assert said_of(view_of(published).said.text()) == view.said


@pytest.mark.parametrize("told", [40, 70, 100, 130, 146])
def test_twenty_seconds_of_silence_in_a_typhoon_are_no_news(told: int) -> None:
    """Hours until a storm arrives, ages and the like follow the clock: they are no news by themselves."""
    messages = []
    for sequence, step in enumerate(load("infa_2021").steps[:told]):
        made = Message.FromString(step.draft.SerializeToString())
        made.header.mode = Mode.MODE_ACTUAL
        made.header.ClearField("exercise_id")
        made.stamp.origin, made.stamp.sequence = step.participant, sequence
        made.stamp.sealed_time.FromDatetime(step.at)
        messages.append(made)
    at = step.at + timedelta(seconds=1)
    patient = Staleness(timedelta(days=9))
    states = fold(messages)
    first = evaluate(ACTUAL, states, us(at), patient).summary
    later = evaluate(ACTUAL, states, us(at + timedelta(seconds=20)), patient).summary
    assert digests(first).material == digests(later).material
