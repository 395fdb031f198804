"""Every word of the reports: a colour, level, grade or figure that is named wrongly misleads."""

import pytest

from pipelines.report.proposals import proposal_text
from pipelines.report.summary import summary_text
from tests.support.floods import FLOOD, jiangsu, north, shanghai
from tests.support.situation import (
    answer,
    incident,
    lacking,
    offer,
    picture,
    request,
    resource,
    response,
    warning,
)
from yrd.exchange.v1.message_pb2 import Message

JUDGED = {"gradeBasis": "GRADE_BASIS_JUDGEMENT"}


def text(*told: Message) -> str:
    return summary_text(picture(told).summary)


@pytest.mark.parametrize(
    ("color", "zh", "en"),
    [
        ("RED", "红色预警", ", red:"),
        ("ORANGE", "橙色预警", ", orange:"),
        ("YELLOW", "黄色预警", ", yellow:"),
        ("BLUE", "蓝色预警", ", blue:"),
    ],
)
def test_colours(color: str, zh: str, en: str) -> None:
    found = text(warning(changes={"color": f"WARNING_COLOR_{color}"}))
    assert zh in found
    assert en in found


@pytest.mark.parametrize(
    ("level", "zh"),
    [("I", "一级响应"), ("II", "二级响应"), ("III", "三级响应"), ("IV", "四级响应")],
)
def test_levels(level: str, zh: str) -> None:
    found = text(response(changes={"level": f"RESPONSE_LEVEL_{level}"}))
    assert zh in found
    assert f"level {level}\n" in found


@pytest.mark.parametrize(
    ("grade", "zh", "en"),
    [
        ("ESPECIALLY_SERIOUS", "，特别重大，", ", especially serious,"),
        ("SERIOUS", "，重大，", ", serious,"),
        ("MAJOR", "，较大，", ", major,"),
        ("ORDINARY", "，一般，", ", ordinary,"),
        ("UNSPECIFIED", "，未定级，", ", not graded,"),
    ],
)
def test_grades(grade: str, zh: str, en: str) -> None:
    found = text(incident(changes={"grade": f"INCIDENT_GRADE_{grade}"} | JUDGED))
    assert zh in found
    assert en in found


@pytest.mark.parametrize(
    ("figure", "zh", "en"),
    [
        ("dead", "死亡 7", "dead 7"),
        ("missing", "失踪 7", "missing 7"),
        ("seriouslyInjured", "重伤 7", "seriously injured 7"),
        ("injured", "受伤 7", " injured 7"),
        ("trapped", "被困 7", "trapped 7"),
        ("evacuated", "转移 7", "evacuated 7"),
    ],
)
def test_figures(figure: str, zh: str, en: str) -> None:
    found = text(incident(changes={"casualties": {figure: 7}}))
    assert found.count(zh) == found.count(en) == 2


def test_declined_by_all() -> None:
    declined = [answer(f"{province}/answer/1", [offer(0)]) for province in ("320000", "330000")]
    found = text(request(), *declined)
    assert "均拒绝" in found
    assert "declined by all" in found


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("310000", "上海", "Shanghai"),
        ("320000", "江苏", "Jiangsu"),
        ("330000", "浙江", "Zhejiang"),
        ("340000", "安徽", "Anhui"),
        ("joint", "联合值班室", "joint duty room"),
    ],
)
def test_participants(code: str, zh: str, en: str) -> None:
    found = text(resource(f"{code}/pumps"))
    assert f"  · {zh}：1条" in found
    assert f"  · {en}: 1 messages" in found


def test_a_capability_of_another_list_goes_by_its_code() -> None:
    other = {"capabilities": [{"scheme": "NIMS", "value": "pump-type-1"}]}
    assert text(resource(changes=other)).count("pump-type-1") == 2


def test_a_source_without_a_figure_is_shown_with_a_dash() -> None:
    found = text(
        shanghai(changes={"casualties": {"dead": 1}}),
        jiangsu(changes={"casualties": {"dead": 3}}),
        incident("340000/flood", FLOOD | north(5) | {"casualties": {}}),
    )
    assert "上海 1（2026-06-01 20:00）; 江苏 3（2026-06-01 20:00）; 安徽 —" in found


def test_reasons_stand_in_the_language_of_their_part() -> None:
    (proposed,) = picture([lacking(), resource()]).proposals
    chinese, english = proposal_text(proposed).split("[Mutual-aid proposal]")
    assert "含集结约351分钟到达" in chinese
    assert "there in 351 min with mobilisation" in english
    assert "mobilisation" not in chinese
    assert "集结" not in english
