"""Checks of all messages alike: each question once, about the right message, and none about good ones."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest

from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.questions import Question, about, ask
from pipelines.facts.scope import Key
from pipelines.facts.state import fold, merge
from pipelines.questions.checks import allowed_revisions, check, paces
from schemas.catalog import BODY_FIELDS
from tests.support.builders import NOW
from tests.support.situation import (
    after,
    answer,
    exercise,
    incident,
    movement,
    offer,
    resource,
    stock,
    us,
    waybill,
)
from tests.support.story import story
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

FAR = after(days=73 * 365)


def asked(*told: Message, at: datetime = NOW) -> list[Question]:
    """What is asked about messages at an instant."""
    known = Known(fold(told), us(at))
    check(known)
    return sorted(known.questions)


def kinds(*told: Message, at: datetime = NOW) -> list[tuple[str, str, str]]:
    return [(q.kind, q.participant, q.field) for q in asked(*told, at=at)]


def test_nothing_is_asked_about_good_messages() -> None:
    good = [message for message in story() if message is not None and message.WhichOneof("body")]
    assert asked(*good) == []


@pytest.mark.parametrize(
    ("header", "kind", "field"),
    [
        ({"told": FAR, "sealed": NOW}, "time_ahead", "header.occurred_time"),
        ({"reportedTime": "2099-01-01T00:00:00Z"}, "time_ahead", "header.reported_time"),
        ({"sealed": FAR}, "clock_ahead", ""),
        ({"told": FAR}, "clock_ahead", ""),
    ],
)
def test_a_time_ahead_is_asked_once(header: dict[str, Any], kind: str, field: str) -> None:
    bad = incident("320000/flood/1", **header)
    assert kinds(incident(), bad) == [(kind, "320000", field)]


@pytest.mark.parametrize(("minutes", "count"), [(60, 0), (61, 1)])
def test_clocks_may_differ_by_an_hour(minutes: int, count: int) -> None:
    assert len(asked(incident(told=after(minutes=minutes), sealed=NOW))) == count


def test_a_time_is_ahead_until_it_has_come() -> None:
    bad = incident(told=after(days=2), sealed=NOW)
    assert len(asked(bad, at=after(days=1.9))) == 1
    assert asked(bad, at=after(days=2)) == []


def test_an_exercise_set_in_the_past_was_not_sealed_ahead() -> None:
    told = incident(told=after(days=-2000), sealed=NOW, **exercise())
    known = Known(fold([told]))
    check(known)
    assert known.questions == set()


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (resource(changes=stock(-5)), "resource_status.stock.total"),
        (answer(lines=[offer(-6)]), "aid_response.lines[0].quantity.value"),
        (resource(changes={"stock": {"total": "NaN"}}), "resource_status.stock.total"),
        (resource(changes={"stock": {"total": "Infinity"}}), "resource_status.stock.total"),
    ],
)
def test_a_number_that_cannot_be_is_asked_about(bad: Message, field: str) -> None:
    found = kinds(bad, resource("330000/pumps/1"))
    assert ("impossible_number", "320000", field) in found
    assert {(kind, who) for kind, who, _ in found} == {("impossible_number", "320000")}


def test_what_a_subject_asked_about_the_same_field_is_not_asked_again() -> None:
    bad = incident(told=FAR, sealed=NOW)
    known = Known(fold([bad]), us(NOW))
    ask(known, about(bad, "time_in_future", "header.occurred_time", "晚", "late"))
    check(known)
    assert [q.kind for q in known.questions] == ["time_in_future"]


@pytest.mark.parametrize(
    ("make", "days", "allowed"),
    [
        (incident, 0, 200),
        (incident, 10, 1700),
        (waybill, 2, 300),
        (movement, 5, 90_000),
        (resource, 5, 250_000),
    ],
)
def test_an_older_entity_may_have_more_revisions(
    make: Callable[..., Message], days: int, allowed: int
) -> None:
    arguments = ("POSITION",) if make is movement else ()
    head: dict[str, Any] = {"told": after(days=-days), "sealed": NOW}
    most = make(*arguments, revision=allowed, **head)
    assert allowed_revisions(most) == allowed
    assert asked(most) == []
    (question,) = asked(make(*arguments, revision=allowed + 1, **head))
    assert (question.kind, question.field) == ("too_many_revisions", "header.revision")


def test_every_pace_is_of_a_type_that_there_is() -> None:
    assert set(paces()) - {"default"} <= {field.name for field in BODY_FIELDS.values()}


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_what_was_looked_at_before_does_not_matter(order: Sequence[int]) -> None:
    told = [
        incident(told=FAR, sealed=NOW),
        incident("320000/flood/1", told=FAR, sealed=NOW),
        incident("330000/flood/1"),
        incident(revision=2),
    ]
    states: dict[Key, State] = {}
    facts, memo = Facts(), dict[str, Any]()
    for number in order:
        for key, state in fold([told[number]]).items():
            states[key] = merge(states.get(key, State()), state)
        facts.update(states)
        known = Known(facts, us(NOW), memo)
        check(known)
    assert [q.participant for q in known.questions] == ["320000"]
