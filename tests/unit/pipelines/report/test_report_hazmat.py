"""What the text says of dangerous goods on the road, in both languages."""

from datetime import datetime
from pathlib import Path

import pytest

from pipelines.report import hazmat as report_hazmat
from pipelines.report.summary import summary_text
from tests.support.builders import NOW
from tests.support.hazmat import NOON, WIND, handover, leak, moved, tanker
from tests.support.situation import after, picture, text
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1 import hazmat_watch_pb2 as watched


def report(*told: Message, at: datetime = NOW) -> tuple[str, str]:
    chinese, english = summary_text(picture(told, at).summary).split("\n\n")
    return chinese, english


def test_the_isolation_area_of_a_chlorine_tanker() -> None:
    chinese, english = report(tanker(), leak(WIND), at=NOON)
    assert (
        "Chlorine (UN 1017)：泄漏，隔离600米，防护3400米（白天）（ERG 2016，仅供参考，以现场指挥为准）"
        in chinese
    )
    assert "release, isolation 600 m, protection 3400 m (day) (ERG 2016, advisory" in english


def test_what_was_assumed_is_said() -> None:
    chinese, english = report(tanker(), leak())
    assert "风向不详，按全方位；风速不详，取最大值" in chinese
    assert "wind direction unknown: all around; wind speed unknown: the largest" in english


def test_a_substance_without_a_row() -> None:
    goods = {
        "unNumber": "1145",
        "name": "环己烷",
        "division": "3",
        "quantity": {"value": 1, "unit": "t"},
    }
    chinese, english = report(tanker(), leak({"goods": [goods]}))
    assert "UN 1145：泄漏，无距离" in chinese
    assert "no distance" in english


def test_the_next_border_is_expected_not_told() -> None:
    due = {"expectedCrossingTime": text(after(minutes=40))}
    chinese, english = report(tanker(), moved(), handover("NOTICED", changes=due))
    assert "下一省界 上海→浙江，预计2026-06-01 20:40过境（按交接预告）" in chinese
    assert (
        "next border Shanghai–Zhejiang, expected to cross 2026-06-01 20:40 (by the notice)"
        in english
    )
    assert "省界交接 chlorine 上海→浙江：已预告待接收，时限2026-06-01 20:15" in chinese
    assert "noticed, to be answered, due 2026-06-01 20:15" in english


def test_what_is_noticed_is_said_to_be_noticed_here() -> None:
    chinese, english = report(tanker(), moved(changes={"road": "G15", "speedKmh": 95.5}))
    assert "系统发现：超速 G15 95.5 / 80 km/h（2026-06-01 20:00起）" in chinese
    assert "noticed here: too fast G15 95.5 / 80 km/h (since 2026-06-01 20:00)" in english
    assert "在途1车次，需关注1，交接逾期" in chinese


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (report_hazmat.NOTICES, watched.HazmatNoticeKind),
        (report_hazmat.HANDOVERS, watched.HandoverState),
        (report_hazmat.RULES, watched.CrossingRule),
        (report_hazmat.BASES, watched.ZoneBasis),
    ],
)
def test_there_are_words_for_every_kind(words: dict[int, object], kind: object) -> None:
    assert set(words) == set(kind.values()) - {0}  # type: ignore[attr-defined]


def test_there_are_words_for_every_assumption_and_the_guide_names_each() -> None:
    guide = Path(__file__).parents[4].joinpath("docs", "pipelines.md")
    words = guide.read_text(encoding="utf-8")
    assert all(f"`{name}`" in words for name in report_hazmat.ASSUMPTIONS)
