"""What lies on the desk does not depend on order or repeats, and an earlier instant can be asked for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.page.desk import Desk, Shown
from pipelines.facts.scope import ACTUAL
from pipelines.pictures.results import draft, views
from tests.support.builders import NOW, message
from tests.support.situation import after, exercise, incident, lacking, picture, us
from yrd.exchange.v1.message_pb2 import Message

HOUR = timedelta(hours=1)


def published(revision: int, dead: int | None, hours: float = 0) -> list[Message]:
    """The joint room's views of one picture."""
    changes = {} if dead is None else {"casualties": {"dead": dead}}
    made = picture([lacking(changes=changes)], NOW + hours * HOUR)
    found = [draft(view, revision) for view in views(made)]
    return [message("joint", revision * 10 + n, d, NOW + hours * HOUR) for n, d in enumerate(found)]


STORY = [
    *published(1, None),
    *published(2, 3, 1),
    *published(3, 5, 2),
    incident(revision=1),
    incident(changes={"title": "更正"}, revision=2, told=after(hours=1), sealed=after(hours=1)),
    incident(**exercise()),
]


def shown(desk: Desk, scope: str = ACTUAL) -> Shown:
    found = desk.scopes[scope].shown()
    assert found is not None
    return found


@given(st.permutations(STORY), st.integers(0, len(STORY)))
def test_order_and_repeats_do_not_matter(told: list[Message], again: int) -> None:
    desk = Desk()
    desk.take([*told, *told[:again]])
    found = shown(desk)
    assert found.summary.incidents[0].casualties.dead == 5
    assert [p.beneficiary for p in found.proposals] == ["310000"]
    (reports,) = found.reports.values()
    assert [report.header.revision for report in reports] == [1, 2]
    assert [mark.revision for mark in found.marks] == [1, 2, 3]


def test_a_drill_and_the_real_thing_never_meet() -> None:
    desk = Desk()
    assert desk.take(STORY) == {ACTUAL, "exercise/drill"}
    assert desk.scopes["exercise/drill"].shown() is None
    assert len(desk.scopes["exercise/drill"].reports) == 1


def test_an_earlier_instant_has_the_summary_of_then_and_what_was_known() -> None:
    desk = Desk()
    desk.take(STORY)
    scope = desk.scopes[ACTUAL]
    assert scope.mark_at(us(NOW) - 1) is None
    mark = scope.mark_at(us(after(minutes=90)))
    assert mark is not None and mark.revision == 2
    then = scope.shown_at(us(after(minutes=30)), published(1, None)[0], [])
    (reports,) = then.reports.values()
    assert [report.header.revision for report in reports] == [1]
    assert then.at_us == us(after(minutes=30))


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.page.desk.MOST_REVISIONS", 2)
    monkeypatch.setattr("integration.page.desk.MOST_MARKS", 2)
    desk = Desk()
    desk.take([*STORY, incident(revision=3, told=after(hours=2), sealed=after(hours=2))])
    found = shown(desk)
    (reports,) = found.reports.values()
    assert [report.header.revision for report in reports] == [2, 3]
    assert [mark.revision for mark in found.marks] == [2, 3]


def test_parts_of_a_summary_are_no_pictures_of_their_own() -> None:
    desk = Desk()
    desk.take(m for m in published(1, 1) if m.situation_summary.scope != "joint")
    assert desk.scopes[ACTUAL].summary is None
