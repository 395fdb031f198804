"""Readings, earthquakes, storms and alignment together, in a picture and its text."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.report.summary import summary_text
from tests.support.generated import histories
from tests.support.infa import told
from tests.support.nature import felt, level, quake
from tests.support.situation import after, exercise, picture, response, us, warning
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

INFA = datetime(2021, 7, 24, 12, tzinfo=UTC)
NEVER_ISSUED = {"action": "WARNING_ACTION_CANCEL", "references": ["33000041600000_20260531200000"]}


def day() -> list[Message]:
    """A day on which much happens."""
    upstream = {"stationName": "平望"}
    return [
        level("320000/level/pingwang", 3.6, after(hours=-2), upstream),
        level("320000/level/pingwang", 3.9, changes=upstream, revision=2),
        level("310000/level/jinze", 3.7, changes={"trend": "TREND_RISING", "datum": ""}),
        quake("320000/quake/1", "REVIEWED", changes={"intensityAreas": [felt(5, "320900")]}),
        quake("310000/quake/1", changes={"depthKm": 17, "intensityAreas": [felt(3, "310000")]}),
        warning("310000/w", {"color": "WARNING_COLOR_ORANGE"}),
        warning("320000/w", {"area": {"adminCodes": ["320500"]}}),
        response("310000/r"),
        warning("330000/c", NEVER_ISSUED),
    ]


def parts(summary: SituationSummary) -> list[int]:
    fields = ("readings", "earthquakes", "storms", "alignments")
    return [len(getattr(summary, field)) for field in fields]


def test_a_picture_has_them_all() -> None:
    assert parts(picture(day()).summary) == [1, 1, 0, 1]
    assert parts(picture([told(INFA)], INFA).summary) == [0, 0, 1, 1]


def test_an_exercise_stays_out_of_what_is_so() -> None:
    assert parts(actual([told(INFA, **exercise()), level(**exercise())])) == [0, 0, 0, 0]


def test_what_is_in_question_is_asked() -> None:
    kinds = {question.kind for question in picture(day()).summary.questions}
    assert kinds == {"cancels_the_unknown", "datum_missing"}


SAID = [
    (0, "太浦河 水位：趋于恶化；超阈值：上海、江苏"),
    (0, "江苏 平望 3.9m，吴淞高程，超警戒值3.5，不晚于2026-06-01 18:00，上涨+0.3"),
    (0, "上海 金泽 3.7m，超警戒值3.5，不晚于2026-06-01 20:00，上涨（站方称）"),
    (0, "江苏盐城市大丰区海域，Ms5 (正式)，深度17km (自动)，来源：上海、江苏"),
    (0, "江苏有感，最大烈度5"),
    (0, "台风事件: 上海 预警橙色、响应四级；江苏 预警蓝色（部分）、响应无；浙江 预警无"),
    (0, "预警颜色、响应级别不一致：上海 预警橙色、响应四级 / 苏州市 预警蓝色、响应无"),
    (1, "太浦河, Water level: getting worse; past a threshold in Shanghai, Jiangsu"),
    (1, "past its warning mark 3.5 by 2026-06-01 18:00, rising, +0.3 since 2026-06-01 18:00"),
    (1, "Ms5 (reviewed), 17 km deep (automatic), sources: Shanghai, Jiangsu"),
    (1, "felt in Shanghai, intensity up to 3"),
    (1, "Shanghai warning orange, response IV; Jiangsu warning blue (in part), response none"),
]


@pytest.mark.parametrize(("language", "words"), SAID)
def test_it_is_told_in_chinese_and_in_english(language: int, words: str) -> None:
    text = summary_text(picture(day()).summary).split("\n\n")[language]
    assert words in text


def test_a_storms_arrival_is_told_with_its_forecast() -> None:
    chinese, english = summary_text(picture([told(INFA)], INFA).summary).split("\n\n")
    assert "2106 烟花: 中央气象台: 2021-07-24 20:00 28N 124E" in chinese
    assert "所用预报：浙江2021-07-24 20:00发布，至2021-07-28 20:00" in chinese
    assert "forecast used: issued 2021-07-24 20:00 by Zhejiang" in english
    (reached,) = [line for line in english.splitlines() if "force 10: " in line]
    assert reached.index("舟山市") < reached.index("宁波市") < reached.index("嘉兴市")


def actual(told: list[Message]) -> SituationSummary:
    """Of the actual scope alone, whatever else was told."""
    states = {key: state for key, state in fold(told).items() if key.scope == ACTUAL}
    return evaluate(ACTUAL, states, us(after()), Staleness()).summary


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(history=histories, data=st.data())
def test_nothing_that_is_told_stops_it_and_its_order_does_not_matter(
    history: list[Message], data: st.DataObject
) -> None:
    everything = [*history, *day()]
    found = actual(everything)
    assert actual(data.draw(st.permutations(everything))) == found
    assert found.readings
    assert summary_text(found)
