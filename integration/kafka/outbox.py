"""The outbox's records in batches, by a consumer of a group: what is given was not taken away meanwhile."""

from collections.abc import Sequence
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from integration.kafka.connecting import Settings, as_ours, reader_settings, translated
from integration.kafka.drafts import Taken

_REBALANCED = (
    KafkaError.ILLEGAL_GENERATION,
    KafkaError.UNKNOWN_MEMBER_ID,
    KafkaError.REBALANCE_IN_PROGRESS,
    KafkaError._ASSIGNMENT_LOST,
    KafkaError._MAX_POLL_EXCEEDED,
)
NO_TIMESTAMP = 0


class Outbox:
    """A member of the group. All methods raise Away or Halted."""

    def __init__(self, settings: Settings, group: str, topics: Sequence[str]) -> None:
        self.era = 0
        """Grows with each change of the group that it notices; what was taken before is not its own."""
        self._reader = Consumer(
            {
                "session.timeout.ms": 10_000,
                **reader_settings(settings),
                "group.id": group,
                "enable.partition.eof": False,
            }
        )
        self._reader.subscribe(list(topics), on_assign=self._changed, on_revoke=self._changed)

    def take(self, most: int, seconds: float) -> list[Taken]:
        """Records in order; fewer than `most` if no more come within the time."""
        era = self.era
        with as_ours():
            found = self._reader.consume(most, seconds)
        records = [_taken(record) for record in found if _whole(record)]
        if self.era == era:
            return records
        # some may be of partitions that are another's now: they are read again by whoever has them
        self._rewind(records)
        return []

    def commit(self, records: Sequence[Taken]) -> bool:
        """Keeps durably that these are done; False if the group has changed and they come again."""
        try:
            self._reader.commit(offsets=behind(records), asynchronous=False)
        except KafkaException as error:
            if error.args[0].code() in _REBALANCED:
                return False
            raise translated(error.args[0]) from None
        return True

    @property
    def membership(self) -> Any:
        """What a transaction needs to commit offsets of the group."""
        return self._reader.consumer_group_metadata()

    def waiting(self) -> int:
        """How many records of its partitions have not been taken, as far as is known."""
        total = 0
        for place in self._reader.position(self._reader.assignment()):
            bounds = self._reader.get_watermark_offsets(place, cached=True)
            if bounds and bounds[1] >= 0:
                total += bounds[1] - max(place.offset, bounds[0], 0)
        return total

    def close(self) -> None:
        """Leaves the group; what was not committed comes again."""
        self._reader.close()

    def _rewind(self, records: Sequence[Taken]) -> None:
        ours = {(place.topic, place.partition) for place in self._reader.assignment()}
        first: dict[tuple[str, int], int] = {}
        for record in records:
            at = record.topic, record.partition
            first[at] = min(record.offset, first.get(at, record.offset))
        with as_ours():
            for (topic, partition), offset in first.items():
                if (topic, partition) in ours:
                    self._reader.seek(TopicPartition(topic, partition, offset))

    def _changed(self, _reader: object, _partitions: object) -> None:
        self.era += 1


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
