"""Facts that take in one batch after the other are the facts of all of them; what is over changes nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.facts.facts import Facts
from pipelines.facts.over import over_us, terms
from pipelines.facts.scope import ACTUAL, Key
from pipelines.facts.state import SUBJECTS, fold, merge
from pipelines.pictures.picture import Staleness, evaluate
from schemas.catalog import BODY_FIELDS
from tests.support.generated import batched, histories
from tests.support.situation import (
    after,
    alert,
    exercise,
    incident,
    movement,
    resource,
    text,
    us,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
FIELDS = [BODY_FIELDS[name].name for name in SUBJECTS]
DAY_US = 86_400_000_000


def of_scope(states: dict[Key, State], scope: str) -> dict[Key, State]:
    return {key: state for key, state in states.items() if key.scope == scope}


def seen(facts: Facts) -> tuple[Any, ...]:
    """All that a view can read."""
    by_field = [(facts.newest(field), facts.kept(field)) for field in FIELDS]
    return facts.digest(), len(facts), facts.coverage, by_field


@QUIET
@given(data=st.data())
def test_one_batch_after_the_other_gives_the_facts_of_all(data: st.DataObject) -> None:
    history = data.draw(histories)
    states: dict[Key, State] = {}
    facts = Facts()
    for batch in data.draw(batched(history)):
        news = of_scope(fold(batch), ACTUAL)
        merged = {key: merge(states.get(key, State()), state) for key, state in news.items()}
        states |= merged
        facts.update(merged)
    assert seen(facts) == seen(Facts(of_scope(fold(history), ACTUAL)))


@QUIET
@given(history=histories, early=st.integers(0, 1 << 52), more=st.integers(0, 1 << 52))
def test_what_is_over_stays_over(history: list[Message], early: int, more: int) -> None:
    states = of_scope(fold(history), ACTUAL)
    facts, whole = Facts(states), Facts(states)
    facts.compact(early)
    facts.compact(early + more)
    whole.compact(early + more)
    assert seen(facts) == seen(whole)


STORY = [
    incident(expireTime=text(after(days=1))),
    warning(expireTime=text(after(hours=2))),
    waybill(expireTime=text(after(days=2))),
    movement("DEPARTED"),
    alert(),
]


@pytest.mark.parametrize("days", [0, 1, 3, 31, 40, 400])
def test_a_later_picture_is_the_same_whether_or_not_what_was_over_was_dropped(days: int) -> None:
    states = fold(STORY)
    facts, end = Facts(states), us(after(days=days))
    for day in range(days):
        facts.compact(us(after(days=day)))
    lived = evaluate(ACTUAL, facts, end, Staleness())
    assert lived == evaluate(ACTUAL, states, end, Staleness())


def test_memory_is_bounded_by_what_is_active() -> None:
    facts = Facts()
    for day in range(100):
        at = after(days=day)
        when: dict[str, Any] = {"occurredTime": text(at), "reportedTime": text(at)}
        told = [
            movement("POSITION", f"310000/truck/{day}/{n}", sealed=at, **when) for n in range(5)
        ]
        facts.update(fold(told))
        facts.compact(us(at))
    assert len(facts) == 5 * (terms()["vehicle_movement"].days or 0)


def test_a_million_revisions_take_the_room_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.facts.facts._SOME", 5)
    facts, most = Facts(), 0
    for revision in range(1, 50):
        at = after(hours=revision)
        facts.update(fold([resource(revision=revision, sealed=at)]))
        most = max(most, len(facts._over))
    assert most <= 2 * len(facts) + 6
    facts.compact(us(after(days=402)))
    assert len(facts) == 1
    facts.compact(us(after(days=403)))
    assert len(facts) == 0


@pytest.mark.parametrize(
    ("message", "days"),
    [
        (incident(), 400),
        (incident(revision=2, changes={"kind": "REPORT_KIND_FINAL"}), 60),
        (incident(revision=2, changes={"kind": "REPORT_KIND_CORRECTION"}), 400),
        (incident(expireTime=text(after(days=1))), 31),
        (alert(), 400),
        (alert(changes={"closed": True}), 30),
        (warning(changes={"expireTime": None}), 61),
        (movement("POSITION"), 30),
        (waybill(expireTime=text(after(days=2))), 9),
        (waybill(), 30),
        (waybill(told=after(days=70 * 365), sealed=after()), 30),
    ],
)
def test_terms_begin_with_the_message_itself(message: Message, days: int) -> None:
    assert over_us(message) == us(after()) + days * DAY_US


def test_every_type_that_makes_a_picture_has_a_term() -> None:
    assert set(FIELDS) <= set(terms())


def test_what_is_corrected_after_its_end_does_not_open_again_as_long_as_it_is_shown() -> None:
    final = incident(revision=2, changes={"kind": "REPORT_KIND_FINAL"})
    late = {"occurredTime": text(after(days=30)), "reportedTime": text(after(days=30))}
    corrected = incident(revision=3, changes={"kind": "REPORT_KIND_CORRECTION"}, **late)
    for days in range(0, 440, 20):
        facts = Facts(fold([final, corrected]))
        found = evaluate(ACTUAL, facts, us(after(days=days)), Staleness()).summary.incidents
        assert [i.closed for i in found] == [True] * len(found), days


def test_what_is_told_today_of_long_ago_is_not_over() -> None:
    long_ago: dict[str, Any] = {
        "occurredTime": "2021-07-26T04:00:00Z",
        "reportedTime": "2021-07-26T04:00:00Z",
    }
    assert over_us(incident(**long_ago)) == us(after()) + 400 * DAY_US
    # an exercise has its own time: when it was sealed says nothing there
    drilled = over_us(incident(**long_ago, **exercise()))
    assert drilled is not None
    assert drilled < us(after())
