"""Joint incidents: who speaks, where sources differ, and what the totals say."""

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.incidents.totals import totals
from tests.support.decisions import asked
from tests.support.floods import FLOOD, QINGPU, jiangsu, joint, north, shanghai
from tests.support.situation import after, incident
from yrd.exchange.v1.message_pb2 import Message

JUDGED = {"gradeBasis": "GRADE_BASIS_JUDGEMENT"}


def test_the_competent_authority_speaks_even_if_it_spoke_first() -> None:
    mine = {"title": "本地", "grade": "INCIDENT_GRADE_MAJOR", "casualties": {"dead": 3}} | JUDGED
    theirs = {"title": "邻省", "casualties": {"dead": 9, "missing": 2}} | QINGPU
    (found,) = joint(
        shanghai(changes=mine), jiangsu(changes=theirs, told=after(hours=3), revision=7)
    )
    assert (found.title, found.grade, found.casualties.dead) == ("本地", 3, 3)
    assert not found.casualties.HasField("missing")
    assert [m.competent for m in found.members] == [True, False]


def test_a_joint_incident_shows_what_its_speaker_says_and_who_else_spoke() -> None:
    mine = shanghai(changes={"grade": "INCIDENT_GRADE_MAJOR"} | JUDGED, revision=4)
    theirs = jiangsu(changes={"kind": "REPORT_KIND_FOLLOW_UP"} | QINGPU, told=after(hours=1))
    (found,) = joint(mine, theirs)
    report = mine.incident_report
    for name in ("title", "primary_type", "place", "grade", "casualties"):
        assert getattr(found, name) == getattr(report, name)
    for member, told in zip(found.members, (mine, theirs), strict=True):
        assert member.revision == told.header.revision
        assert member.reported_time == told.header.reported_time
        assert member.message_id == told.header.message_id
        assert member.kind == told.incident_report.kind
        assert member.grade == told.incident_report.grade


@pytest.mark.parametrize("higher", ["310000", "320000"])
def test_of_two_that_speak_at_once_always_the_same_counts(higher: str) -> None:
    ids = {"310000": "a" * 36, "320000": "a" * 36, higher: "b" * 36}
    (found,) = joint(
        shanghai(changes={"title": "310000"}, messageId=ids["310000"]),
        jiangsu(changes={"title": "320000"}, messageId=ids["320000"]),
    )
    assert found.title == higher


@pytest.mark.parametrize("newest", ["310000", "320000"])
def test_on_a_border_where_both_are_competent_the_newest_speaks(newest: str) -> None:
    make = shanghai if newest == "310000" else jiangsu
    later = make(changes={"title": "新"}, revision=2, told=after(minutes=1))
    (found,) = joint(shanghai(), jiangsu(), later)
    assert found.title == "新"
    assert all(m.competent for m in found.members)


def test_a_figure_that_nobody_gave_is_no_disagreement_and_no_zero() -> None:
    (found,) = joint(
        shanghai(changes={"casualties": {"missing": 2}}),
        jiangsu(changes={"casualties": {"dead": 0, "missing": 2}}),
    )
    assert found.disagreements == []
    absent = [m for m in found.members if not m.casualties.HasField("dead")]
    assert [m.participant for m in absent] == ["310000"]


def anhui(changes: Any = None) -> Message:
    return incident("340000/flood", FLOOD | north(5) | {"casualties": {}} | (changes or {}))


def test_an_authority_that_gives_no_figure_is_listed_without_one() -> None:
    (found,) = joint(
        shanghai(changes={"casualties": {"dead": 0}}),
        jiangsu(changes={"casualties": {"dead": 2}}),
        anhui(),
    )
    assert [v.value for v in found.disagreements[0].values] == ["0", "2", ""]


FIGURES = ["dead", "missing", "seriouslyInjured", "injured", "trapped", "evacuated"]


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_is_compared_and_summed(figure: str) -> None:
    told = [
        shanghai(changes={"casualties": {figure: 1}}),
        jiangsu(changes={"casualties": {figure: 2}}, told=after(minutes=1)),
        incident("330000/far", {"casualties": {figure: 4}}),
    ]
    found = joint(*told)
    assert sum(len(i.disagreements) for i in found) == 1
    assert [value for _, value in totals(found).known.ListFields()] == [6]


def graded(*grades: str) -> list[str]:
    """What is shown of the grades that Shanghai, Jiangsu and Anhui give."""
    makers: list[Callable[..., Message]] = [shanghai, jiangsu, anhui]
    told = [
        make(changes={"grade": f"INCIDENT_GRADE_{grade}"} | JUDGED)
        for make, grade in zip(makers, grades, strict=False)
    ]
    (found,) = joint(*told)
    return [v.value for d in found.disagreements if d.field == "grade" for v in d.values]


def test_grades_that_differ_are_shown() -> None:
    assert graded("MAJOR", "SERIOUS") == ["INCIDENT_GRADE_MAJOR", "INCIDENT_GRADE_SERIOUS"]
    assert graded("MAJOR", "MAJOR") == []


def test_who_gives_no_grade_is_listed_without_one() -> None:
    assert graded("MAJOR", "SERIOUS", "UNSPECIFIED")[2] == ""


def test_one_grade_and_none_is_no_disagreement() -> None:
    (found,) = joint(shanghai(changes={"grade": "INCIDENT_GRADE_MAJOR"} | JUDGED), jiangsu())
    assert found.disagreements == []


@pytest.mark.parametrize(
    ("kinds", "closed"),
    [
        (("FINAL", "FINAL"), True),
        (("FINAL", "FOLLOW_UP"), False),
        (("INITIAL", "FINAL"), False),
        (("INITIAL", "INITIAL"), False),
    ],
)
def test_it_is_closed_once_everyone_says_so(kinds: tuple[str, str], closed: bool) -> None:
    (found,) = joint(
        shanghai(changes={"kind": f"REPORT_KIND_{kinds[0]}"}),
        jiangsu(changes={"kind": f"REPORT_KIND_{kinds[1]}"}),
    )
    assert found.closed is closed
    assert totals([found]).open_incidents == int(not closed)


@pytest.mark.parametrize(
    ("kinds", "closed"),
    [
        (("INITIAL", "FINAL", "CORRECTION"), True),
        (("INITIAL", "CORRECTION"), False),
        (("INITIAL", "FINAL", "FOLLOW_UP"), False),  # a gateway refuses it, a peer's might not
    ],
)
def test_a_correction_after_the_final_report_opens_nothing_again(
    kinds: tuple[str, ...], closed: bool
) -> None:
    told = [
        shanghai(changes={"kind": f"REPORT_KIND_{kind}"}, revision=number)
        for number, kind in enumerate(kinds, 1)
    ]
    (found,) = joint(*told)
    assert found.closed is closed


def test_the_gravest_come_first_and_the_ungraded_last() -> None:
    grades = {"a": "ORDINARY", "b": "UNSPECIFIED", "c": "ESPECIALLY_SERIOUS", "d": "ORDINARY"}
    told = [
        incident(f"310000/{name}", {"grade": f"INCIDENT_GRADE_{grade}"} | JUDGED)
        for name, grade in grades.items()
    ]
    assert [i.joint_id[-1] for i in joint(*told)] == ["c", "a", "d", "b"]


def test_equals_stand_by_their_joint_id() -> None:
    told = [incident("z", origin="310000"), incident("a", origin="330000")]
    assert [i.joint_id for i in joint(*told)] == ["a", "z"]


def test_totals_count_each_event_once_and_the_unknown_beside() -> None:
    told = [
        shanghai(changes={"casualties": {"dead": 1}}),
        jiangsu(changes={"casualties": {"dead": 1}}),
        incident("330000/a", {"casualties": {"dead": 4, "missing": 1}}),
        incident("330000/b", {"casualties": {"missing": 2}}),
        incident("340000/c", {"casualties": None}),
    ]
    found = totals(joint(*told))
    assert (found.known.dead, found.known.missing) == (5, 3)
    assert not found.known.HasField("trapped")
    assert (found.incidents, found.incidents_with_unknown_dead) == (4, 2)


def test_a_known_zero_is_a_zero() -> None:
    found = totals(joint(incident(changes={"casualties": {"dead": 0}})))
    assert found.known.HasField("dead")
    assert found.incidents_with_unknown_dead == 0


def test_sums_of_large_figures_do_not_stop_the_picture() -> None:
    """Each figure is as the contract allows; together they are beyond 32 bits."""
    told = [incident(f"310000/{n}", {"casualties": {"evacuated": 1_000_000_000}}) for n in range(5)]
    assert totals(joint(*told)).incidents == 5


@pytest.mark.parametrize("newest", ["310000", "320000"])
def test_where_nobody_is_competent_the_newest_speaks(newest: str) -> None:
    elsewhere = {"place": {"adminCode": "330421"}}
    told = [shanghai(changes=elsewhere), jiangsu(changes=elsewhere)]
    make = shanghai if newest == "310000" else jiangsu
    later = make(changes=elsewhere | {"title": "新"}, revision=2, told=after(minutes=1))
    (found,) = joint(*told, later)
    assert found.title == "新"
    assert not any(m.competent for m in found.members)


def test_a_neighbours_report_does_not_hide_one_of_two_incidents() -> None:
    """Shanghai tells two events with dead of their own; Jiangsu's report lies near both."""
    told = [
        shanghai("310000/a", {"casualties": {"dead": 3}}),
        shanghai("310000/b", {"casualties": {"dead": 2}}, told=after(hours=1)),
    ]
    assert totals(joint(*told)).known.dead == 5
    assert totals(joint(*told, jiangsu())).known.dead == 5


def test_a_clock_in_2099_does_not_make_a_report_the_newest() -> None:
    """Of two competent ones on a border; the gateway's seal says when it was told at the latest."""
    strange = {"occurredTime": "2099-01-01T00:00:00Z", "reportedTime": "2099-01-01T00:00:00Z"}
    wrong = shanghai(changes={"title": "错"}, sealed=after(minutes=1), **strange)
    (found,) = joint(wrong, jiangsu(changes={"title": "新"}, told=after(minutes=2)))
    assert found.title == "新"
    assert asked(wrong) == {("time_in_future", "310000")}
    assert asked(shanghai(), jiangsu()) == set()
