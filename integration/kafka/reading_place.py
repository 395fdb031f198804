"""The place that a bridge kept: the last record of its topic."""

from confluent_kafka import Consumer, KafkaError, TopicPartition

from integration.kafka.connecting import Settings, as_ours, reader_settings, translated
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
