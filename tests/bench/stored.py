"""Topics that have many records already: what a bridge has delivered and taken in a long time before."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from confluent_kafka import Consumer, Producer, TopicPartition

from schemas.avro.codec import encode
from schemas.catalog import body_of, type_name
from tests.support.bridging import committed
from yrd.exchange.v1.message_pb2 import Draft

EACH_PLACE = 100
"""Records in a transaction of the past, and so for each place that was kept: few, for more places."""
SECONDS = 60.0

Stored = tuple[str, bytes | None, bytes | None]
"""Topic, key, value."""


def fill(brokers: str, id_: str, outbox: str, drafts: Sequence[Draft], count: int) -> None:
    """Adds as many records to the topics of types and to the outbox, and a place for every hundred.

    The outbox's are done: offsets of the bridge's group are behind them.
    """
    place_topic = f"yrd.bridge.{id_}.place"
    [*_, place] = committed(brokers, [place_topic])
    write(brokers, islice(cycle(outward(drafts)), count))
    write(brokers, islice(cycle([(outbox, key(d), encode(d)) for d in drafts]), count))
    write(brokers, [(place_topic, place.key(), place.value())] * (count // EACH_PLACE))
    pass_by(brokers, f"yrd.bridge.{id_}", outbox)


def outward(drafts: Sequence[Draft]) -> list[Stored]:
    """As the bridge makes them, but for their headers."""
    bodies = [(str(type_name(draft)), key(draft), body_of(draft)) for draft in drafts]
    return [(topic, name, encode(body)) for topic, name, body in bodies if body is not None]


def key(draft: Draft) -> bytes:
    """Of its record."""
    return draft.header.entity_id.encode()


def write(brokers: str, records: Iterator[Stored] | Sequence[Stored]) -> None:
    """Acknowledged on return."""
    producer = Producer({"bootstrap.servers": brokers, "compression.type": "lz4", "linger.ms": 50})
    for topic, name, value in records:
        while True:
            try:
                producer.produce(topic, value, name)
                break
            except BufferError:
                producer.poll(1)
    assert producer.flush(SECONDS) == 0


def pass_by(brokers: str, group: str, topic: str) -> None:
    """The group has done all that is in a topic."""
    reader = Consumer({"bootstrap.servers": brokers, "group.id": group})
    try:
        there = [
            TopicPartition(topic, n) for n in reader.list_topics(topic).topics[topic].partitions
        ]
        ends = [(place, reader.get_watermark_offsets(place, SECONDS)) for place in there]
        done = [TopicPartition(topic, p.partition, ends_[1]) for p, ends_ in ends if ends_]
        reader.commit(offsets=done, asynchronous=False)
    finally:
        reader.close()
