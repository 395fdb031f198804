"""What stands in topics before a job begins."""

from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaException, TopicPartition

from pipelines.beam.kafka_source import consumer, partitions_of

SECONDS = 20.0


def last_told_ms(settings: Mapping[str, Any], topic: str) -> int:
    """The newest timestamp of the last records of a topic's partitions, in ms since 1970; 0 if it is empty.

    Raises TopicMissing, or KafkaException if Kafka can't be reached.
    """
    numbers = partitions_of(settings, topic)
    client = consumer(settings)
    try:
        places = [TopicPartition(topic, number) for number in numbers]
        ends = [client.get_watermark_offsets(place, SECONDS) for place in places]
        left = {n: end[1] for n, end in zip(numbers, ends, strict=True) if end[1] > end[0]}
        client.assign([TopicPartition(topic, number, end - 1) for number, end in left.items()])
        newest = 0
        while left:
            found = client.poll(SECONDS)
            if found is None:
                raise KafkaException(f"topic {topic}: no answer within {SECONDS:g} s")
            if found.error() is None:
                newest = max(newest, found.timestamp()[1])
            if (number := found.partition()) is not None:
                left.pop(number, None)
        return newest
    finally:
        client.close()
