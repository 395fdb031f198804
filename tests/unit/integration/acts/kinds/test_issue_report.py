"""A report drafted from the picture: its figures with their sources, its number, and what is not real."""

import pytest

from integration.acts.checks import filled as filled_in
from integration.acts.kinds.issue_report import MOST_TEXT, IssueReport, fitted
from integration.acts.seam import FieldErrors
from tests.support.known_things import KEY, OFFICER, Knows, about, filled, knows
from tests.support.situation import exercise, incident
from yrd.exchange.v1.message_pb2 import Draft, Message

FLOODED = incident("310000/flood/1", {"casualties": {"dead": 0, "trapped": 17}})
ACT = IssueReport()
DRILL = "exercise/drill"


def issued(known: Knows, scope: str = "actual", **changes: str) -> Draft:
    thing = about("scope", "", scope)
    fields = filled(ACT.form(known, thing), post="带班领导", **changes)
    (made,) = ACT.drafts(known, thing, fields, OFFICER, KEY)
    return made


def test_figures_come_with_their_sources_in_both_languages() -> None:
    known = knows("joint", FLOODED)
    report = issued(known).situation_report
    assert "被困17[" in report.text_zh
    assert "17[" in report.text_en
    assert FLOODED.header.message_id in report.sources
    assert FLOODED.header.message_id in report.message_ids
    assert "上海" in report.sources
    shown = known.picture("actual")
    assert shown is not None
    assert report.summary_id == shown.message.header.message_id
    assert report.as_of_time.seconds == shown.summary.as_of_time.seconds


def test_what_a_person_wrote_is_what_is_issued() -> None:
    report = issued(
        knows("joint", FLOODED), text_zh="核定：被困17人", title_en="Checked"
    ).situation_report
    assert report.text_zh == "核定：被困17人"
    assert report.title_en == "Checked"


def test_a_series_counts_on() -> None:
    known = knows("joint", FLOODED)
    first = issued(known)
    assert first.situation_report.title_zh == "联合值班室态势报告（首报）"
    sent = Message.FromString(first.SerializeToString())
    sent.stamp.origin = "joint"
    before = ACT.form(known, about("scope", "")).seen
    known.told.append(sent)
    second = issued(known).situation_report
    assert second.number == 2
    assert "续报第1期" in second.title_zh
    assert ACT.form(known, about("scope", "")).seen != before  # who drafted beside it is told


def test_an_exercise_says_so_first() -> None:
    report = issued(knows("joint", incident("310000/flood/1", **exercise()), scope=DRILL), DRILL)
    assert report.situation_report.text_zh.startswith("【演练】以下内容均非真实事件")
    assert report.situation_report.text_en.startswith("EXERCISE: nothing below is real")
    assert report.header.exercise_id == "drill"


@pytest.mark.parametrize("name", ["number", "summary", "as_of"])
def test_what_it_was_drafted_from_can_not_be_replaced_by_nonsense(name: str) -> None:
    with pytest.raises(FieldErrors) as caught:
        issued(knows("joint", FLOODED), **{name: "nonsense"})
    assert set(caught.value.problems) == {name.replace("_", "-")}


def test_two_persons_issue_it() -> None:
    assert ACT.form(knows("joint", FLOODED), about("scope", "")).two_persons


def test_a_long_text_ends_with_a_whole_line_that_says_so() -> None:
    found = fitted("\n".join(f"第{n}行" for n in range(9000)), MOST_TEXT)
    assert len(found) <= MOST_TEXT
    last, more = found.splitlines()[-2:]
    assert last.endswith("行")
    assert "从略" in more
    assert fitted("短", MOST_TEXT) == "短"


def test_what_others_wrote_and_can_not_be_shown_keeps_nobody_from_reporting() -> None:
    odd = incident("310000/flood/1", {"title": "内涝\u202e\u200b　倒序"})
    known, thing = knows("joint", odd), about("scope", "")
    form = ACT.form(known, thing)
    assert "内涝\ufffd\ufffd　倒序" in next(f.value for f in form.fields if f.name == "text-zh")
    assert filled_in(form, filled(form, post="值班　班长"))
