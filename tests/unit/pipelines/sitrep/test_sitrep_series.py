"""A report follows the one that was saved before it."""

import json

import pytest

from pipelines.sitrep.report import Report
from pipelines.sitrep.series import SeriesError, follow, saved
from tests.support.situation import after, incident, picture
from yrd.situation.v1.situation_pb2 import SituationSummary


def summary(minutes: float = 0) -> SituationSummary:
    return picture([incident()], after(minutes=minutes)).summary


def test_what_was_saved_is_followed_by_the_next_number() -> None:
    second = follow(saved("actual", Report(1, summary())), "1.json", "actual", summary(5))
    assert (second.number, second.previous) == (2, summary())
    third = follow(saved("actual", second), "2.json", "actual", summary(6))
    assert third.number == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no saved report"),
        ("[]", "no saved report"),
        ("{}", "no saved report"),
        ('{"scope": "actual", "number": "x", "summary": {}}', "no saved report"),
        ('{"scope": "actual", "number": 1, "summary": {"none": 1}}', "no saved report"),
        ('{"scope": "actual", "number": 0, "summary": {}}', "the first report has the number 1"),
        ('{"scope": "exercise/x", "number": 1, "summary": {}}', "a series has one scope"),
        ("[" * 5000, "no saved report"),
    ],
)
def test_what_it_cannot_follow_is_refused_by_name(text: str, why: str) -> None:
    with pytest.raises(SeriesError, match=why) as refused:
        follow(text, "1.json", "actual", summary())
    assert "1.json" in str(refused.value)


def test_a_report_does_not_follow_a_later_one() -> None:
    with pytest.raises(SeriesError, match="later instant"):
        follow(saved("actual", Report(1, summary(5))), "1.json", "actual", summary())


def test_what_is_saved_is_json_with_the_summary() -> None:
    told = json.loads(saved("actual", Report(1, summary())))
    assert (told["scope"], told["number"], told["summary"]["scope"]) == ("actual", 1, "joint")
