"""A bundle is done when Kafka has all of its records, and fails otherwise."""

from collections.abc import Callable
from typing import Any

import pytest
from confluent_kafka import KafkaError

from pipelines.beam import writing
from pipelines.beam.writing import NotDelivered, WriteRecords, of_rejected, of_result
from schemas.avro.codec import encode
from tests.support.builders import draft

DRAFT = draft(entity="310000/flood/1")
RESULT = 7_000_123, DRAFT.SerializeToString()


class Played:
    """A producer that answers as it was told to: with an error, with none, or not at all."""

    def __init__(self, *answers: KafkaError | None) -> None:
        self.answers, self.sent = list(answers), list[tuple[Any, ...]]()
        self.waiting: list[Callable[[Any, Any], None]] = []

    def produce(
        self, topic: str, value: bytes, key: bytes, timestamp: int, on_delivery: Any
    ) -> None:
        self.sent.append((topic, key, value, timestamp))
        self.waiting.append(on_delivery)

    def flush(self, seconds: float) -> int:
        for answer in self.answers:
            self.waiting.pop(0)(answer, None)
        self.answers = []
        return len(self.waiting)


def bundle(producer: Played, patch: pytest.MonkeyPatch, *elements: Any) -> None:
    patch.setattr(writing, "Producer", lambda settings: producer)
    write = WriteRecords({}, "results", of_result)
    write.start_bundle()
    for element in elements:
        write.process(element)
    write.finish_bundle()
    write.teardown()


def test_a_result_goes_by_its_entity_at_its_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    producer = Played(None)
    bundle(producer, monkeypatch, RESULT)
    assert producer.sent == [("results", b"310000/flood/1", encode(DRAFT), 7_000)]


def test_what_cannot_be_read_goes_by_its_reason() -> None:
    assert of_rejected((b"\xff", "no record")) == (b"no record", b"\xff", 0)


def test_a_record_that_is_refused_fails_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    producer = Played(None, KafkaError(KafkaError.MSG_SIZE_TOO_LARGE))
    with pytest.raises(NotDelivered, match=r"results: 1 records: .*too large"):
        bundle(producer, monkeypatch, RESULT, RESULT)


def test_a_record_without_an_answer_fails_the_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotDelivered, match="2 records: no answer"):
        bundle(Played(), monkeypatch, RESULT, RESULT)


def test_a_bundle_of_nothing_needs_no_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    producer = Played()
    bundle(producer, monkeypatch)
    assert not producer.sent
