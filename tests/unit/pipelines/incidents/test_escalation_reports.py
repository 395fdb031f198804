"""Reports that are overdue by the rule for their grade, and those that came late."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.incidents.deadlines import FIRST, FOLLOW_UP, deadline
from tests.support.builders import NOW
from tests.support.escalated import noticed
from tests.support.floods import kind
from tests.support.situation import after, incident, text
from yrd.exchange.v1.message_pb2 import Message

JUDGED = {"gradeBasis": "GRADE_BASIS_JUDGEMENT"}


def told(
    entity: str, grade: str = "", value: str = "12D02", late: float = 0, **header: Any
) -> Message:
    """A report that came so many minutes after the event, which was at NOW."""
    body = kind(value) | ({"grade": f"INCIDENT_GRADE_{grade}"} | JUDGED if grade else {})
    body |= header.pop("changes", {})
    reported = after(minutes=late)
    times = {"occurredTime": text(NOW), "told": reported, "sealed": reported}
    return incident(entity, body, **times | header)


@pytest.mark.parametrize(
    ("report", "province", "types", "grade", "minutes", "mark"),
    [
        (FIRST, "330000", ["12D02"], 3, 300, "verified"),
        (FIRST, "330000", ["12D02"], 4, None, ""),
        (FIRST, "330000", ["12D02"], 0, None, ""),
        (FIRST, "330000", ["11A02"], 1, 240, "memory"),
        (FIRST, "330000", ["11A02"], 3, None, ""),
        (FIRST, "310000", ["12D02"], 3, 60, "unsure"),
        (FIRST, "310000", ["11A02"], 0, 60, "unsure"),
        (FIRST, "330000", ["11A02", "12H03"], 3, 300, "verified"),
        (FOLLOW_UP, "310000", ["12D02"], 2, 720, "memory"),
        (FOLLOW_UP, "310000", ["12D02"], 4, 1440, "memory"),
        (FOLLOW_UP, "310000", ["12D02"], 0, None, ""),
        (FOLLOW_UP, "340000", ["11A02"], 0, 1440, "memory"),
        (FOLLOW_UP, "340000", ["13A01"], 1, None, ""),
    ],
)
def test_the_most_specific_rule_for_written_reports_counts(
    report: str, province: str, types: list[str], grade: int, minutes: int | None, mark: str
) -> None:
    """Shanghai's 30 minutes are for the telephone, of which the exchange knows nothing."""
    found = deadline(report, province, types, grade)
    assert (found and found.term) == (None if minutes is None else timedelta(minutes=minutes))
    assert (found.mark if found else "") == mark


def elsewhere(grade: str) -> Message:
    """Shanghai tells of an event in Zhejiang."""
    return told("310000/a", grade, changes={"place": {"adminCode": "330421"}})


@pytest.mark.parametrize(("minutes", "overdue"), [(299, False), (300, True)])
def test_a_province_of_which_others_tell_owes_its_first_report(minutes: int, overdue: bool) -> None:
    found = noticed("FIRST_REPORT_OVERDUE", elsewhere("MAJOR"), at=after(minutes=minutes))
    assert bool(found) is overdue
    for each in found:
        assert each.participants == ["330000"]
        assert each.since_time.ToDatetime() == (NOW + timedelta(hours=5)).replace(tzinfo=None)
        assert "浙江首报应于2026-06-02 01:00前报送，未收到" in each.text_zh
        assert "Zhejiang's first report was due" in each.text_en
        assert each.inferred
        assert each.certainty == "verified"


def test_once_it_has_reported_it_owes_none() -> None:
    same = {"place": {"adminCode": "330421"}, "sameEventIds": ["310000/a"]}
    own = told("330000/a", "MAJOR", late=400, changes=same)
    assert not noticed("FIRST_REPORT_OVERDUE", elsewhere("MAJOR"), own, at=after(hours=9))


def test_places_outside_of_the_delta_owe_nothing() -> None:
    strange = told("310000/a", "MAJOR", changes={"place": {"adminCode": "360000"}})
    assert not noticed("FIRST_REPORT_OVERDUE", strange, at=after(hours=9))


@pytest.mark.parametrize(("late", "minutes"), [(59, 0), (60, 0), (100, 40)])
def test_a_first_report_that_came_late_is_said_by_how_much(late: float, minutes: int) -> None:
    found = noticed("FIRST_REPORT_LATE", told("310000/a", "MAJOR", late=late), at=after(hours=3))
    assert [f"迟{minutes}分钟" in each.text_zh for each in found] == [True] * bool(minutes)


def test_that_it_came_late_is_not_hidden_by_later_reports() -> None:
    first = told("310000/a", "MAJOR", late=100)
    later = {"kind": "REPORT_KIND_FOLLOW_UP"}
    second = told("310000/a", "MAJOR", late=200, changes=later, revision=2)
    (found,) = noticed("FIRST_REPORT_LATE", first, second, at=after(hours=4))
    assert "迟40分钟" in found.text_zh
    assert not noticed("FIRST_REPORT_LATE", second, at=after(hours=4))  # the first is not known


@pytest.mark.parametrize(("hours", "overdue"), [(11.9, False), (12, True)])
def test_wenlings_follow_ups_are_due_twice_a_day(hours: float, overdue: bool) -> None:
    """10 dead at 22:00, 19 the next morning at nine, 20 the day after at seven."""
    evening = told("330000/wenling", "SERIOUS", "12D01")
    changes = {"kind": "REPORT_KIND_FOLLOW_UP"}
    morning = told("330000/wenling", "SERIOUS", "12D01", 11 * 60, changes=changes, revision=2)
    assert bool(noticed("FOLLOW_UP_OVERDUE", evening, at=after(hours=hours))) is overdue
    assert not noticed("FOLLOW_UP_OVERDUE", evening, morning, at=after(hours=22.9))
    (found,) = noticed("FOLLOW_UP_OVERDUE", evening, morning, at=after(hours=33))
    assert found.since_time.ToDatetime() == (NOW + timedelta(hours=23)).replace(tzinfo=None)
    assert "续报应于" in found.text_zh
    assert not found.inferred


@pytest.mark.parametrize("last", ["FINAL", "WITHDRAWAL"])
def test_behind_a_final_report_nothing_is_due(last: str) -> None:
    done = told("330000/a", "SERIOUS", changes={"kind": f"REPORT_KIND_{last}"}, revision=2)
    assert not noticed("FOLLOW_UP_OVERDUE", told("330000/a", "SERIOUS"), done, at=after(days=9))


@pytest.mark.parametrize(
    ("year", "due"), [(1970, False), (2025, True), (2099, False), (9999, False)]
)
def test_times_that_cannot_be_stop_nothing(year: int, due: bool) -> None:
    """What was last told more than 400 days ago is over (pipelines/tables/over.tsv)."""
    strange = datetime(year, 12, 31, 23, tzinfo=NOW.tzinfo)
    times = {"occurredTime": f"{year}-12-31T22:00:00Z", "told": strange, "sealed": strange}
    body = kind("12D02") | {"grade": "INCIDENT_GRADE_MAJOR"} | JUDGED
    made = incident("310000/a", body, **times)
    overdue = noticed("FOLLOW_UP_OVERDUE", made, at=NOW)
    assert bool(overdue) is due
    assert not noticed("FIRST_REPORT_LATE", made, at=strange)
