"""The source: records, watermarks and marks of some partitions, read by a client that is played."""

import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from pipelines.beam.kafka_source import KafkaTopic, Reader
from pipelines.beam.marks import Mark, Place

NOW_MS = 100_000
IDLE_MS = 2_000
SOURCE = KafkaTopic({"bootstrap.servers": "127.0.0.1:1"}, "feed", IDLE_MS / 1000)


class Record:
    """A record of confluent-kafka, or an event."""

    def __init__(
        self, partition: int, offset: int, at_ms: int, value: bytes | None, error: Any = None
    ) -> None:
        self._all = partition, offset, at_ms, value, error

    def partition(self) -> int:
        return self._all[0]

    def offset(self) -> int:
        return self._all[1]

    def timestamp(self) -> tuple[int, int]:
        return 1, self._all[2]

    def value(self) -> bytes | None:
        return self._all[3]

    def error(self) -> Any:
        return self._all[4]


def end(partition: int) -> Record:
    return Record(partition, -1, -1, None, KafkaError(KafkaError._PARTITION_EOF))


class Played:
    """A client that gives what it was told to; None stands for nothing in time, a number for trouble."""

    def __init__(self, *found: Record | int | None) -> None:
        self.left = list(found)
        self.trouble: Callable[[KafkaError], None] = lambda error: None
        self.assigned: list[list[tuple[int, int]]] = []
        self.closed = False

    def assign(self, partitions: list[TopicPartition]) -> None:
        self.assigned.append([(place.partition, place.offset) for place in partitions])

    def poll(self, timeout: float) -> Any:
        found = self.left.pop(0) if self.left else None
        if isinstance(found, int):
            self.trouble(KafkaError(found))
            return None
        return found

    def connected(self, trouble: Callable[[KafkaError], None]) -> "Played":
        self.trouble = trouble
        return self

    def close(self) -> None:
        self.closed = True


def reader(
    client: Played, partitions: Iterable[int] = (0,), mark: Mark | None = None, **changes: Any
) -> Reader:
    return Reader(
        client.connected, replace(SOURCE, **changes), list(partitions), mark, lambda: NOW_MS
    )


def ms(at: int) -> Timestamp:
    return Timestamp(micros=at * 1000)


def test_records_in_order_then_nothing() -> None:
    client = Played(Record(0, 0, 10, b"a"), Record(0, 1, 20, b"b"), None)
    read = reader(client)
    assert read.start()
    assert (read.get_current(), read.get_current_timestamp()) == (b"a", ms(10))
    assert read.advance()
    assert (read.get_current(), read.get_current_timestamp()) == (b"b", ms(20))
    assert read.get_watermark() == ms(20)
    assert not read.advance()
    assert read.get_watermark() == ms(20)  # it is not known to be the end
    assert client.assigned == [[(0, 0)]]


def test_an_idle_partition_moves_on_by_itself() -> None:
    read = reader(Played(Record(0, 0, 10, b"a"), end(0)))
    assert read.start()
    assert not read.advance()
    assert read.get_watermark() == ms(NOW_MS - IDLE_MS)


def test_the_partition_that_is_behind_holds_the_watermark() -> None:
    read = reader(Played(Record(1, 0, 70, b"a"), end(1), Record(0, 0, 10, b"b")), (0, 1))
    assert read.start()
    assert read.get_watermark() == ms(0)
    assert read.advance()
    assert read.get_watermark() == ms(10)


def test_a_silent_partition_delays_nobody() -> None:
    read = reader(Played(end(1), Record(0, 0, NOW_MS - 1, b"b"), end(0)), (0, 1))
    assert read.start()
    assert not read.advance()
    assert read.get_watermark() == ms(NOW_MS - IDLE_MS)


def test_what_is_late_is_never_behind_the_watermark() -> None:
    read = reader(Played(end(0), None, Record(0, 0, 10, b"late")))
    assert not read.start()
    assert read.advance()
    assert read.get_current_timestamp() == ms(NOW_MS - IDLE_MS)


def test_it_goes_on_behind_a_mark_with_another_client() -> None:
    first = reader(Played(Record(0, 4, 10, b"a"), Record(1, 0, 30, b"b")), (0, 1))
    assert first.start()
    assert first.advance()
    coder = SOURCE.get_checkpoint_mark_coder()
    mark = coder.decode(coder.encode(first.get_checkpoint_mark()))
    client = Played(Record(0, 5, 5, b"c"))
    second = reader(client, (0, 1), mark)
    assert second.start()
    assert client.assigned == [[(0, 5), (1, 1)]]
    assert second.get_current_timestamp() == ms(10)  # as high as it had come


def test_a_mark_does_not_move_with_its_reader() -> None:
    read = reader(Played(Record(0, 0, 10, b"a"), Record(0, 1, 20, b"b")))
    assert read.start()
    mark = read.get_checkpoint_mark()
    assert read.advance()
    assert mark.places == {0: Place(1, 10)}


def test_nothing_is_idle_while_the_broker_is_away() -> None:
    away = KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN
    client = Played(Record(0, 0, 10, b"a"), end(0), *away)
    read = reader(client)
    assert read.start()
    assert not read.advance()
    assert not read.advance()
    assert read.get_watermark() == ms(10)
    assert client.assigned == [[(0, 0)], [(0, 1)]]  # begun anew, the end is told again
    client.left = [end(0), *away]
    assert not read.advance()
    assert not read.advance()
    assert client.assigned[2:] == [[(0, 1)]]


def test_what_waiting_does_not_mend_ends_it() -> None:
    refused = KafkaError.TOPIC_AUTHORIZATION_FAILED
    for found in (refused, Record(0, -1, -1, None, KafkaError(refused))):
        with pytest.raises(KafkaException, match="authorization"):
            reader(Played(found)).start()


def test_a_record_without_a_value_is_passed_over() -> None:
    read = reader(Played(Record(0, 0, 10, None), Record(0, 1, 20, b"b")))
    assert read.start()
    assert read.get_current() == b"b"
    assert read.get_checkpoint_mark().places == {0: Place(2, 20)}


def test_read_to_the_end_it_is_done() -> None:
    read = reader(Played(Record(0, 0, 10, b"a"), end(0), None, end(1)), (0, 1), to_end=True)
    assert read.start()
    assert not read.advance()
    assert read.get_watermark() < MAX_TIMESTAMP
    assert not read.advance()
    assert read.get_watermark() == MAX_TIMESTAMP


def test_closing_closes_the_client() -> None:
    client = Played()
    reader(client).close()
    assert client.closed


def test_partitions_are_shared_out() -> None:
    source = replace(SOURCE, partitions=(0, 1, 2, 3, 4), readers=9)
    assert [part.partitions for part in source.split(20)] == [(0,), (1,), (2,), (3,), (4,)]
    assert [part.partitions for part in source.split(2)] == [(0, 2, 4), (1, 3)]
    assert [part.partitions for part in replace(source, readers=1).split(20)] == [(0, 1, 2, 3, 4)]


def test_a_source_travels() -> None:
    assert pickle.loads(pickle.dumps(SOURCE)) == SOURCE
    assert not SOURCE.is_bounded()
