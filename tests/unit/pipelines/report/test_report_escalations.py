"""What the report says of what is to be noticed: since when, by which rule, how sure."""

import pytest

from pipelines.report.summary import summary_text
from tests.support.floods import kind
from tests.support.situation import after, incident, picture, response

CHANGES = kind("12D02") | {"title": "泄漏", "casualties": {"dead": 3, "missing": 8}}


@pytest.mark.parametrize(
    "words",
    [
        "泄漏：浙江报死亡 3，已达较大；现未定级（自2026-06-01 20:00；依据 国务院令493号 (2007) Art. 3",
        "泄漏: dead 3 by Zhejiang reach major; it is not graded (since 2026-06-01 20:00; by",
        "泄漏：死亡3人、失踪8人，若均遇难将达重大；现未定级",
        "（已核对原文，推断））",
        "(read in the source, inferred))",
    ],
)
def test_a_higher_grade_is_said(words: str) -> None:
    assert words in summary_text(picture([incident("330000/leak", CHANGES)]).summary)


def test_what_rests_on_no_rule_names_none() -> None:
    told = [response("310000/r", {"level": "RESPONSE_LEVEL_II"}), response("330000/r")]
    text = summary_text(picture(told, after(minutes=1)).summary)
    assert "台风事件：浙江四级响应，相邻上海二级响应（自2026-06-01 20:00）" in text
    assert "beside Shanghai at level II (since 2026-06-01 20:00)" in text
