"""A process that was always there says what one says that has just been started: the same bytes."""

from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integration.drill.scenario import load
from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import views
from tests.support.builders import NOW, message
from tests.support.situation import after, us
from yrd.exchange.v1.message_pb2 import Message, Mode


@cache
def infa() -> tuple[Message, ...]:
    """A typhoon's messages as if it were so."""
    found = []
    for sequence, step in enumerate(load("infa_2021").steps):
        told = message(step.participant, sequence, step.draft, NOW)
        told.header.mode, told.header.exercise_id = Mode.MODE_ACTUAL, ""
        told.stamp.sealed_time.CopyFrom(told.header.reported_time)
        found.append(told)
    return tuple(found)


def said(facts: Facts, at_us: int, memo: dict[str, Any] | None = None) -> list[bytes]:
    picture = evaluate(ACTUAL, facts, at_us, Staleness(), memo)
    asked = sorted(map(repr, picture.questions))
    bodies = [view.body.SerializeToString(deterministic=True) for view in views(picture)]
    return [*bodies, *(question.encode() for question in asked)]


@settings(deadline=None, max_examples=3)
@given(order=st.permutations(range(len(infa()))), data=st.data())
def test_what_was_before_shows_in_no_byte(order: list[int], data: st.DataObject) -> None:
    facts, told, memo = Facts(), list[Message](), dict[str, Any]()
    first = min(us(m.header.reported_time.ToDatetime(after().tzinfo)) for m in infa())
    while len(told) < len(order):
        size = data.draw(st.integers(20, 80))
        batch = [infa()[i] for i in order[len(told) : len(told) + size]]
        told += batch
        facts.update(fold(told))
        at = first + data.draw(st.integers(0, 100)) * 3_600_000_000
        assert said(facts, at, memo) == said(Facts(fold(told)), at)
