"""The summary's text on help that is under way."""

from pipelines.report.summary import summary_text
from tests.support.aid_story import ordered, schedule
from tests.support.reported import COURSE
from tests.support.situation import after, picture
from yrd.exchange.v1.message_pb2 import Message


def text(told: list[Message], **passed: float) -> str:
    return summary_text(picture(told, after(**passed)).summary)


def test_how_much_is_on_scene_and_what_is_next_is_told() -> None:
    found = text(COURSE, hours=4)
    assert "承诺有效6台，其中已到场6台" in found
    assert "江苏 6台 到达；答复晚了10分钟；下一步：江苏延期答复，时限2026-06-02 07:30" in found
    assert "next: the answer on staying longer by Jiangsu, due 2026-06-02 07:30" in found


def test_on_the_way_nothing_is_on_scene() -> None:
    found = text(COURSE[:7], hours=2)
    assert "江苏 6台 途中" in found
    assert "6 台 promised and standing, 0 台 of it on scene" in found


def test_until_when_it_is_wanted_is_told_while_it_is_out() -> None:
    until = schedule(return_departure=after(hours=20))
    wanted = ordered(line={"requestedSchedule": until}, told=after(minutes=30))
    assert "用至2026-06-02 16:00" in text([*COURSE[:3], wanted, *COURSE[4:]], hours=4)
    assert "用至" not in text([*COURSE[:3], wanted], hours=1)
