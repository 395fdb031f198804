"""What changed between two summaries."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sitrep.changes import Change, compare
from tests.support.builders import place
from tests.support.situation import (
    after,
    answer,
    incident,
    offer,
    picture,
    request,
    response,
    warning,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary


def summary(*told: Message, minutes: float = 0) -> SituationSummary:
    return picture(told, after(minutes=minutes)).summary


def kinds(before: list[Message], later: list[Message]) -> list[tuple[str, str, Any, Any]]:
    """Changes that aren't about coverage or what is noticed."""
    found = compare(summary(*before), summary(*before, *later))
    return [
        (c.kind, c.field, c.before.value, c.after.value)
        for c in found
        if hasattr(c.item, "message_ids") and type(c.item).__name__ != "Escalation"
    ]


FLOOD = incident()
FINAL = {"kind": "REPORT_KIND_FINAL"}


@pytest.mark.parametrize(
    ("before", "later", "changed"),
    [
        ([FLOOD], [], []),
        ([], [FLOOD], [("new", "", None, True)]),
        ([FLOOD], [incident(changes={"casualties": {"dead": 3}}, revision=2)],
         [("figure", "dead", 0, 3)]),
        ([FLOOD], [incident(changes={"casualties": {"missing": 1}}, revision=2)],
         [("figure", "dead", 0, None), ("figure", "missing", None, 1)]),
        ([FLOOD], [incident(changes=FINAL, revision=2)], [("closed", "", None, True)]),
        ([incident(changes=FINAL)], [incident(revision=2)], [("reopened", "", None, True)]),
        ([FLOOD], [incident(changes={"grade": "INCIDENT_GRADE_MAJOR",
                                     "gradeBasis": "GRADE_BASIS_JUDGEMENT"}, revision=2)],
         [("grade", "grade", 0, 3)]),
        ([FLOOD], [incident(changes={"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2)],
         [("over", "", True, None)]),
        ([], [warning()], [("new", "", None, True)]),
        ([warning()], [warning(changes={"color": "WARNING_COLOR_RED"}, revision=2)],
         [("level", "color", 4, 1)]),
        ([response()], [response(changes={"level": "RESPONSE_LEVEL_II"}, revision=2)],
         [("level", "level", 4, 2)]),
        ([request()], [answer(lines=[offer(2)])],
         [("state", "state", 1, 2), ("offered", "offered", 0, 2)]),
    ],
)  # fmt: skip
def test_each_change_is_told_once(
    before: list[Message], later: list[Message], changed: list[tuple[Any, ...]]
) -> None:
    assert kinds(before, later) == changed


def test_silence_and_speaking_again_are_changes() -> None:
    spoken, silent = summary(FLOOD), summary(FLOOD, minutes=11)
    (fallen,) = compare(spoken, silent)
    (heard,) = compare(silent, spoken)
    assert (fallen.kind, fallen.item.participant, heard.kind) == ("silent", "310000", "heard")


def test_old_and_new_name_the_messages_that_say_so() -> None:
    newer = incident(changes={"casualties": {"dead": 3}}, revision=2)
    (change,) = compare(summary(FLOOD), summary(newer))
    assert change.before.message_ids == (FLOOD.header.message_id,)
    assert change.after.message_ids == (newer.header.message_id,)


def test_an_incident_that_was_joined_to_another_is_no_longer_told_as_gone() -> None:
    apart = [
        incident("310000/a", {"title": "甲"}),
        incident("320000/b", {"title": "乙", "place": place("320100")}),
    ]
    named = incident("310000/a", {"title": "甲", "sameEventIds": ["320000/b"]}, revision=2)
    (joined,) = [c for c in compare(summary(*apart), summary(*apart, named)) if c.kind == "joined"]
    assert (joined.item.title, joined.before.value) == ("甲", "乙")
    assert not [c for c in compare(summary(*apart), summary(*apart, named)) if c.kind == "over"]


@st.composite
def told(draw: Callable[[Any], Any]) -> list[Message]:
    """Some incidents with some figures."""
    found = []
    for name in draw(st.sets(st.sampled_from("abcd"))):
        figures = draw(
            st.dictionaries(st.sampled_from(["dead", "missing", "evacuated"]), st.integers(0, 3))
        )
        found.append(incident(f"330000/{name}", {"casualties": figures}))
    return found


def sides(changes: list[Change]) -> list[tuple[str, str, Any, Any]]:
    incidents = [c for c in changes if isinstance(c.item, JointIncident)]
    return sorted((c.item.joint_id, c.field, repr(c.before), repr(c.after)) for c in incidents)


@settings(deadline=None, max_examples=50)
@given(before=told(), later=told())
def test_backwards_each_change_is_the_other_way_round(
    before: list[Message], later: list[Message]
) -> None:
    first, second = summary(*before), summary(*later)
    assert compare(first, first) == []
    there, back = sides(compare(first, second)), sides(compare(second, first))
    assert there == sorted((i, f, b, a) for i, f, a, b in back)
