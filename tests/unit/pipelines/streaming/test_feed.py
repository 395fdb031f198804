"""A record of the feed: all of it folded by scope, nothing dropped, nothing personal kept."""

from collections.abc import Iterable

from hypothesis import given

from pipelines.facts.state import fold
from pipelines.facts.taking_in import forget_people
from pipelines.running.sayings import is_said
from pipelines.streaming.reading import Told, read_feed, said_in, states_in
from tests.support.generated import canonical, histories
from tests.support.situation import exercise, incident, lacking, picture
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse


def record(messages: Iterable[Message]) -> bytes:
    return SubscribeResponse(messages=messages).SerializeToString()


def states(told: dict[str, Told]) -> dict[str, bytes]:
    return {key: data for items in told.values() for key, data in states_in(items)}


@given(histories)
def test_it_says_what_folding_says(history: list[Message]) -> None:
    told, rejected = read_feed(record(history))
    shown = [message for message in history if message.WhichOneof("body") and not is_said(message)]
    for message in shown:
        forget_people(message)
    assert states(told) == {key.text(): data for key, data in canonical(fold(shown)).items()}
    assert len(rejected) == sum(message.WhichOneof("body") is None for message in history)


def test_scopes_are_apart() -> None:
    told, _ = read_feed(record([incident(), incident(**exercise("a")), lacking(**exercise("b"))]))
    assert set(told) == {"actual", "exercise/a", "exercise/b"}


def test_what_was_said_about_a_picture_comes_along() -> None:
    view = Message(situation_summary=picture([incident()]).summary)
    view.header.mode = incident().header.mode
    told, _ = read_feed(record([incident(), view]))
    assert [m.situation_summary for m in said_in(told["actual"])] == [view.situation_summary]


def test_nothing_personal_is_kept() -> None:
    told, _ = read_feed(record([incident()]))
    assert "张三".encode() in incident().SerializeToString()
    assert not any("张三".encode() in data for data in states(told).values())


def test_garbage_is_given_back() -> None:
    told, ((data, reason),) = read_feed(b"\xff\xff")
    assert (told, data) == ({}, b"\xff\xff")
    assert "SubscribeResponse" in reason
