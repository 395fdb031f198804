"""Records to a topic. A bundle that is done again writes again: what must not count twice has an id in it."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import apache_beam as beam
from confluent_kafka import KafkaError, Producer

from pipelines.beam.keeping import Result
from pipelines.facts.taking_in import Rejected
from schemas.avro.codec import encode
from yrd.exchange.v1.message_pb2 import Draft

_PRODUCER = {"enable.idempotence": True, "linger.ms": 5, "delivery.timeout.ms": 60_000}
FLUSH_SECONDS = 90.0
_LOGGER = logging.getLogger("kafka")


class NotDelivered(Exception):
    """Kafka did not take a record. The bundle fails, and whoever runs the job does it again."""


class Record(NamedTuple):
    """What is produced. `at_ms`: milliseconds since 1970; 0 is now."""

    key: bytes
    value: bytes
    at_ms: int = 0


def of_result(result: Result) -> Record:
    """A draft in Avro, by its entity; the timestamp is the tick."""
    at_us, data = result
    draft = Draft.FromString(data)
    return Record(draft.header.entity_id.encode(), encode(draft), at_us // 1000)


def of_rejected(rejected: Rejected) -> Record:
    """What could not be read, by the reason."""
    data, reason = rejected
    return Record(reason.encode(), data)


class WriteRecords(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: what `record_of` makes records of. A bundle is done when Kafka has all of it."""

    def __init__(
        self, settings: Mapping[str, Any], topic: str, record_of: Callable[[Any], Record]
    ) -> None:
        self._settings, self._topic, self._record_of = settings, topic, record_of
        self._producer: Producer | None = None
        self._failed: list[str] = []

    def start_bundle(self) -> None:
        """Nothing has failed yet."""
        self._failed = []

    def process(self, element: Any) -> None:
        """Sends one."""
        if self._producer is None:
            self._producer = Producer({**self._settings, **_PRODUCER, "logger": _LOGGER})
        key, value, at_ms = self._record_of(element)
        self._producer.produce(self._topic, value, key, timestamp=at_ms, on_delivery=self._answered)

    def finish_bundle(self) -> None:
        """Waits until Kafka has them. Raises NotDelivered."""
        left = self._producer.flush(FLUSH_SECONDS) if self._producer else 0
        if left or self._failed:
            reasons = self._failed or [f"no answer within {FLUSH_SECONDS:g} s"]
            raise NotDelivered(
                f"topic {self._topic}: {left + len(self._failed)} records: {reasons[0]}"
            )

    def teardown(self) -> None:
        """Disconnects."""
        self._producer = None

    def _answered(self, error: KafkaError | None, _record: object) -> None:
        if error is not None:
            self._failed.append(error.str())
