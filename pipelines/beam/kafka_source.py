"""A Kafka topic as an unbounded source of Beam: values of records, at the instants that they tell of.

Nothing is committed to Kafka: how far it was read stands in the runner's marks, and a job without marks
reads from the beginning.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from apache_beam.coders import BytesCoder
from apache_beam.io.unbounded_source import UnboundedReader, UnboundedSource
from apache_beam.utils.timestamp import MAX_TIMESTAMP, Timestamp
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from pipelines.beam.marks import Mark, MarkCoder, Place

logger = logging.getLogger(__name__)
POLL_SECONDS = 0.02
"""A reader is asked again and again, and must not block."""
METADATA_SECONDS = 20.0
_LOST = (KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT)
_READER = {
    "group.id": "yrd.pipeline",  # a consumer has to have one; no member joins it
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "earliest",
    "allow.auto.create.topics": False,
}


class TopicMissing(Exception):
    """The topic isn't there; the text says what to do."""


class Client(Protocol):
    """What a reader needs of a Kafka consumer."""

    def assign(self, partitions: list[TopicPartition]) -> None:
        """Reads these, from their offsets."""
        ...

    def poll(self, timeout: float) -> Message | None:
        """A record or an event, if one comes within so many seconds."""
        ...

    def close(self) -> None:
        """Ends it."""
        ...


def consumer(
    settings: Mapping[str, Any], trouble: Callable[[KafkaError], None] = lambda error: None
) -> Consumer:
    """A consumer that commits nothing. What concerns no partition goes to `trouble`, while it is polled."""
    more = {"logger": logging.getLogger("kafka"), "error_cb": trouble}
    return Consumer({**settings, **_READER, **more})


def partitions_of(settings: Mapping[str, Any], topic: str) -> list[int]:
    """Numbers of a topic's partitions. Raises TopicMissing, or KafkaException if Kafka can't be reached."""
    client = consumer(settings)
    try:
        found = client.list_topics(topic, METADATA_SECONDS).topics[topic]
    finally:
        client.close()
    if found.error is not None or not found.partitions:
        raise TopicMissing(
            f"topic {topic} is not there: make it (`yrd bridge kafka init`), or name another"
        )
    return sorted(found.partitions)


@dataclass(frozen=True)
class KafkaTopic(UnboundedSource):  # type: ignore[misc]  # Beam has no type hints here
    """Values of a topic's records as bytes.

    `settings` are those of librdkafka, by its names; they travel with the graph. A partition that is read to
    its end is heard up to now, less `idle_seconds`. `readers`: how many read it at most; not every runner
    minds the slowest of several. `to_end`: what stands there now is all, and the source ends. Partitions
    that a topic gets later are not read until the job is started anew.
    """

    settings: Mapping[str, Any]
    topic: str
    idle_seconds: float = 2.0
    readers: int = 1
    to_end: bool = False
    partitions: tuple[int, ...] = ()
    """Empty: all."""

    def split(self, desired_num_splits: int, options: Any = None) -> Iterable["KafkaTopic"]:
        """A source for each reader, with its share of the partitions."""
        all_ = self.partitions or tuple(partitions_of(self.settings, self.topic))
        count = min(len(all_), self.readers, max(1, desired_num_splits))
        return [replace(self, partitions=all_[number::count]) for number in range(count)]

    def create_reader(self, options: Any, checkpoint_mark: Mark | None) -> "Reader":
        """Goes on behind a mark."""
        all_ = self.partitions or partitions_of(self.settings, self.topic)
        connect = partial(consumer, self.settings)
        return Reader(connect, self, all_, checkpoint_mark, _now_ms)

    def get_checkpoint_mark_coder(self) -> MarkCoder:
        """For marks."""
        return MarkCoder()

    def default_output_coder(self) -> BytesCoder:
        """For values."""
        return BytesCoder()


class Reader(UnboundedReader):  # type: ignore[misc]  # Beam has no type hints here
    """Reads some partitions of a topic."""

    def __init__(
        self,
        connect: Callable[[Callable[[KafkaError], None]], Client],
        source: KafkaTopic,
        partitions: Sequence[int],
        mark: Mark | None,
        now_ms: Callable[[], int],
    ) -> None:
        self._client, self._source, self._now_ms = connect(self._note), source, now_ms
        known = mark.places if mark is not None else {}
        self._places = {number: replace(known.get(number, Place())) for number in partitions}
        self._current: tuple[bytes, int] = b"", 0
        self._noted: list[KafkaError] = []
        self._lost = False

    def start(self) -> bool:
        """The first record, if it is there."""
        self._assign()
        return self.advance()

    def advance(self) -> bool:
        """The next record, if it is there."""
        while (found := self._polled()) is not None:
            if self._taken(found):
                return True
        for place in self._places.values():
            place.wait(self._now_ms(), round(self._source.idle_seconds * 1000))
        return False

    def _polled(self) -> Message | None:
        found = self._client.poll(POLL_SECONDS)
        while self._noted:
            self._trouble(self._noted.pop())
        return found

    def _note(self, error: KafkaError) -> None:
        """Kept until the client is done with its call."""
        self._noted.append(error)

    def _taken(self, found: Message) -> bool:
        """Whether it is a record with a value."""
        number, offset, value = found.partition(), found.offset(), found.value()
        if number is None or offset is None:
            raise ValueError("a record without a position")
        error = found.error()
        if error is not None and error.code() != KafkaError._PARTITION_EOF:
            self._trouble(error)
            return False
        self._lost = False
        if error is not None:
            self._places[number].at_end = True
            return False
        told_ms = self._places[number].take(offset, found.timestamp()[1])
        self._current = value or b"", told_ms
        return value is not None

    def _trouble(self, error: KafkaError) -> None:
        """Raises KafkaException for what waiting does not mend."""
        if error.code() not in _LOST and not error.retriable():
            raise KafkaException(error)
        if not self._lost:
            self._lost = True
            logger.warning("feed_lost", extra={"detail": error.str()})
            # whether these are still their ends is not known: begun anew, it is said again
            self._assign()

    def _assign(self) -> None:
        for place in self._places.values():
            place.at_end = False
        topic = self._source.topic
        self._client.assign(
            [TopicPartition(topic, number, place.offset) for number, place in self._places.items()]
        )

    def get_current(self) -> bytes:
        """The record's value."""
        return self._current[0]

    def get_current_timestamp(self) -> Timestamp:
        """When it counts as told."""
        return _timestamp(self._current[1])

    def get_watermark(self) -> Timestamp:
        """Up to when all of its partitions were heard."""
        if self._source.to_end and all(place.at_end for place in self._places.values()):
            return MAX_TIMESTAMP
        return _timestamp(min(place.heard_ms for place in self._places.values()))

    def get_checkpoint_mark(self) -> Mark:
        """Values only."""
        return Mark({number: replace(place) for number, place in self._places.items()})

    def close(self) -> None:
        """Ends its client."""
        self._client.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _timestamp(ms: int) -> Timestamp:
    return Timestamp(micros=ms * 1000)
