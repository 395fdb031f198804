"""Kafka's clients, and its errors as ours."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from integration.kafka.config import BridgeConfig
from integration.kafka.errors import Away, BridgeError, Fenced, Halted

Settings = dict[str, Any]
"""Of librdkafka, by its names."""
ROOM = 1 << 16
"""Bytes that headers and framing may take beside a record's value."""
PAUSE_SECONDS = 0.3
LEAST_SILENT_SECONDS = 1.0
"""A fetch without news is answered after half a second."""
Result = TypeVar("Result")
OLDEST = "2.5"
_FENCED = (KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH)
_OLD = (
    KafkaError._UNSUPPORTED_FEATURE,
    KafkaError.UNSUPPORTED_VERSION,
    KafkaError.UNSUPPORTED_FOR_MESSAGE_FORMAT,
)
_MISSING = (KafkaError._UNKNOWN_TOPIC, KafkaError.UNKNOWN_TOPIC_OR_PART)
_FORBIDDEN = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
)
_STRANGERS = (KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError._SSL)


@contextmanager
def as_ours() -> Iterator[None]:
    """Kafka's exceptions inside become ours."""
    try:
        yield
    except KafkaException as error:
        raise translated(error.args[0]) from None


def translated(error: KafkaError) -> BridgeError:
    """What an error means for a bridge."""
    code, words = error.code(), f"Kafka says {error.name()}: {error.str()}"
    if code in _FENCED:
        return Fenced(
            f"{words}: another began with this id, or this one stood still for longer than a "
            "transaction may last"
        )
    if code in _OLD:
        return Halted(
            f"{words}: this broker is too old for transactions of a group: use Kafka {OLDEST} or newer"
        )
    if code in _FORBIDDEN:
        return Halted(f"{words}: give the bridge's user this right (docs/kafka.md lists all)")
    if code in _STRANGERS:
        return Halted(f"{words}: Kafka does not accept who we are: correct login and tls")
    if code in _MISSING:
        return Away(f"{words}: a topic is missing: make it with `yrd bridge kafka init`")
    return Away(words)


def client_settings(config: BridgeConfig) -> Settings:
    """What all of the bridge's clients share."""
    settings: Settings = {
        "bootstrap.servers": config.brokers,
        "client.id": f"yrd-bridge-{config.id}",
        # a broker that is back is found within half a second
        "reconnect.backoff.max.ms": 500,
        # a connection that has fallen silent is given up
        "socket.timeout.ms": int(max(config.deadline_seconds, LEAST_SILENT_SECONDS) * 1000),
        "message.max.bytes": config.max_record_bytes + ROOM,
        "logger": logging.getLogger("kafka"),
        "security.protocol": ("SASL_" if config.login else "")
        + ("SSL" if config.tls else "PLAINTEXT"),
    }
    if config.login:
        settings |= {
            "sasl.mechanism": config.login.mechanism,
            "sasl.username": config.login.username,
            "sasl.password": config.login.password.get_secret_value(),
        }
    if config.tls:
        named = {"ca": "ssl.ca.location", "certificate": "ssl.certificate.location"}
        named["key"] = "ssl.key.location"
        settings |= {named[name]: str(path) for name, path in config.tls if path is not None}
    return settings | config.kafka


def reader_settings(settings: Settings) -> Settings:
    """For a consumer that reads what is committed and says itself how far it came."""
    return {
        **settings,
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "allow.auto.create.topics": False,
        "fetch.message.max.bytes": settings["message.max.bytes"],
    }


def patiently(action: Callable[[], Result], seconds: float) -> Result:
    """Does it again for as long as Kafka is not ready, as it is not just after making a topic.

    Raises Away at the end of the time, or Halted.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except Away:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)


class Admin:
    """Looks at a cluster and makes topics."""

    def __init__(self, settings: Settings, seconds: float) -> None:
        self._worst: list[KafkaError] = []
        self._seconds = seconds
        noted: Settings = settings | {"error_cb": self._note}
        self.client = AdminClient(noted)

    def topics(self) -> dict[str, int]:
        """Names of all topics with their numbers of partitions. Raises Away or Halted."""
        return {name: len(topic.partitions) for name, topic in self._listed().topics.items()}

    def brokers(self) -> list[tuple[str, int]]:
        """Host and port of each broker that is there. Raises Away or Halted."""
        return [(broker.host, broker.port) for broker in self._listed().brokers.values()]

    def _listed(self) -> Any:
        try:
            return self.client.list_topics(timeout=self._seconds)
        except KafkaException as error:
            self.client.poll(0)
            raise translated(next(iter(self._worst), error.args[0])) from None

    def _note(self, error: KafkaError) -> None:
        """Why no broker can be reached comes here, and the call only says that it timed out."""
        if error.code() in _STRANGERS:
            self._worst.append(error)


def length(settings: Settings, topic: str, seconds: float) -> int:
    """Offsets of a topic's partitions that are kept, in all. Raises Away or Halted."""
    reader = Consumer({**settings, "group.id": f"{topic}.length"})
    try:
        with as_ours():
            partitions = reader.list_topics(topic, seconds).topics[topic].partitions
            bounds = [
                reader.get_watermark_offsets(TopicPartition(topic, number), seconds)
                for number in partitions
            ]
    finally:
        reader.close()
    return sum(bound[1] - bound[0] for bound in bounds if bound)
