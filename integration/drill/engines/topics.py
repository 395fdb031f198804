"""What stands in topics, read as a reader of committed records does."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Self

from confluent_kafka import Consumer, Message, TopicPartition

from integration.drill.setting import DrillError

PATIENCE_SECONDS = 60.0
LOGGER = logging.getLogger("kafka")
_READ = 500


class Reader:
    """Reads topics from their beginnings on; a context manager."""

    def __init__(self, brokers: str, topics: Sequence[str]) -> None:
        self._reader = Consumer(
            {
                "bootstrap.servers": brokers,
                "group.id": "yrd-drill",
                "logger": LOGGER,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "fetch.message.max.bytes": 16 << 20,
            }
        )
        there = self._reader.list_topics(timeout=PATIENCE_SECONDS).topics
        places = [TopicPartition(t, number, 0) for t in topics for number in there[t].partitions]
        self._reader.assign(places)
        self.records: list[Message] = []
        self._given = 0

    def taken(self) -> list[Message]:
        """What was taken since this was asked last."""
        start, self._given = self._given, len(self.records)
        return self.records[start:]

    def look(self, seconds: float = 0.1) -> None:
        """Takes what has come meanwhile. Raises DrillError."""
        for record in self._reader.consume(_READ, seconds):
            error = record.error()
            if error is not None and not error.retriable():
                raise DrillError(f"Kafka says {error.name()}: {error.str()}")
            if error is None:
                self.records.append(record)

    def until(self, enough: Callable[[], bool]) -> bool:
        """Takes until there is enough, and a moment longer, in which more would be too much."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not enough() and time.monotonic() < deadline:
            self.look()
        self.look(0.5)
        return enough()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()


def told(record: Message) -> dict[str, str]:
    """A record's headers."""
    return {
        str(name): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in list(record.headers() or [])
    }
