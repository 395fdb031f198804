"""In-Fa hour by hour: the picture shows what is known to have happened when it happened."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from integration.drill.hours import Hour, hours, text
from integration.drill.scenario import load
from schemas.instants import BEIJING


@pytest.fixture(scope="module")
def infa() -> dict[datetime, Hour]:
    return {hour.at: hour for hour in hours(load("infa_2021"))}


def at(infa: dict[datetime, Hour], day: int, hour: int) -> Hour:
    return infa[datetime(2021, 7, day, hour, tzinfo=BEIJING)]


def test_every_hour_is_there_and_every_message_is_in_one(infa: dict[datetime, Hour]) -> None:
    instants = list(infa)
    assert all(b - a == timedelta(hours=1) for a, b in pairwise(instants))
    assert sum(hour.told for hour in infa.values()) == len(load("infa_2021").steps)


def test_what_is_known_stands_in_its_hour(infa: dict[datetime, Hour]) -> None:
    told = [(hour.at, known.at) for hour in infa.values() for known in hour.happened]
    assert len(told) == len(load("infa_2021").known) == 5
    assert all(hour - timedelta(hours=1) < instant <= hour for hour, instant in told)


@pytest.mark.parametrize(
    ("day", "hour", "fix"),
    [
        (25, 13, "29.9N 122.4E 38 m/s (news of the first landfall"),
        (26, 10, "30.7N 121.1E 28 m/s (news of the second landfall"),
    ],
)
def test_at_a_landfall_the_storm_is_there(
    infa: dict[datetime, Hour], day: int, hour: int, fix: str
) -> None:
    """By the first warning that tells it, some hours behind."""
    later = [at(infa, day, hour + n) for n in range(6)]
    assert any(fix in found.storm for found in later), [found.storm for found in later]


LANDFALLS = {
    "330900": datetime(2021, 7, 25, 12, 30, tzinfo=BEIJING),
    "330400": datetime(2021, 7, 26, 9, 50, tzinfo=BEIJING),
    "320500": datetime(2021, 7, 26, 17, 0, tzinfo=BEIJING),
}
"""Putuo lies in Zhoushan, Pinghu in Jiaxing, Wujiang in Suzhou: when the centre is known to have come."""


@pytest.mark.parametrize("hour", [16, 20, 24, 28])
def test_hours_until_arrival_agree_with_what_is_known(
    infa: dict[datetime, Hour], hour: int
) -> None:
    """Force 10 is there in the order in which the centre came, and before it by less than half a day."""
    found = infa[datetime(2021, 7, 24, tzinfo=BEIJING) + timedelta(hours=hour)]
    soonest = [found.at + timedelta(hours=found.arrivals[city][0]) for city in LANDFALLS]
    assert soonest == sorted(soonest)
    for instant, landfall in zip(soonest, LANDFALLS.values(), strict=True):
        assert timedelta(0) < landfall - instant < timedelta(hours=12)


def test_before_and_after_the_storm(infa: dict[datetime, Hour]) -> None:
    assert at(infa, 21, 9).warnings == {}
    peak = at(infa, 25, 20)
    assert set(peak.warnings) == {"310000", "320000", "330000", "340000"}
    assert min(peak.warnings.values()) < 4
    assert peak.responses
    assert at(infa, 25, 14).incidents_open > 0


def test_an_unknown_figure_is_no_zero(infa: dict[datetime, Hour]) -> None:
    quiet = at(infa, 22, 12)
    assert quiet.dead is None
    assert "死亡不详" in text(quiet)
    assert "dead unknown" in text(quiet)


def test_it_reads_in_both_languages_and_as_json(infa: dict[datetime, Hour]) -> None:
    landfall = at(infa, 25, 13)
    assert "在舟山普陀登陆" in text(landfall)
    assert "landfall at Putuo" in text(landfall)
    told = landfall.as_json()
    assert told["at"] == "2021-07-25T13:00:00+08:00"
    assert told["happened"][0]["source"].startswith("news of the first landfall")


def test_where_no_fix_was_observed_lately_no_place_is_made_up(infa: dict[datetime, Hour]) -> None:
    assert at(infa, 23, 20).storm == ""
    assert not any("0.0N 0.0E" in found.storm for found in infa.values())


def test_planned_mistakes_are_asked_about_until_they_are_corrected(
    infa: dict[datetime, Hour],
) -> None:
    asked = [
        at(infa, 23, 8),
        at(infa, 23, 10),
        at(infa, 24, 12),
        at(infa, 25, 10),
        at(infa, 28, 12),
    ]
    assert [found.questions for found in asked] == [0, 1, 2, 1, 1]
    assert "数据疑问2项" in text(asked[2])


def test_scenarios_without_planned_mistakes_are_asked_about_nothing() -> None:
    for name in ("wenling_2020", "xiangshui_2019"):
        assert not any(found.questions for found in hours(load(name)))
