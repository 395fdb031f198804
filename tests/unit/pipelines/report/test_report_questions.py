"""Questions about the data in reports: how many of each kind to whom, then the newest of them."""

from pipelines.facts.questions import MOST_LISTED
from pipelines.questions.kinds import kind_of, kinds
from pipelines.report.summary import summary_text
from tests.support.builders import NOW
from tests.support.situation import after, incident, picture, request
from yrd.exchange.v1.message_pb2 import Message


def ahead(number: int = 1) -> Message:
    return request(f"320000/request/{number}", told=after(days=400), sealed=NOW)


def section(*told: Message) -> tuple[list[str], list[str]]:
    """Lines of the section, Chinese and English, below its heading."""
    chinese, english = summary_text(picture(told).summary).split("\n\n")
    return (
        chinese.split("\n数据疑问\n")[1].splitlines(),
        english.split("\nQuestions about the data\n")[1].splitlines(),
    )


def test_a_question_names_participant_kind_message_and_field() -> None:
    message_id = ahead().header.message_id
    chinese, english = section(incident(), ahead())
    where = f"{message_id} header.occurred_time"
    assert chinese == [
        "  · 江苏 时间超前：1项",
        f"  ·     时间晚于当前时间，请更正（{where}）",
    ]
    assert english == [
        "  · Jiangsu, time ahead: 1",
        f"  ·     this time lies in the future: correct it ({where})",
    ]


def test_more_than_are_listed_are_counted() -> None:
    chinese, english = section(*(ahead(n) for n in range(MOST_LISTED + 3)))
    assert chinese[0] == "  · 江苏 时间超前：23项，列出最新20项"
    assert english[0] == "  · Jiangsu, time ahead: 23, the newest 20 listed"
    assert len(chinese) == len(english) == MOST_LISTED + 1


def test_a_kind_that_no_table_has_goes_by_its_name() -> None:
    assert kind_of("new_kind")[:2] == ("new_kind", "new_kind")


def test_every_kind_has_both_names() -> None:
    assert all(kind.name_zh and kind.name_en for kind in kinds().values())
    assert list(kinds()) == sorted(kinds())
