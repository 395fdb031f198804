"""What the report says of joint incidents: why they are one, whose figures count, what brought what about."""

import pytest

from pipelines.report.summary import summary_text
from tests.support.decisions import merged, split
from tests.support.floods import jiangsu, kind, north, shanghai
from tests.support.situation import after, incident, picture
from yrd.exchange.v1.message_pb2 import Message


def report(*told: Message) -> str:
    return summary_text(picture(told, after(hours=6)).summary)


@pytest.mark.parametrize(
    "words",
    [
        "跨省界：上海、江苏",
        "over a border: Shanghai, Jiangsu",
        "同一事件（推断，评分0.90）：同为11A类，相距3.0公里，相隔0.0小时",
        "one event (inferred, score 0.90): both 11A, 3.0 km and 0.0 h apart",
    ],
)
def test_why_reports_are_one_event_is_said(words: str) -> None:
    assert words in report(shanghai(), jiangsu(changes=north(3)))


def test_what_people_merged_and_split_is_said() -> None:
    told = [shanghai(), jiangsu(changes=north(90) | kind("12A02"))]
    text = report(*told, merged("310000/flood", "320000/flood"))
    assert "同一事件（人工）：上海决定合并：现场核实" in text
    assert "one event (by people): merged by 310000: 现场核实" in text
    text = report(shanghai(), jiangsu(), split("310000/flood", "320000/flood", by="joint"))
    assert "人工拆分：与320000/flood非同一事件（联合值班室：现场核实）" in text
    assert "split by people: not one event with 310000/flood (joint duty room: 现场核实)" in text


def test_whose_figures_count_is_said_where_sources_differ() -> None:
    here = {"place": {"adminCode": "310118"}, "sameEventIds": ["310000/flood"]}
    told = [
        shanghai(changes={"casualties": {"dead": 1}, "directLossFen": 94_778_150_00}),
        jiangsu(changes=here | {"casualties": {"dead": 3}, "directLossFen": 1_000_000_00}),
    ]
    text = report(*told)
    assert "采用上海数据" in text
    assert "Shanghai's figures count" in text
    assert "直接经济损失：上海 9477.82万元" in text
    assert "direct loss: Shanghai CNY 94,778,150.00" in text
    judged = {"gradeBasis": "GRADE_BASIS_JUDGEMENT"}
    told = [
        shanghai(changes={"grade": "INCIDENT_GRADE_MAJOR"} | judged),
        jiangsu(changes={"grade": "INCIDENT_GRADE_SERIOUS"} | judged, told=after(hours=1)),
    ]
    text = report(*told)
    assert "定级：上海 较大" in text
    assert "the grade: Shanghai major" in text
    assert "采用江苏数据（多地主管，取其中最新）" in text


def test_figures_that_only_others_give_are_said_and_not_counted() -> None:
    theirs = {"casualties": {"dead": 2}, "place": {"adminCode": "310118"}}
    named = {"sameEventIds": ["310000/flood"]}
    told = [shanghai(changes={"casualties": {"injured": 1}}), jiangsu(changes=theirs | named)]
    text = report(*told)
    assert "死亡：主管方未报，未计入；他方所报：江苏 2" in text
    assert "dead: not given by who counts, so it is in no total; others say: Jiangsu 2" in text
    assert "死亡人数不详1起" in text


def test_totals_of_a_cascade_are_at_least_and_at_most() -> None:
    typhoon = incident("330000/typhoon", {"title": "台风", "casualties": {"dead": 4}})
    flood = {"title": "内涝", "casualties": {"dead": 3}, "causeIds": ["330000/typhoon"]}
    text = report(typhoon, incident("310000/flood", flood))
    assert "至少死亡 4（起因与后果事件或有重复，至多死亡 7）" in text
    assert "at least dead 4 (causes and what followed may share people; at most dead 7)" in text
    assert "台风 → 内涝（上海）" in text
    assert "台风 → 内涝 (Shanghai)" in text
    assert "至少" not in report(typhoon)
