"""The place that a bridge kept: the last record of its topic."""

import time

from confluent_kafka import Consumer, KafkaError, TopicPartition

from integration.kafka.connecting import (
    PAUSE_SECONDS,
    Settings,
    as_ours,
    reader_settings,
    translated,
)
from integration.kafka.errors import Away, Halted
from integration.kafka.place import Place, PlaceError, from_bytes

BACK = 100
"""Offsets to look at first; ten times as many each time that no record is among them."""


def last_place(settings: Settings, topic: str, seconds: float) -> Place | None:
    """What was committed last; None for an empty topic.

    To be asked once no transaction of the bridge can be open. What it costs does not grow with the
    topic. Raises Away or Halted.
    """
    reader = Consumer({**reader_settings(settings), "group.id": topic})
    try:
        with as_ours():
            data = _last_value(reader, topic, seconds)
    finally:
        reader.close()
    try:
        return None if data is None else from_bytes(data)
    except PlaceError as error:
        raise Halted(f"topic {topic}: {error}") from None


def require_ended(settings: Settings, topic: str, seconds: float) -> None:
    """Raises Halted if a transaction in the topic has no end; or Away.

    To be asked once none of the bridge's can be open. Where Kafka lost the end of one, the next one of the
    same producer would end it, and its records would be seen beside those that are delivered again.
    """
    reads = reader_settings(settings)
    deadline = time.monotonic() + seconds
    while True:
        ended = _end(reads, topic, seconds)
        if ended >= _end(reads | {"isolation.level": "read_uncommitted"}, topic, seconds):
            return
        if time.monotonic() > deadline:
            raise Halted(
                f"topic {topic} has a transaction without an end from offset {ended} on: Kafka lost it "
                "when a broker died (KAFKA-20734). Find all of them with `kafka-transactions.sh "
                "find-hanging`, end each with `kafka-transactions.sh abort`, and start the bridge again: it "
                "delivers anew what was in them"
            )
        time.sleep(PAUSE_SECONDS)


def _end(settings: Settings, topic: str, seconds: float) -> int:
    """Behind the last offset that a reader with these settings can see."""
    reader = Consumer({**settings, "group.id": topic})
    try:
        with as_ours():
            bounds = reader.get_watermark_offsets(TopicPartition(topic, 0), seconds)
    finally:
        reader.close()
    if not bounds:
        raise Away(f"Kafka did not say how long topic {topic} is")
    return int(bounds[1])


def _last_value(reader: Consumer, topic: str, seconds: float) -> bytes | None:
    whole = reader.get_watermark_offsets(TopicPartition(topic, 0), seconds)
    if whole is None:
        raise Away(f"Kafka did not say how long topic {topic} is")
    low, high = whole
    back = BACK
    while True:
        start = max(low, high - back)
        reader.assign([TopicPartition(topic, 0, start)])
        found = _to_the_end(reader, topic, seconds)
        if found is not None or start == low:
            return found
        back *= 10


def _to_the_end(reader: Consumer, topic: str, seconds: float) -> bytes | None:
    """The last value from here on."""
    value: bytes | None = None
    while True:
        record = reader.poll(seconds)
        if record is None:
            raise Away(f"Kafka did not give the end of topic {topic} within {seconds:g} s")
        error = record.error()
        if error is None:
            value = record.value()
        elif error.code() == KafkaError._PARTITION_EOF:
            return value
        else:
            raise translated(error)
