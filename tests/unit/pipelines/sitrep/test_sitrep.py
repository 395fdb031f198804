"""The situation report: each number has its footnote, and both languages carry the same numbers."""

import re
from typing import Any

import pytest

from pipelines.sitrep.parts import (
    Figure,
    LogSource,
    MessageSource,
    SetSource,
    SummarySource,
    TableSource,
)
from pipelines.sitrep.report import Report, cited, sections, text
from pipelines.sitrep.text import origins
from tests.support.builders import place
from tests.support.floods import jiangsu, shanghai
from tests.support.reported import EVERYTHING
from tests.support.situation import (
    after,
    answer,
    incident,
    offer,
    picture,
    request,
    resource,
    response,
    stock,
    warning,
    waybill,
)
from tests.support.stores import WATER, stocked
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import SituationSummary

MOVED = {"casualties": {"dead": 1, "evacuated": 30}}


def water(number: int) -> Message:
    litres = {"unit": "L", "total": 600, "available": 600}
    return stocked(f"310000/store/{number}", changes={"capabilities": [WATER], "stock": litres})


def negative() -> Message:
    message = resource("320000/pumps/9")
    message.resource_status.stock.available = -3
    return message


SHELTER = {"kind": "RESOURCE_KIND_SHELTER", "stock": stock(600, unit="床")["stock"]}
BEFORE = [
    shanghai(changes=MOVED),
    jiangsu(changes={"casualties": {"dead": 3}}),
    warning(),
    response(),
    request(),
    resource(),
    waybill(),
]
AFTER = [
    *BEFORE,
    shanghai(changes={"casualties": {"dead": 2, "evacuated": 60}}, revision=2),
    incident("330000/flood/9", {"title": "塘坝{险情}", "directLossFen": "1234567"}),
    answer(lines=[offer(2)]),
    resource("320000/shelter/1", SHELTER),
    negative(),
    *map(water, range(9)),
]


def summary(told: list[Message], minutes: float = 0) -> SituationSummary:
    return picture(told, after(minutes=minutes)).summary


def report(number: int = 2) -> Report:
    previous = summary(BEFORE) if number > 1 else None
    return Report(number, summary(AFTER, 11), previous)


def everything() -> Report:
    """Of a picture with something on every subject."""
    return Report(1, summary(EVERYTHING, 240))


REPORTS = pytest.mark.parametrize("made", [report(), everything()], ids=["changes", "everything"])


def written(made: Report) -> tuple[str, str, str]:
    """Chinese, English, footnotes."""
    told = [*AFTER, *EVERYTHING]
    chinese, english, notes = text(made, origins(told, cited(made))).split("\n\n")
    return chinese, english, notes


MARKED = re.compile(r"(\d[\d,.]*(?:-\d\d-\d\d \d\d:\d\d)?)( ?[^\d\[\s，；：（）]*)\[([\d,–]+)\]")


def numbers(of: str) -> list[tuple[str, str]]:
    """Numbers with their marks."""
    return [(found[1], found[3]) for found in MARKED.finditer(of)]


def body(of: str) -> str:
    """Without the heading, and without sentences that have their mark at their end."""
    kept, sentences = [], False
    for line in of.splitlines()[2:]:
        if not line.startswith(" "):
            sentences = line in {"升级提示", "To be noticed"}
            asked = line in {"数据疑问", "Questions about the data"}
        if not sentences and not (asked and line.startswith("      ")):
            kept.append(line)
    return "\n".join(kept)


@REPORTS
@pytest.mark.parametrize("language", [0, 1])
def test_each_number_has_its_footnote(made: Report, language: int) -> None:
    left = MARKED.sub("", body(written(made)[language]))
    left = re.sub(r"\[[\d,–]+\]", "", left)
    assert not re.search(r"\d", left), [x for x in left.splitlines() if re.search(r"\d", x)]


@REPORTS
def test_both_languages_carry_the_same_numbers_with_the_same_marks(made: Report) -> None:
    chinese, english, _ = written(made)
    assert len(numbers(chinese)) > 40
    assert sorted(numbers(body(chinese))) == sorted(numbers(body(english)))


@REPORTS
def test_no_line_writes_a_number_of_its_own_and_no_figure_is_without_a_source(made: Report) -> None:
    for section in sections(made):
        for line in section.lines:
            assert not re.search(r"\d", line.zh + line.en), line
            assert set(re.findall(r"{(\w+)}", line.zh)) == set(re.findall(r"{(\w+)}", line.en))
            assert set(line.parts) == set(re.findall(r"{(\w+)}", line.zh))
            assert all(p.sources for p in line.parts.values() if isinstance(p, Figure)), line


@REPORTS
def test_every_mark_is_explained_and_every_explanation_is_cited(made: Report) -> None:
    chinese, english, notes = written(made)
    explained = {int(n) for n in re.findall(r"^\[(\d+)\] ", notes, re.MULTILINE)}
    used: set[int] = set()
    for marks in re.findall(r"\[([\d,–]+)\]", chinese):
        for run in marks.split(","):
            first, _, last = run.partition("–")
            used |= set(range(int(first), int(last or first) + 1))
    assert used == explained == set(range(1, len(explained) + 1))
    assert english


def test_a_footnote_names_message_participant_and_revision() -> None:
    _, _, notes = written(report())
    newest = AFTER[len(BEFORE)].header
    assert f"{newest.message_id} 上海 Shanghai 第2版 revision 2" in notes


def test_a_message_that_is_not_at_hand_is_said_to_be_so() -> None:
    assert "不在所读文件内 not in the files that were read" in text(report(), {})


def test_the_first_report_and_those_that_follow_are_numbered() -> None:
    first, second = written(report(1)), written(report(2))
    assert "【联合态势报告 首报】截至2026-06-01 20:11" in first[0]
    assert "[Joint situation report, first report] as of 2026-06-01 20:11" in first[1]
    assert "续报第1期" in second[0]
    assert "follow-up 1" in second[1]
    assert "较上期变化" not in first[0]


def test_it_says_that_it_is_a_draft_for_people() -> None:
    chinese, english, _ = written(report(1))
    assert "草稿" in chinese.splitlines()[1]
    assert "须经值班人员核定" in chinese.splitlines()[1]
    assert "Draft" in english.splitlines()[1]


def test_coverage_comes_first_and_says_what_silence_hides() -> None:
    chinese, english, _ = written(report())
    assert chinese.splitlines()[2] == "数据覆盖"
    assert english.splitlines()[2] == "Coverage"
    silent = chinese[chinese.index("上海：自2026-06-01 20:00") :]
    assert "未结事件报告：1" in silent
    assert "资源类别：2" in silent
    assert "安徽：从未报送" in chinese


def test_what_changed_is_told_as_old_and_new() -> None:
    chinese = re.sub(r"\[[\d,–]+\]", "", written(report())[0])
    assert "事件「内涝」死亡：1 → 2" in chinese
    assert "新增事件「塘坝{险情}」" in chinese
    assert "请求已承诺：0 → 2" in chinese
    assert "上海转为静默（最近报送2026-06-01 20:00）" in chinese


def test_unknown_figures_are_not_zero() -> None:
    made = Report(1, summary([incident(changes={"casualties": {"missing": 2}})]))
    chinese = re.sub(r"\[[\d,–]+\]", "", written(made)[0])
    assert "死亡：不详1起" in chinese
    assert "死亡0" not in chinese


def test_needs_shelters_losses_and_questions_are_told() -> None:
    chinese = re.sub(r"\[[\d,–]+\]", "", written(report())[0])
    assert "上海请求大流量排涝泵车6台：部分满足，已承诺2台" in chinese
    assert "可保障60人" in chinese
    assert "江苏避难场所1处：容量600床" in chinese
    assert "直接经济损失12,345.67元" in chinese
    assert "江苏：库存为负 1项" in chinese


def test_a_number_that_rests_on_many_messages_cites_them_as_one_set() -> None:
    found = [s for section in sections(report()) for line in section.lines
             for part in line.parts.values() if isinstance(part, Figure)
             for s in part.sources]  # fmt: skip
    sets = [s for s in found if isinstance(s, SetSource)]
    assert {s.messages for s in sets} == {9}
    assert all(len(s.message_ids) < s.messages and s.digest for s in sets)
    assert {type(s) for s in found} == {
        MessageSource,
        LogSource,
        SetSource,
        SummarySource,
        TableSource,
    }
    assert "9条消息，全部编号之摘要" in written(report())[2]


def test_the_order_in_which_messages_came_does_not_matter() -> None:
    backwards = summary(list(reversed(AFTER)), 11)
    assert text(Report(1, backwards), {}) == text(report(1), {})


@pytest.mark.parametrize("title", ["{", "}", "{0}", "{title}", "%s", "「」"])
def test_whatever_a_title_says_it_is_quoted_as_it_is(title: str) -> None:
    told: dict[str, Any] = {"title": title, "place": place("330100")}
    made = Report(1, summary([incident("330000/flood/9", told)]))
    assert f"「{title}」" in written(made)[0]
