"""Warnings in force by area at any instant: what replaces what, and whom it concerns."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.known import Known
from pipelines.facts.state import fold
from pipelines.nature.warning_questions import questions
from pipelines.nature.warnings import by_area, in_force
from tests.support.situation import after, known, text, us, warning
from yrd.exchange.v1.message_pb2 import Message

NOON, MIDNIGHT = after(), after(hours=12)


def name(number: int, issuer: str = "310000") -> str:
    return f"{issuer}41600000_202606012000{number:02}"


def published(
    entity: str,
    number: int,
    action: str = "ISSUE",
    references: tuple[int, ...] = (),
    at: datetime = NOON,
    **changes: Any,
) -> Message:
    """A publication of Shanghai's with a number in its identifier."""
    revision = changes.pop("revision", 1)
    sealed = changes.pop("sealed", at)
    body = {
        "identifier": name(number),
        "action": f"WARNING_ACTION_{action}",
        "references": [name(n) for n in references],
        "issueTime": text(at),
    }
    return warning(
        entity, body | changes, revision=revision, told=sealed, sealed=sealed, sequence=number
    )


def standing(*told: Message, at: datetime = MIDNIGHT, area: str = "310000") -> list[str]:
    found = in_force(Known(fold(told), us(at)), area, us(at))
    return [item.warning.entity_id for item in found]


def asked(*told: Message) -> list[str]:
    return [question.kind for question in questions(known(*told))]


FIRST = published("310000/a", 1)
NEXT = {"at": after(hours=1)}
LAST = {"at": after(hours=2)}


def test_what_a_feed_updates_under_another_id_is_replaced() -> None:
    update = published("310000/b", 2, "UPDATE", (1,), **NEXT)
    assert standing(FIRST, update) == ["310000/b"]
    assert standing(FIRST, update, at=after(minutes=59)) == ["310000/a"]
    assert asked(FIRST, update) == []


def test_what_is_cancelled_under_another_id_is_over() -> None:
    update = published("310000/b", 2, "UPDATE", (1,), **NEXT)
    cancel = published("310000/c", 3, "CANCEL", (1, 2), **LAST)
    assert standing(FIRST, update, cancel) == []
    assert standing(FIRST, update, cancel, at=after(minutes=90)) == ["310000/b"]
    assert asked(FIRST, update, cancel) == []


def test_a_first_issue_that_names_itself_names_nothing() -> None:
    assert standing(published("310000/a", 1, references=(1,))) == ["310000/a"]
    assert asked(published("310000/a", 1, references=(1,))) == []


def test_an_update_that_also_names_itself_stands() -> None:
    update = published("310000/b", 2, "UPDATE", (1, 2), **NEXT)
    assert standing(FIRST, update) == ["310000/b"]


def test_two_that_replace_each_other_do_not_both_vanish() -> None:
    one = published("310000/a", 1, "UPDATE", (2,))
    other = published("310000/b", 2, "UPDATE", (1,), **NEXT)
    assert standing(one, other) == ["310000/b"]
    assert asked(one, other) == ["reference_to_later"]


def test_nobody_replaces_what_another_participant_issued() -> None:
    theirs = warning("320000/x", {"action": "WARNING_ACTION_CANCEL", "references": [name(1)]})
    assert standing(FIRST, theirs) == ["310000/a"]
    assert asked(FIRST, theirs) == ["reference_to_another"]


@pytest.mark.parametrize(
    ("action", "kind"), [("CANCEL", "cancels_the_unknown"), ("UPDATE", "updates_the_unknown")]
)
def test_what_was_never_issued_can_be_neither_cancelled_nor_updated(action: str, kind: str) -> None:
    lone = published("310000/c", 3, action, (9,), **LAST)
    assert asked(FIRST, lone) == [kind]
    assert "310000/a" in standing(FIRST, lone)


def test_what_was_issued_before_under_the_same_id_is_known() -> None:
    told = [FIRST]
    told += [published("310000/a", n, "UPDATE", (n - 1,), revision=n) for n in range(2, 9)]
    told += [published("310000/a", 9, "CANCEL", (8,), revision=9)]
    assert asked(*told) == []
    assert standing(*told) == []


def test_who_cancels_what_had_been_replaced_is_asked_and_what_replaced_it_stands() -> None:
    update = published("310000/b", 2, "UPDATE", (1,), **NEXT)
    cancel = published("310000/c", 3, "CANCEL", (1,), **LAST)
    assert standing(FIRST, update, cancel) == ["310000/b"]
    assert asked(FIRST, update, cancel) == ["reference_to_replaced"]


def test_an_update_of_the_next_century_hides_nothing() -> None:
    future = published("310000/a", 2, "UPDATE", (1,), at=after(days=36500), revision=2, sealed=NOON)
    assert standing(FIRST, future) == ["310000/a"]
    assert set(asked(FIRST, future)) == {"time_in_future"}


def test_an_update_for_tomorrow_leaves_todays_in_force_until_then() -> None:
    update = published("310000/a", 2, "UPDATE", (1,), at=after(minutes=50), revision=2, sealed=NOON)
    assert standing(FIRST, update, at=after(minutes=49)) == ["310000/a"]
    (found,) = in_force(known(FIRST, update), "310000", us(after(minutes=51)))
    assert found.warning.identifier == name(2)


@pytest.mark.parametrize(("entity", "revision"), [("310000/a", 2), ("310000/b", 1)])
@pytest.mark.parametrize("later", [[], [3]])
def test_what_was_replaced_does_not_come_back_when_its_replacement_is_over(
    entity: str, revision: int, later: list[int]
) -> None:
    """However short the replacement's own use was, and though it was itself changed behind it."""
    made = published(entity, 2, "UPDATE", (1,), revision=revision, **NEXT)
    more = [published(entity, n, "UPDATE", (n - 1,), revision=n, **LAST) for n in later]
    for message in (made, *more):
        message.header.expire_time.FromDatetime(after(hours=3))
    for days in (0.2, 3, 40, 59, 60, 61, 62, 90):
        assert standing(FIRST, made, *more, at=after(days=days)) == []


@pytest.mark.parametrize(("days", "count"), [(59.9, 1), (60, 0), (61.5, 0)])
def test_without_an_end_and_unrenewed_it_is_in_force_for_sixty_days(
    days: float, count: int
) -> None:
    assert len(standing(FIRST, at=after(days=days))) == count


@pytest.mark.parametrize(("days", "asked_about"), [(30, []), (31, ["warning_without_end"])])
def test_one_without_an_end_is_asked_about_after_a_month(days: int, asked_about: list[str]) -> None:
    found = Known(fold([FIRST]), us(after(days=days)))
    assert [question.kind for question in questions(found)] == asked_about


WHERE = {
    "the area itself": ({"adminCodes": ["310115"]}, "310115", True),
    "a province covers its county": ({"adminCodes": ["310000"]}, "310115", True),
    "a city covers its county": ({"adminCodes": ["320500"]}, "320509", True),
    "a county covers its town": ({"adminCodes": ["310115"]}, "310115102000", True),
    "a county is part of its city": ({"adminCodes": ["320509"]}, "320500", False),
    "a county is part of its province": ({"adminCodes": ["310115"]}, "310000", False),
    "Shanghai's other code": ({"adminCodes": ["310100"]}, "310000", True),
    "a retired code": ({"adminCodes": ["320684"]}, "320614", True),
    "another city": ({"adminCodes": ["320500"]}, "320600", None),
    "another county with the same digits": ({"adminCodes": ["310115"]}, "310116", None),
}


@pytest.mark.parametrize(("area", "code", "whole"), WHERE.values(), ids=WHERE)
def test_whom_a_warning_concerns(area: dict[str, Any], code: str, whole: bool | None) -> None:
    found = in_force(known(published("310000/a", 1, area=area)), code, us(NOON))
    assert [f.whole for f in found] == ([] if whole is None else [whole])


def around(lat: float, lon: float) -> dict[str, Any]:
    return {"latitude": lat, "longitude": lon, "crs": "COORDINATE_SYSTEM_WGS84"}


def test_an_outline_concerns_what_lies_in_it() -> None:
    corners = [(31.0, 120.0), (31.0, 121.0), (31.7, 121.0), (31.7, 120.0), (31.0, 120.0)]
    for area in (
        {"polygon": {"ring": [around(*corner) for corner in corners]}},
        {"circle": {"center": around(31.3, 120.6), "radiusMeters": 30000}},
    ):
        told = known(published("310000/a", 1, area=area))
        assert by_area(told, us(NOON), ["320600"]) == {"320600": []}
        assert len(by_area(told, us(NOON), ["320500"])["320500"]) == 1


def test_an_outline_that_crosses_itself_stops_nothing() -> None:
    corners = [(31.0, 120.0), (31.7, 121.0), (31.0, 121.0), (31.7, 120.0), (31.0, 120.0)]
    area = {"polygon": {"ring": [around(*corner) for corner in corners]}}
    assert standing(published("310000/a", 1, area=area), area="320500") == ["310000/a"]


@st.composite
def histories(draw: st.DrawFn) -> list[Message]:
    """Few warnings and names, so that they replace each other in every way."""
    told = []
    for number in range(draw(st.integers(1, 7))):
        entity = draw(st.sampled_from(["310000/a", "310000/b", "310000/c"]))
        action = draw(st.sampled_from(["ISSUE", "UPDATE", "CANCEL"]))
        references = tuple(draw(st.lists(st.integers(0, 7), max_size=3)))
        minutes = draw(st.integers(0, 30))
        told.append(
            published(
                entity,
                number,
                action,
                references,
                at=after(minutes=minutes),
                revision=draw(st.integers(1, 4)),
            )
        )
    return told


@settings(deadline=None)
@given(history=histories(), data=st.data())
def test_the_order_in_which_they_came_does_not_matter(
    history: list[Message], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*history, *history[:2]]))
    for minutes in (0, 10, 31):
        at = after(minutes=minutes)
        assert standing(*history, at=at) == standing(*shuffled, at=at)
    assert sorted(asked(*history)) == sorted(asked(*shuffled))


@settings(deadline=None)
@given(history=histories())
def test_the_newest_publication_of_all_is_never_hidden(history: list[Message]) -> None:
    def issued(m: Message) -> tuple[int, str]:
        return m.early_warning.issue_time.seconds, m.header.message_id

    for message in _newest_of_all(history):
        if message.early_warning.action != 3 and issued(message) == max(map(issued, history)):
            assert message.header.entity_id in standing(*history)


def _newest_of_all(history: list[Message]) -> Iterator[Message]:
    yield from known(*history).newest("early_warning")
