"""What changed between two summaries."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sitrep.changes import Change, compare
from pipelines.sitrep.report import Report, text
from tests.support.builders import place
from tests.support.hazmat import WIND, leak
from tests.support.reported import COURSE, LEAK, NATURE, STORM, TWICE
from tests.support.situation import (
    after,
    answer,
    incident,
    lacking,
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
         [("shortage", "shortage", 6, 4), ("state", "state", 1, 2), ("offered", "offered", 0, 2)]),
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


def text_of(before: list[Message], now: list[Message], hours: float = 4) -> str:
    """What changed, in Chinese without marks: from three hours after NOW until later."""
    made = Report(2, summary(*now, minutes=60 * hours), summary(*before, minutes=180))
    chinese, _, _ = text(made, {}).split("\n\n")
    start, end = chinese.index("较上期变化"), chinese.index("\n台风\n")
    return re.sub(r"\[[\d,–]+\]", "", chinese[start:end])


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([], [STORM], "新增台风烟花"),
        ([], LEAK, "新增「chlorine」隔离防护区"),
        (LEAK, [*LEAK, leak(WIND, revision=2)], "无变化"),
        (LEAK, LEAK[:3], "不再有「chlorine」隔离防护区"),
        (COURSE[:7], COURSE, "江苏支援上海大流量排涝泵车：途中 → 到达"),
        (COURSE[:2], COURSE[:3], "江苏支援上海大流量排涝泵车：待答复 → 已答复可提供"),
        (COURSE[:7], [*COURSE, *TWICE], "新增江苏「泵车队」的重复承诺"),
        (NATURE[:1], NATURE[:3], "新增「太浦河」水位"),
        (NATURE[:3], NATURE, "新增地震「江苏盐城市大丰区海域」"),
        ([], NATURE, "新增上海管控「G15 沈海高速」"),
        ([], [lacking()], "新增上海对大流量排涝泵车的需求"),
        ([lacking()], [lacking(), COURSE[-1]], "上海对大流量排涝泵车的需求缺口：6 → 0"),
    ],
)
def test_what_changed_is_told_on_every_subject(
    before: list[Message], now: list[Message], said: str
) -> None:
    assert said in text_of(before, now)


def test_a_step_that_has_become_overdue_is_told_once() -> None:
    told = COURSE[:4]
    first = Report(2, summary(*told, minutes=160), summary(*told, minutes=40))
    assert "江苏承诺已超时约" in text(first, {})
    again = Report(3, summary(*told, minutes=165), first.summary)
    changed = text(again, {}).partition("较上期变化")[2].partition("\n台风\n")[0]
    assert "超时" not in changed


def test_of_an_incident_that_was_split_the_rest_stays_the_same_and_the_other_is_new() -> None:
    both = [
        incident("310000/a", {"title": "甲", "sameEventIds": ["320000/b"]}),
        incident("320000/b", {"title": "乙", "place": place("320100")}),
    ]
    apart = [incident("310000/a", {"title": "甲"}, revision=2), both[1]]
    found = compare(summary(*both), summary(*apart))
    told = [(c.kind, c.item.title) for c in found if isinstance(c.item, JointIncident)]
    assert told == [("new", "乙")]


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
