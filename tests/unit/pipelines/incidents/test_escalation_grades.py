"""Figures that reach a higher grade than the one that is stated: the series of Wenling and Xiangshui."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.instants import BEIJING
from tests.support.escalated import noticed
from tests.support.floods import jiangsu, kind, shanghai
from tests.support.situation import incident
from yrd.exchange.v1.message_pb2 import Message

JUDGED = {"gradeBasis": "GRADE_BASIS_JUDGEMENT"}
TANKER = {"primaryType": {"scheme": "GB/T 35561", "value": "12D01"}}
WENLING, XIANGSHUI = "330000/wenling", "320000/xiangshui"
GRADES = {1: "特别重大", 2: "重大", 3: "较大"}


def beijing(day: int, hour: int, minute: int = 0, month: int = 6, year: int = 2020) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING).astimezone(UTC)


def report(
    entity: str, told: datetime, revision: int, grade: str = "", **casualties: int
) -> Message:
    body: dict[str, Any] = TANKER | {"casualties": casualties}
    if grade:
        body |= {"grade": f"INCIDENT_GRADE_{grade}"} | JUDGED
    kinds = {1: "REPORT_KIND_INITIAL"}
    body["kind"] = kinds.get(revision, "REPORT_KIND_FOLLOW_UP")
    return incident(entity, body, told=told, revision=revision)


def test_wenlings_series_is_serious_from_ten_dead_on_and_the_injured_are_not_all_seriously_so() -> (
    None
):
    """LPG tanker, G15, 2020-06-13: 10 dead and 117 injured (22:00), 19 and 172, 20 (15th, 07:00)."""
    first = report(WENLING, beijing(13, 22), 1, "MAJOR", dead=10, injured=117)
    (found,) = noticed("GRADE", first, at=beijing(13, 23))
    assert found.participants == ["330000"]
    assert found.since_time == first.header.reported_time
    assert "死亡 10，已达重大；现较大" in found.text_zh
    assert "dead 10 by Zhejiang reach serious; it is major" in found.text_en
    assert (found.rule, found.certainty) == ("国务院令493号 (2007) Art. 3", "verified")
    assert found.message_ids == [first.header.message_id]
    graded = report(WENLING, beijing(14, 9), 2, "SERIOUS", dead=19, injured=172)
    last = report(WENLING, beijing(15, 7), 3, "SERIOUS", dead=20, injured=172, seriouslyInjured=24)
    assert not noticed("GRADE", first, graded, at=beijing(14, 10))
    assert not noticed("GRADE", first, graded, last, at=beijing(15, 8))


@pytest.mark.parametrize(
    ("dead", "missing", "grade", "with_missing"),
    [(6, 0, 3, 0), (6, 28, 3, 1), (44, 0, 1, 0), (47, 0, 1, 0), (62, 28, 1, 0), (78, 0, 1, 0)],
)
def test_xiangshuis_series_reaches_the_gravest_grade_with_its_second_figure(
    dead: int, missing: int, grade: int, with_missing: int
) -> None:
    """Chemical plant, 2019-03-21: 6, 44, 47, 62 with 28 missing, 78 dead."""
    told = report(XIANGSHUI, beijing(21, 20, 0, 3, 2019), 1, dead=dead, missing=missing)
    (found,) = noticed("GRADE", told, at=beijing(21, 21, 0, 3, 2019))
    assert f"已达{GRADES[grade]}；现未定级" in found.text_zh
    inferred = noticed("GRADE_WITH_MISSING", told, at=beijing(21, 21, 0, 3, 2019))
    assert len(inferred) == int(bool(with_missing))
    for each in inferred:
        assert f"若均遇难将达{GRADES[with_missing]}" in each.text_zh
        assert each.inferred


@pytest.mark.parametrize(
    ("figures", "grade"),
    [
        ({"dead": 2}, 0),
        ({"dead": 3}, 3),
        ({"seriouslyInjured": 9}, 0),
        ({"seriouslyInjured": 10}, 3),
        ({"seriouslyInjured": 50}, 2),
        ({"seriouslyInjured": 100, "injured": 100}, 1),
        ({"injured": 500}, 0),
    ],
)
def test_bounds_include_their_number(figures: dict[str, int], grade: int) -> None:
    found = noticed("GRADE", incident(changes=TANKER | {"casualties": figures}))
    assert [f"已达{GRADES[grade]}" in each.text_zh for each in found] == [True] * bool(grade)


@pytest.mark.parametrize(
    ("fen", "grade"), [(999_999_999, 0), (1_000_000_000, 3), (10_000_000_000, 1)]
)
def test_loss_counts_too(fen: int, grade: int) -> None:
    found = noticed("GRADE", incident(changes=TANKER | {"directLossFen": fen}))
    assert [f"已达{GRADES[grade]}" in each.text_zh for each in found] == [True] * bool(grade)


def test_a_grade_that_is_as_grave_or_graver_is_nobodys_business() -> None:
    graded = {"grade": "INCIDENT_GRADE_SERIOUS"} | JUDGED | {"casualties": {"dead": 3}}
    assert not noticed("GRADE", incident(changes=TANKER | graded))


def test_each_family_has_bounds_of_its_own_or_none() -> None:
    def grades(value: str, dead: int) -> list[str]:
        told = incident(changes=kind(value) | {"casualties": {"dead": dead}})
        return [found.certainty for found in noticed("GRADE", told)]

    assert grades("11C02", 9) == []
    assert grades("11C02", 10) == ["memory"]
    assert grades("11A02", 500) == []  # no figures are known for floods
    road = kind("11A02") | {"secondaryTypes": [{"scheme": "GB/T 35561", "value": "12H03"}]}
    assert noticed("GRADE", incident(changes=road | {"casualties": {"dead": 3}}))


def test_what_only_the_neighbour_tells_is_noticed_with_its_name() -> None:
    told = [
        shanghai(
            changes=TANKER | {"casualties": {"dead": 3}, "grade": "INCIDENT_GRADE_MAJOR"} | JUDGED
        ),
        jiangsu(
            changes=TANKER
            | {"casualties": {"dead": 11}, "place": {"adminCode": "310118"}}
            | {"sameEventIds": ["310000/flood"]}
        ),
    ]
    (found,) = noticed("GRADE", *told)
    assert found.participants == ["310000", "320000"]
    assert "江苏报死亡 11，已达重大；现较大" in found.text_zh
    assert found.message_ids == sorted(m.header.message_id for m in told)


def test_unknown_dead_are_none_and_not_zero_dead() -> None:
    told = incident(changes=TANKER | {"casualties": {"missing": 3}})
    assert not noticed("GRADE", told)
    (found,) = noticed("GRADE_WITH_MISSING", told)
    assert "失踪3人" in found.text_zh


def test_closed_incidents_are_over() -> None:
    final = {"kind": "REPORT_KIND_FINAL", "casualties": {"dead": 9}}
    assert not noticed("GRADE", incident(changes=TANKER | final))
