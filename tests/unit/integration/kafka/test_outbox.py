"""The outbox when its group changes: it goes on behind what is committed, however it heard of the change."""

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from integration.kafka import connecting, outbox
from integration.kafka.errors import Away
from integration.kafka.outbox import Outbox

TOPIC = "yrd.outbox"


class Reader:
    """Stands for the consumer. `then` is what a reading brings, with a change of the group before."""

    answer: Callable[[KafkaError | None], None]

    def __init__(self) -> None:
        self.places: list[TopicPartition] = []
        self.sought: list[int] = []
        self.committed_now: list[int | KafkaError] = [0]
        self.then: list[tuple[Callable[[], None], list[int]]] = []

    def subscribe(self, _topics: list[str], on_assign: Any, on_revoke: Any) -> None:
        self.change = lambda: on_assign(self, [TopicPartition(TOPIC, 0)])
        self.taken_away = lambda: on_revoke(self, [TopicPartition(TOPIC, 0)])

    def commit(self, **_given: Any) -> None:
        """The answer comes later."""

    def consume(self, _most: int, _seconds: float) -> list[Any]:
        change, offsets = self.then.pop(0) if self.then else (lambda: None, list[int]())
        change()
        return [record(offset) for offset in offsets]

    def committed(self, partitions: list[TopicPartition], _seconds: float) -> list[TopicPartition]:
        now = self.committed_now.pop(0) if len(self.committed_now) > 1 else self.committed_now[0]
        if isinstance(now, KafkaError):
            raise KafkaException(now)
        return [TopicPartition(one.topic, one.partition, now) for one in partitions]

    def assign(self, places: list[TopicPartition]) -> None:
        self.places = places

    def assignment(self) -> list[TopicPartition]:
        return self.places

    def seek(self, place: TopicPartition) -> None:
        self.sought.append(place.offset)


def record(offset: int) -> Any:
    """A record of the topic, as the consumer gives it."""
    told = {"topic": TOPIC, "partition": 0, "offset": offset, "timestamp": (1, 0)}
    told |= {"key": None, "value": b"{}", "headers": None, "error": None}
    return SimpleNamespace(**{name: lambda v=value: v for name, value in told.items()})


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """The consumer that the next outbox has."""
    made = Reader()

    def consumer(settings: dict[str, Any]) -> Reader:
        made.answer = lambda error: settings["on_commit"](error, [])
        return made

    monkeypatch.setattr(outbox, "Consumer", consumer)
    monkeypatch.setattr(connecting, "PAUSE_SECONDS", 0.0)
    return made


def an_outbox(seconds: float = 5.0) -> Outbox:
    return Outbox({"message.max.bytes": 1000}, "group", [TOPIC], seconds)


def test_it_begins_behind_what_is_committed(reader: Reader) -> None:
    box = an_outbox()
    reader.committed_now = [7]
    reader.then = [(reader.change, []), (lambda: None, [7, 8])]
    assert box.take(10, 0) == []
    assert [place.offset for place in reader.places] == [7]
    assert [taken.offset for taken in box.take(10, 0)] == [7, 8]


def test_a_transaction_that_is_open_is_waited_for(reader: Reader) -> None:
    box = an_outbox()
    reader.committed_now = [KafkaError(KafkaError.UNSTABLE_OFFSET_COMMIT), 322]
    reader.then = [(reader.change, [])]
    box.take(10, 0)
    assert [place.offset for place in reader.places] == [322]


def test_without_an_answer_it_begins_nowhere(reader: Reader) -> None:
    box = an_outbox(seconds=0.0)
    reader.committed_now = [KafkaError(KafkaError.UNSTABLE_OFFSET_COMMIT)]
    reader.then = [(reader.change, [])]
    with pytest.raises(Away):
        box.take(10, 0)
    assert reader.places == []


def test_what_was_taken_before_a_change_and_not_settled_comes_again(reader: Reader) -> None:
    box = an_outbox()
    reader.then = [(reader.change, []), (lambda: None, [0, 1]), (reader.change, [2, 3])]
    box.take(10, 0)
    era = box.era
    assert [taken.offset for taken in box.take(10, 0)] == [0, 1]
    assert box.take(10, 0) == [], "these may be another's now"
    assert box.era > era, "whoever holds 0 and 1 does not settle them"
    assert reader.sought == [0], "and so they must come again, not only 2 and 3"


def test_until_a_commit_is_answered_little_is_read(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that is there in hand it would have to pause, and a pause forgets what was fetched."""
    box = an_outbox()
    reader.then = [(reader.change, []), (lambda: None, [0])]
    box.take(10, 0)
    [taken] = box.take(10, 0)
    offsets, turns = itertools.count(1), itertools.count()

    def answered_at_the_fifth(_seconds: float) -> None:
        if next(turns) == 5:
            reader.answer(None)

    monkeypatch.setattr("time.sleep", answered_at_the_fifth)
    monkeypatch.setattr(reader, "consume", lambda *_: [record(next(offsets))])
    assert box.commit([taken])
    assert next(offsets) < 10
