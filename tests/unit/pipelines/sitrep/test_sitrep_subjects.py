"""What a report says of storms, isolation zones, readings, earthquakes, needs and the course of help."""

import re

import pytest

from pipelines.sitrep.report import Report, cited, text
from pipelines.sitrep.text import origins
from tests.support.aid_story import released, returned, settlement
from tests.support.reported import COURSE, EVERYTHING, LEAK, NATURE, STORM, TWICE
from tests.support.situation import after, lacking, picture
from yrd.exchange.v1.message_pb2 import Message

HOURS = 4.0


def told(messages: list[Message], hours: float = HOURS) -> tuple[str, str, str]:
    """A first report so many hours after NOW: Chinese and English without marks, and the footnotes."""
    made = Report(1, picture(messages, after(hours=hours)).summary)
    chinese, english, notes = text(made, origins(messages, cited(made))).split("\n\n")
    return bare(chinese), bare(english), notes


def bare(of: str) -> str:
    return re.sub(r"\[[\d,–]+\]", "", of)


def test_a_storm_is_told_with_its_fix_its_forecast_and_whom_its_winds_reach_when() -> None:
    chinese, english, _ = told([STORM])
    assert (
        "台风2106烟花（中央气象台）：2026-06-01 23:00位于北纬29.9、东经122.3，风速38米/秒，气压965百帕"
        in chinese
    )
    assert "所用预报：浙江 2026-06-01 23:00发布，至2026-06-02 11:00" in chinese
    assert "七级风圈已在圈内：宁波市、舟山市" in chinese
    assert "十级风圈（半径沿用实况，推断）到达：嘉兴市4.5至7.0小时后；上海最早5.2小时后" in chinese
    assert (
        "2106 In-Fa (中央气象台): at 2026-06-01 23:00 at 29.9 north, 122.3 east, wind 38 m/s"
        in english
    )
    assert "force ten winds (radius held, inferred), inside in some quadrant: 宁波市" in english


def test_an_isolation_zone_is_told_with_edition_assumptions_and_who_is_inside() -> None:
    chinese, english, notes = told(LEAK)
    assert "chlorine（UN 1017）报警：泄漏" in chinese
    assert "chlorine隔离防护区（UN 1017 Chlorine，泄漏）：隔离600米，防护5,000米（夜间" in chinese
    assert "区内资源：金山学校 0.96公里" in chinese
    assert "vehicles inside: petrol 2.21 km" in english
    assert "表 table ERG 2016, schemas/codes/erg2016_distances.tsv" in notes


def test_who_is_inside_cites_the_message_that_says_where_it_is() -> None:
    _, _, notes = told(LEAK)
    assert all(message.header.message_id in notes for message in (LEAK[-1], LEAK[-2]))


def test_readings_and_earthquakes_are_told_with_trend_and_what_is_reviewed() -> None:
    chinese, english, _ = told(NATURE)
    assert "「太浦河」水位：趋于恶化；超阈值：上海、江苏" in chinese
    assert (
        "「金泽」 3.8m 吴淞高程（2026-06-01 23:55），超警戒值3.5，自2026-06-01 23:00变化+0.2"
        in chinese
    )
    assert "Ms 5 (automatic), depth unknown" in english
    assert "江苏有感，最大烈度4" in chinese
    assert "上海管控：「G15 沈海高速」，上海市" in chinese


def test_a_need_is_told_with_what_covers_it_and_what_is_short() -> None:
    chinese, english, notes = told([lacking(), *COURSE[-1:]])
    assert "上海需要大流量排涝泵车6台：已落实0，本省可用0，各方可调出8，缺口0台" in chinese
    assert "Shanghai needs 6 台 of High-capacity drainage pump: 0 covered" in english
    assert COURSE[-1].header.message_id in notes


def test_an_inferred_need_says_so_and_cites_the_table() -> None:
    grave = lacking(
        wanted=[],
        changes={"grade": "INCIDENT_GRADE_SERIOUS", "gradeBasis": "GRADE_BASIS_JUDGEMENT"},
    )
    chinese, _, notes = told([grave], hours=0)
    assert "（推断）" in chinese
    assert "表 table pipelines/tables/inferred_needs.tsv" in notes


def test_the_course_of_help_is_told_step_by_step_with_lateness_and_what_is_next() -> None:
    chinese, english, notes = told(COURSE)
    assert "承诺有效6台，其中已到场6台" in chinese
    assert (
        "答复2026-06-01 20:20，时限2026-06-01 20:10，晚约10分钟；调度指令2026-06-01 20:30"
        in chinese
    )
    assert "集结2026-06-01 20:50；出发2026-06-01 21:00；到达2026-06-01 23:20" in chinese
    assert "下一步：江苏延期答复，时限2026-06-02 07:30；上海解除，时限不详" in chinese
    assert "the answer on staying longer by Jiangsu, due 2026-06-02 07:30" in english
    assert "表 table pipelines/tables/aid_steps.tsv" in notes


HOME = [
    released(told=after(minutes=240)),
    returned("RETURNED", told=after(minutes=250)),
]
CLAIMED = [*HOME, settlement("320000", "CLAIMED", told=after(minutes=260))]
DISPUTED = [*CLAIMED, settlement("310000", "DISPUTED", told=after(minutes=270))]


@pytest.mark.parametrize(
    ("more", "stage", "step"),
    [
        (HOME[:1], "解除", "江苏归建，时限"),
        (HOME, "归建", "江苏费用申报，时限"),
        (CLAIMED, "已申报费用", "上海支付，时限"),
        (DISPUTED, "费用有异议", "上海支付，时限"),
    ],
)
def test_release_return_and_settlement_are_told(more: list[Message], stage: str, step: str) -> None:
    chinese, _, _ = told([*COURSE, *more], 5)
    assert f"江苏6台：{stage}\n" in chinese
    assert step in chinese


def test_what_silence_hides_of_help_is_said() -> None:
    chinese, _, _ = told(COURSE, 9)
    assert "互助请求：1" in chinese
    assert "对外互助：1" in chinese


def test_a_step_that_is_due_and_not_done_is_told_as_overdue() -> None:
    chinese, english, _ = told(COURSE[:2])
    assert "江苏答复，时限2026-06-01 20:10，已超时约240分钟" in chinese
    assert "the answer by Jiangsu, due 2026-06-01 20:10, OVERDUE by about 240 min" in english


def test_a_double_promise_is_told_with_both_who_were_promised() -> None:
    chinese, english, _ = told([*COURSE, *TWICE])
    assert "重复承诺：江苏 「泵车队」共8台，已承诺11台" in chinese
    assert "PROMISED TWICE: Jiangsu, “泵车队”: 8 台 in all, 11 台 promised" in english
    assert "承诺给上海6台" in chinese
    assert "承诺给浙江5台" in chinese


def test_order_does_not_matter_with_every_subject() -> None:
    assert told(EVERYTHING[::-1]) == told(EVERYTHING)
