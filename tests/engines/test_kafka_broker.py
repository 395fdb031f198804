"""The broker that the tests of the bridge run against: it keeps what it acknowledged over a SIGKILL."""

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from integration.engines.kafka import Broker

Settings = dict[str, str | int | float | bool]


def test_what_was_acknowledged_is_there_after_a_kill(broker: Broker) -> None:
    settings: Settings = {"bootstrap.servers": broker.address, "reconnect.backoff.max.ms": 500}
    admin = AdminClient(settings)
    admin.create_topics([NewTopic("kept", 1, 1)])["kept"].result(20)
    producer = Producer(settings | {"acks": "all"})
    producer.produce("kept", b"value", b"key")
    assert producer.flush(20) == 0

    broker.kill()
    broker.start()
    broker.wait()

    reader = Consumer(settings | {"group.id": "reader", "auto.offset.reset": "earliest"})
    reader.subscribe(["kept"])
    found = reader.consume(1, 20)
    reader.close()
    assert [(record.key(), record.value()) for record in found] == [(b"key", b"value")]
