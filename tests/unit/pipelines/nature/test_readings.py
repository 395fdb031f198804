"""Readings past their thresholds on both sides of a border are one situation, with its trend."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.facts.natural_slots import READINGS_KEPT
from pipelines.nature import readings
from tests.support.builders import NOW
from tests.support.nature import BELOW, level, limit, sight
from tests.support.situation import after, known, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.monitoring.v1.monitoring_pb2 import ThresholdKind, Trend
from yrd.situation.v1.readings_pb2 import BorderReadings, ReadingsTrend

PINGWANG, JINZE = "320000/level/pingwang", "310000/level/jinze"
UPSTREAM = {"stationName": "平望"}


def situations(*told: Message, at: datetime = NOW) -> list[BorderReadings]:
    return readings.evaluate(known(*told), us(at))


def only(*told: Message, at: datetime = NOW) -> BorderReadings:
    (found,) = situations(*told, at=at)
    return found


def taipu(**changes: Any) -> list[Message]:
    """The Taipu above its mark on both sides."""
    return [level(PINGWANG, changes=UPSTREAM | changes), level(JINZE, changes=changes)]


def test_both_sides_past_their_marks_are_one_situation() -> None:
    found = only(*taipu())
    assert (found.object_name, found.measure.value) == ("太浦河", "water.level")
    assert list(found.participants) == ["310000", "320000"]
    assert len(found.message_ids) == 2


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ([level(JINZE)], 0),
        ([level(JINZE, changes={"affectedNeighbors": ["320000"]})], 1),
        ([level(JINZE, changes={"affectedNeighbors": ["310000"]})], 0),
        ([level(JINZE, 3.4, changes={"affectedNeighbors": ["320000"]})], 0),
        ([level(JINZE), level(PINGWANG, 3.4)], 0),
        ([level(JINZE), level("310000/level/other")], 0),
        ([level(JINZE), level(PINGWANG, changes={"objectName": "吴淞江"})], 0),
        ([level(JINZE), level(PINGWANG, changes={"measure": {"scheme": "x", "value": "y"}})], 0),
        (
            [level(JINZE, changes={"objectName": ""}), level(PINGWANG, changes={"objectName": ""})],
            0,
        ),
        ([level(JINZE), level(PINGWANG, changes={"quality": "READING_QUALITY_SUSPECT"})], 0),
        ([level(JINZE), level(PINGWANG, at=after(hours=-25))], 0),
        ([level(JINZE), level(PINGWANG, expireTime=text(NOW))], 0),
        ([level(JINZE), level(PINGWANG, at=after(seconds=1))], 0),
    ],
)
def test_it_takes_two_or_one_that_names_the_other(told: list[Message], count: int) -> None:
    assert len(situations(*told)) == count


def test_who_is_named_is_shown_as_concerned_unless_it_tells_itself() -> None:
    named = {"affectedNeighbors": ["320000", "330000"]}
    found = only(level(JINZE, changes=named), level(PINGWANG))
    assert list(found.concerned) == ["330000"]


def test_stations_below_their_marks_are_shown_with_it() -> None:
    found = only(*taipu(), level("320000/level/low", 3.0, changes={"stationName": "太浦闸"}))
    assert [s.station_name for s in found.stations] == ["太浦闸", "平望", "金泽"]
    assert [s.passed for s in found.stations] == [0, 2, 2]


@pytest.mark.parametrize(
    ("values", "trend", "change"),
    [
        ([3.6, 3.8], ReadingsTrend.READINGS_TREND_WORSENING, 0.2),
        ([4.0, 3.8], ReadingsTrend.READINGS_TREND_EASING, -0.2),
        ([3.79, 3.8], ReadingsTrend.READINGS_TREND_STEADY, 0.01),
        ([3.5, 3.9, 3.8], ReadingsTrend.READINGS_TREND_WORSENING, 0.3),
    ],
)
def test_the_trend_follows_from_a_stations_own_readings(
    values: list[float], trend: ReadingsTrend, change: float
) -> None:
    jinze = [
        level(JINZE, value, after(hours=n + 1 - len(values)), revision=n + 1)
        for n, value in enumerate(values)
    ]
    found = only(*jinze, level(PINGWANG, changes=UPSTREAM))
    assert found.trend == trend
    assert found.stations[1].change == pytest.approx(change)
    assert found.stations[1].change_since_time == jinze[0].header.occurred_time
    assert jinze[0].header.message_id in found.message_ids


def test_one_reading_shows_no_trend_but_what_the_station_says() -> None:
    assert only(*taipu()).trend == ReadingsTrend.READINGS_TREND_UNSPECIFIED
    found = only(*taipu(trend="TREND_RISING"))
    assert found.trend == ReadingsTrend.READINGS_TREND_WORSENING
    assert not found.stations[0].HasField("change")
    assert found.stations[0].trend == Trend.TREND_UNSPECIFIED


def test_one_that_rises_outweighs_one_that_falls() -> None:
    told = [
        level(JINZE, 3.6, after(hours=-1)),
        level(JINZE, 3.8, revision=2),
        level(PINGWANG, 3.9, after(hours=-1)),
        level(PINGWANG, 3.8, revision=2),
    ]
    assert only(*told).trend == ReadingsTrend.READINGS_TREND_WORSENING


def test_less_sight_is_worse() -> None:
    border = [(31.47, 121.2), (31.5, 121.2)]
    told = [
        sight("320000/sight/a", 150, border[0], after(hours=-1)),
        sight("320000/sight/a", 40, border[0], revision=2),
        sight("310000/sight/b", 180, border[1]),
    ]
    found = only(*told)
    assert found.trend == ReadingsTrend.READINGS_TREND_WORSENING
    gravest = {s.entity_id: s.passed for s in found.stations}
    assert gravest["320000/sight/a"] == ThresholdKind.THRESHOLD_KIND_CLOSURE
    assert gravest["310000/sight/b"] == ThresholdKind.THRESHOLD_KIND_WARNING


def test_one_road_by_two_names_is_one_and_far_apart_on_it_are_two() -> None:
    near = sight("310000/sight/a", 100, (31.4, 121.2), changes={"objectName": "Ｇ15（上海段）"})
    far = sight("330000/sight/c", 100, (27.3, 120.4))
    assert len(situations(near, far)) == 0
    assert len(situations(near, sight("320000/sight/b", 100, (31.6, 121.1)), far)) == 1


def test_a_chain_of_near_stations_is_one() -> None:
    told = [
        sight("310000/sight/a", 100, (31.0, 121.0)),
        sight("310000/sight/b", 500, (31.4, 121.0)),
        sight("320000/sight/c", 100, (31.8, 121.0)),
    ]
    assert len(only(*told).stations) == 3
    assert situations(told[0], told[2]) == []


def test_levels_above_different_datums_are_never_compared() -> None:
    other = {"datum": "1985国家高程基准"}
    told = [
        level(PINGWANG, 3.9, changes=UPSTREAM),
        level(JINZE, 3.7),
        level("320000/level/gate", 3.6, changes=other | {"stationName": "太浦闸"}),
        level("320000/level/bare", 9.9, changes={"datum": "", "stationName": "某站"}),
    ]
    found = only(*told)
    (same,) = found.comparable
    assert (same.datum, same.highest, same.lowest) == ("吴淞高程", 3.9, 3.7)
    assert list(found.without_datum) == ["320000/level/bare"]
    assert {s.datum for s in found.stations} == {"吴淞高程", "1985国家高程基准", ""}


def test_a_change_of_datum_or_unit_is_no_rise() -> None:
    for before in ({"datum": "1985国家高程基准"}, {"unit": "cm"}, {"periodMinutes": 60}):
        told = [level(JINZE, 1.9, after(hours=-1), changes=before), level(JINZE, revision=2)]
        found = only(*told, level(PINGWANG))
        assert found.trend == ReadingsTrend.READINGS_TREND_UNSPECIFIED


def test_a_level_without_its_datum_is_asked_about() -> None:
    seen = known(*taipu(datum=""))
    readings.evaluate(seen, us(NOW))
    assert {q.kind for q in seen.questions} == {"datum_missing"}


def test_down_the_chain_it_shows_what_passed_when() -> None:
    told = []
    for n, (entity, station) in enumerate([(PINGWANG, "平望"), (JINZE, "金泽")]):
        for hour, value in enumerate([3.4, 3.4, 3.6, 3.7, 3.8]):
            at = after(hours=hour + n - 6)
            told.append(level(entity, value, at, {"stationName": station}, revision=hour + 1))
    found = only(*told)
    assert found.chain_name == "太浦河—黄浦江"
    assert [s.chain_order for s in found.stations] == [2, 3]
    assert [s.passed_time.ToDatetime(NOW.tzinfo) for s in found.stations] == [
        after(hours=-4),
        after(hours=-3),
    ]
    assert found.stations[1].not_passed_time.ToDatetime(NOW.tzinfo) == after(hours=-4)


def test_stations_of_several_waters_of_a_chain_are_one_situation() -> None:
    huangpu = {"objectName": "黄浦江", "stationName": "米市渡"}
    found = only(level("310000/level/mishidu", changes=huangpu), level(PINGWANG, changes=UPSTREAM))
    assert [s.chain_order for s in found.stations] == [2, 4]


def test_a_stations_name_is_known_in_either_width() -> None:
    huai = {"objectName": "淮河", "affectedNeighbors": ["320000"]}
    for name in ("蚌埠（吴家渡）", "蚌埠(吴家渡)", " 吴家渡 "):
        found = only(level("340000/level/wujiadu", changes=huai | {"stationName": name}))
        assert [s.chain_order for s in found.stations] == [4]


def test_however_many_readings_there_are_the_last_below_its_mark_is_known() -> None:
    count = 5 * READINGS_KEPT
    values = [3.4, *[3.8] * count]
    told = [
        level(JINZE, value, after(minutes=n - count), revision=n + 1)
        for n, value in enumerate(values)
    ]
    seen = known(*told)
    assert len(seen.kept("observation")) == READINGS_KEPT + 1
    (found,) = readings.evaluate(known(*told, level(PINGWANG)), us(NOW))
    jinze = next(s for s in found.stations if s.entity_id == JINZE)
    assert jinze.not_passed_time == told[0].header.occurred_time
    assert jinze.passed_time == told[-READINGS_KEPT].header.occurred_time


def test_a_reading_of_the_next_century_is_asked_about_and_hides_nothing() -> None:
    future = level(JINZE, 99.0, revision=2, occurredTime=text(after(days=36500)))
    seen = known(*taipu(), future)
    (found,) = readings.evaluate(seen, us(NOW))
    assert [s.value for s in found.stations] == [3.8, 3.8]
    assert [q.kind for q in seen.questions] == ["time_in_future"]


def test_a_late_reading_of_an_earlier_hour_is_not_the_newest() -> None:
    late = level(JINZE, 3.2, after(hours=-2), revision=2)
    assert only(*taipu(), late).stations[1].value == 3.8


@settings(deadline=None)
@given(data=st.data())
def test_the_order_in_which_they_came_does_not_matter(data: st.DataObject) -> None:
    values = st.sampled_from([3.4, 3.6, 3.8])
    told = [
        level(entity, data.draw(values), after(minutes=-n), revision=9 - n)
        for entity in (JINZE, PINGWANG)
        for n in range(data.draw(st.integers(1, 4)))
    ]
    shuffled = data.draw(st.permutations([*told, *told[:2]]))
    assert situations(*told) == situations(*shuffled)


def test_no_threshold_is_invented() -> None:
    below = [limit(3.8, 4.0, "GUARANTEED"), limit(3.8, 3.0, "ATTENTION", BELOW)]
    assert situations(*taipu(thresholds=below)) == []
