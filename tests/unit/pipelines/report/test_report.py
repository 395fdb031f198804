"""Reports in Chinese and English: what is unknown is not zero, silence is said, nobody is named."""

import pytest

from pipelines.report.proposals import proposal_text
from pipelines.report.summary import summary_text
from schemas.codes.tables import capability
from tests.support.bodies import CONTACT
from tests.support.builders import need, place
from tests.support.floods import jiangsu, shanghai
from tests.support.situation import (
    after,
    alert,
    answer,
    control,
    crossing,
    incident,
    lacking,
    offer,
    picture,
    request,
    resource,
    response,
    stock,
    warning,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal

PERSONS = ("张三", "021-55512345", "王五", "021-55500000", "李四", "13800000000", "310000000000")


def report(*told: Message, minutes: float = 0) -> tuple[str, str]:
    """The summary's Chinese and English part."""
    chinese, english = summary_text(picture(told, after(minutes=minutes)).summary).split("\n\n")
    return chinese, english


def proposal(*told: Message) -> str:
    (found,) = picture(told).proposals
    return proposal_text(found)


def line(text: str, words: str) -> str:
    """The one line with these words."""
    (found,) = [x for x in text.splitlines() if words in x]
    return found


def test_chinese_comes_first_and_each_stands_alone() -> None:
    chinese, english = report(shanghai())
    assert chinese.startswith("【联合态势摘要】截至 2026-06-01 20:00（北京时间）")
    assert english.startswith("【Joint situation summary】as of 2026-06-01 20:00 Beijing time")


@pytest.mark.parametrize(("index", "first"), [(0, "数据覆盖"), (1, "Coverage")])
def test_coverage_comes_before_anything_else(index: int, first: str) -> None:
    assert report(shanghai())[index].splitlines()[1] == first


def test_an_unknown_figure_is_not_shown_as_zero() -> None:
    chinese, english = report(incident(changes={"casualties": {"missing": 2}}))
    assert "失踪 2" in line(chinese, "内涝（")
    assert "死亡 " not in chinese
    assert "dead 0" not in english
    assert "死亡人数不详1起" in chinese
    assert "number of dead unknown in 1" in english


def test_a_known_zero_is_shown() -> None:
    chinese, english = report(incident(changes={"casualties": {"dead": 0}}))
    assert "死亡 0" in line(chinese, "内涝（")
    assert "dead 0" in line(english, "sources: Shanghai")


@pytest.mark.parametrize("figures", [{}, None])
def test_without_any_figure_that_is_said(figures: dict[str, int] | None) -> None:
    chinese, english = report(incident(changes={"casualties": figures}))
    assert line(chinese, "内涝（").endswith("人数不详")
    assert line(english, "sources: Shanghai").endswith("figures unknown")


def test_silence_is_shown_and_so_are_those_that_never_spoke() -> None:
    chinese, english = report(shanghai(), minutes=11)
    assert line(chinese, "上海：") == "  · 上海：1条，最近报送2026-06-01 20:00，已静默"
    assert line(english, "Shanghai: ").endswith("last told 2026-06-01 20:00, SILENT since")
    assert line(chinese, "江苏：") == "  · 江苏：从未报送"
    assert line(english, "Jiangsu: ") == "  · Jiangsu: never spoke"


def test_who_has_spoken_of_late_is_not_silent() -> None:
    chinese, english = report(shanghai(), minutes=9)
    assert "静默" not in chinese
    assert "SILENT" not in english


def test_sources_that_differ_are_shown_side_by_side() -> None:
    chinese, english = report(
        shanghai(changes={"casualties": {"dead": 1}}), jiangsu(changes={"casualties": {"dead": 3}})
    )
    assert line(chinese, "来源不一致").endswith(
        "死亡：上海 1（2026-06-01 20:00）; 江苏 3（2026-06-01 20:00）"
    )
    assert line(english, "sources differ").endswith(
        "dead: Shanghai 1 (2026-06-01 20:00); Jiangsu 3 (2026-06-01 20:00)"
    )
    assert "来源：上海、江苏" in chinese


def test_open_and_closed_are_told_apart() -> None:
    closed = incident("330000/a", {"kind": "REPORT_KIND_FINAL", "title": "旧"})
    chinese, english = report(shanghai(), closed)
    assert "共2起，未结1起" in chinese
    assert "2 in all, 1 open" in english
    assert "已结" in line(chinese, "旧（")
    assert "处置中" in line(chinese, "内涝（")


@pytest.mark.parametrize(
    ("told", "zh", "en"),
    [
        (warning(), "上海 台风事件蓝色预警：上海市", "Shanghai 台风事件, blue: 上海市"),
        (response(), "上海 台风事件四级响应", "Shanghai 台风事件, level IV"),
        (
            control(changes={"hazmatOnly": True}),
            "上海 G15 沈海高速 仅危险货物车辆",
            "Shanghai G15 沈海高速 dangerous goods only",
        ),
        (resource(), "江苏 大流量排涝泵车：可调出4台（可用8）", "4 台 to spare of 8"),
        (request(), "上海 请求大流量排涝泵车6台：待答复，已承诺0台", "asks for 6 台"),
    ],
)
def test_each_section_says_what_there_is(told: Message, zh: str, en: str) -> None:
    chinese, english = report(told)
    assert f"  · {zh}" in chinese.splitlines()
    assert en in english


@pytest.mark.parametrize(
    ("offered", "zh", "en"),
    [(2, "部分满足，已承诺2台", "partly covered, 2 offered"), (6, "已满足", "covered, 6 offered")],
)
def test_aid_says_how_far_it_got(offered: float, zh: str, en: str) -> None:
    chinese, english = report(request(), answer(lines=[offer(offered)]))
    assert zh in chinese
    assert en in english


def test_a_trip_says_where_it_is_and_what_is_wrong() -> None:
    told = [waybill(), crossing("310000", "320000"), alert(), control()]
    chinese, english = report(*told)
    assert line(chinese, "UN1203") == "  · 1 UN1203 浦东新区; 310000-320000，报警：泄漏，路线受管控"
    assert line(english, "UN1203").endswith("310000-320000, ALERT: leak, its road is under control")


def test_a_trip_that_was_not_seen_yet_says_so() -> None:
    chinese, english = report(waybill())
    assert "位置不详; 未跨省界" in chinese
    assert "place unknown; no border crossed" in english


def test_an_empty_section_says_none() -> None:
    chinese, english = report()
    assert chinese.count("  · 无") == english.count("  · none") == 13


def test_a_proposal_says_that_people_decide() -> None:
    text = proposal(lacking(), resource(changes=stock(4)))
    assert "受援方：上海（仅供决策，不构成请求）" in text
    assert "for Shanghai (people decide; nothing has been requested)" in text
    assert "需要6台，已落实0，缺口余2" in text
    assert "6 台 needed, 0 found, 2 still unmet" in text
    assert "江苏 泵车队 4台" in text
    assert "Jiangsu 泵车队 4 台" in text


def test_a_proposal_says_what_stands_in_the_way() -> None:
    text = proposal(lacking())
    assert "各方均无此类资源的有效登记" in text
    assert "no participant states a valid resource" in text


def test_a_lender_whose_way_is_unknown_has_no_time_of_arrival() -> None:
    text = proposal(lacking(), resource(changes={"place": place("320000")}))
    assert "到达时间不详" in text
    assert "time of arrival unknown" in text
    assert "0 min" not in text
    assert "0分钟" not in text


def test_a_proposal_that_was_withdrawn_says_so() -> None:
    gone = AidProposal(beneficiary="310000", withdrawn=True)
    assert "已撤回" in proposal_text(gone)
    assert "withdrawn" in proposal_text(gone)
    assert "withdrawn" not in proposal(lacking())


@pytest.mark.parametrize("language", [0, 1])
def test_large_amounts_are_shown_to_the_last_piece(language: int) -> None:
    sandbags = stock(1_234_567, 0, "只")
    assert "1234567" in report(resource(changes=sandbags))[language].replace(",", "")


def test_large_needs_are_shown_to_the_last_piece() -> None:
    wanted = need() | {"quantity": {"value": 1_234_567, "unit": "只"}}
    assert proposal(lacking(wanted=[wanted])).replace(",", "").count("1234567") == 4


def test_no_person_and_no_phone_is_ever_named() -> None:
    story = [
        lacking(),
        resource(changes={"contact": CONTACT}),
        request("330000/request/1", {"contact": CONTACT}),
        answer(changes={"contact": CONTACT}),
        waybill(),
        alert(),
    ]
    given = b"".join(m.SerializeToString() for m in story).decode("utf-8", "replace")
    assert [name for name in PERSONS if name not in given] == []
    found = picture(story)
    text = "".join([summary_text(found.summary), *map(proposal_text, found.proposals)])
    assert [name for name in PERSONS if name in text] == []


def test_a_capability_has_its_name_in_both_languages() -> None:
    found = capability("flood.pump")
    assert found is not None
    chinese, english = report(resource())
    assert found.name_zh in chinese
    assert found.name_en in english
