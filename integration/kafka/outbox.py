"""The outbox's records in batches, by a consumer of a group: what is given was not taken away meanwhile."""

import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from integration.kafka.connecting import (
    Settings,
    as_ours,
    patiently,
    reader_settings,
    translated,
)
from integration.kafka.drafts import Taken
from integration.kafka.errors import Away

_REBALANCED = (
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError._ASSIGNMENT_LOST,
    KafkaError._MAX_POLL_EXCEEDED,
)
_UNREACHED = (
    KafkaError._TRANSPORT,
    KafkaError._TIMED_OUT,
    KafkaError._RESOLVE,
    KafkaError._ALL_BROKERS_DOWN,
)
NO_TIMESTAMP = 0
ASK_SECONDS = 1.0
ANSWER_SECONDS = 0.001
MOST_AHEAD = 1000
SLICE_BYTES = 256 << 10
"""Of one partition at a time, or one record: it is no limit to a record's size."""


class Outbox:
    """A member of the group. All methods raise Away or Halted."""

    def __init__(
        self, settings: Settings, group: str, topics: Sequence[str], seconds: float
    ) -> None:
        self.era = 0
        """Grows with each change of the group that it notices; what was taken before is not its own."""
        self.away = False
        """No broker answers. It stays a member, and goes on by itself once one does."""
        self._topic, self._seconds = topics[0], seconds
        self._doubtful = self._unanswered = self._settled = False
        self._places: dict[tuple[str, int], TopicPartition] = {}
        """Where it began in each partition that it was given last."""
        self._ahead: list[Taken] = []
        self._answers: list[KafkaError | None] = []
        self._reader = Consumer(
            {
                "session.timeout.ms": 10_000,
                **reader_settings(settings),
                "group.id": group,
                # so that each batch has records of all partitions, which are published side by side
                "fetch.message.max.bytes": SLICE_BYTES,
                "enable.partition.eof": False,
                "error_cb": self._note,
                "on_commit": self._answered,
            }
        )
        self._reader.subscribe(list(topics), on_assign=self._given, on_revoke=self._taken_away)

    def take(self, most: int, seconds: float) -> list[Taken]:
        """Records in order; fewer than `most` if no more come within the time."""
        era, found, self._ahead = self.era, self._ahead, []
        found += self._read(most - len(found), 0 if found else seconds)
        if self._doubtful:
            self._ask()
        if self.era == era:
            return found
        # some may be of partitions that are another's now: they are read again by whoever has them
        self._rewind(found)
        return []

    def commit(self, records: Sequence[Taken]) -> bool:
        """Keeps durably that these are done; False if the group has changed and they come again."""
        self._answers.clear()
        with as_ours():
            self._reader.commit(offsets=behind(records), asynchronous=True)
        self._unanswered = True
        error = self._answer()
        self._unanswered = False
        if error is None or error.code() in _REBALANCED:
            return error is None
        raise translated(error)

    def _answer(self) -> KafkaError | None:
        """What Kafka says to a commit; librdkafka's own wait for it has no end while a broker is silent."""
        era, deadline = self.era, time.monotonic() + self._seconds
        while not self._answers:
            if time.monotonic() > deadline:
                raise Away(f"Kafka did not take the outbox's offsets within {self._seconds:g} s")
            # it comes only to who reads: what is read meanwhile is the first of the next batch
            full = len(self._ahead) >= MOST_AHEAD
            if full:
                self._reader.pause(self._reader.assignment())
            self._ahead += self._read(1, 0)
            if full:
                self._reader.resume(self._reader.assignment())
            if (
                not self._answers
            ):  # who reads on at once has all too soon, and a pause forgets what was fetched
                time.sleep(ANSWER_SECONDS)
        if self.era != era:
            self._rewind(self._ahead)
            self._ahead = []
        return self._answers[0]

    def _answered(self, error: KafkaError | None, places: Sequence[TopicPartition]) -> None:
        errors = [error, *(place.error for place in places)]
        self._answers.append(next((e for e in errors if e is not None), None))

    def _read(self, most: int, seconds: float) -> list[Taken]:
        with as_ours():
            found = self._reader.consume(max(most, 1), seconds)
        return [_taken(record) for record in found if _whole(record)]

    @property
    def membership(self) -> Any:
        """What a transaction needs to commit offsets of the group."""
        return self._reader.consumer_group_metadata()

    def waiting(self) -> int | None:
        """How many records of its partitions have not been taken; None if that is not known yet."""
        if not self._settled:
            return None
        total = 0
        for place in self._reader.position(self._reader.assignment()):
            bounds = self._reader.get_watermark_offsets(place, cached=True)
            if not bounds or bounds[1] < 0:
                return None
            began = self._places.get((place.topic, place.partition), place)
            at = place.offset if place.offset >= 0 else began.offset
            total += bounds[1] - max(at, bounds[0], 0)
        return total

    def close(self) -> None:
        """Leaves the group; what was not committed comes again.

        Where Kafka is silent it is dropped: leaving would wait for an answer, too. The group notices.
        """
        if not (self.away or self._unanswered):
            self._reader.close()
        del self._reader

    def _rewind(self, records: Sequence[Taken]) -> None:
        """Nothing is settled yet since it was given its partitions: all from there on comes again."""
        ours = {(place.topic, place.partition) for place in self._reader.assignment()}
        with as_ours():
            for at in {(record.topic, record.partition) for record in records} & ours:
                self._reader.seek(self._places[at])

    def _note(self, error: KafkaError) -> None:
        self._doubtful = self._doubtful or error.code() in _UNREACHED

    def _ask(self) -> None:
        """Whether any broker answers."""
        try:
            self._reader.list_topics(self._topic, ASK_SECONDS)
            self.away = False
        except KafkaException:
            self.away = True
        self._doubtful = self.away

    def _given(self, reader: Consumer, partitions: list[TopicPartition]) -> None:
        """Goes on behind what is committed. A transaction that is open is waited for: its end decides.

        librdkafka waits by itself, too, but begins at the topic's start if the group changes meanwhile.
        """
        self.era += 1
        places = patiently(partial(_committed, reader, partitions), self._seconds)
        for place in places:
            if place.offset < 0:
                place.offset = OFFSET_BEGINNING
        self._places = {(place.topic, place.partition): place for place in places}
        reader.assign(places)
        self._settled = True

    def _taken_away(self, _reader: object, _partitions: object) -> None:
        self.era += 1
        self._settled = False


def _committed(reader: Consumer, partitions: list[TopicPartition]) -> list[TopicPartition]:
    """Raises Away while it is not certain what is committed, or Halted."""
    if not partitions:
        return []
    with as_ours():
        found = reader.committed(partitions, ASK_SECONDS)
    for place in found:
        if place.error is not None:
            raise translated(place.error)
    return found


def behind(records: Sequence[Taken]) -> list[TopicPartition]:
    """The offsets to go on from once these are done."""
    last = {(record.topic, record.partition): record.offset for record in records}
    return [TopicPartition(topic, number, offset + 1) for (topic, number), offset in last.items()]


def _whole(record: Message) -> bool:
    """False for an error that passes by itself. Raises Away or Halted for any other."""
    error = record.error()
    if error is not None and not error.retriable() and error.code() not in _REBALANCED:
        raise translated(error)
    return error is None


def _taken(record: Message) -> Taken:
    topic, partition, offset = record.topic(), record.partition(), record.offset()
    if topic is None or partition is None or offset is None:
        raise ValueError("a record without a position")
    at_ms = max(record.timestamp()[1], NO_TIMESTAMP)
    headers = [(str(name), value) for name, value in list(record.headers() or [])]
    return Taken(topic, partition, offset, at_ms, record.key(), record.value(), headers)
