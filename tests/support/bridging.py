"""A bridge as its users run it, and what a reader of committed records sees in its topics."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import yaml
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._config import AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin._resource import ResourceType

from tests.support.commands import Ran
from tests.support.commands import yrd as here
from tests.support.materials import Materials
from tests.support.processes import end, yrd
from tests.support.waiting import until

SECONDS = 60.0
ALONE = {"partitions": 2, "replication": 1, "min_insync_replicas": 1}
"""Topics on a single broker."""


@dataclass(slots=True)
class Bridge:
    """One bridge's configuration, and the processes that work by it."""

    folder: Path
    brokers: str
    gateway: str
    materials: Materials
    id: str = "310000"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """Its file, written anew."""
        ca, certificate, key = map(str, self.materials.system("310000", "bridge"))
        content: dict[str, Any] = {
            "id": self.id,
            "brokers": self.brokers,
            "gateway": {
                "address": self.gateway,
                "ca": ca,
                "certificate": certificate,
                "key": key,
            },
            "topics": ALONE,
            "deadline_seconds": 8,
        }
        path = self.folder / f"{self.id}.yaml"
        path.write_text(yaml.safe_dump(content | self.more))
        return path

    def command(self, *words: str) -> Ran:
        """Runs `yrd bridge kafka …` to its end in this process."""
        return here("bridge", "kafka", *words, "--config", self.config)

    @contextmanager
    def works(self, direction: str, name: str = "") -> Iterator["Work"]:
        """A process that moves messages until the block ends."""
        output = self.folder / f"{name or direction}.log"
        command = ["bridge", "kafka", direction, "--config", str(self.config)]
        work = Work(yrd(command, output), output)
        try:
            yield work
        finally:
            end(work.process)


@dataclass(slots=True)
class Work:
    """A process of a bridge."""

    process: Any
    output: Path

    def kill(self) -> None:
        """SIGKILL."""
        end(self.process)

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        self.process.terminate()
        return int(self.process.wait(SECONDS))

    def ended(self) -> tuple[int, str]:
        """Its exit status and all that it said, once it has ended by itself."""
        status = int(self.process.wait(SECONDS))
        return status, self.output.read_text(encoding="utf-8")

    def says(self, words: str) -> None:
        """Waits until it has logged this."""
        until(lambda: words in self.output.read_text(encoding="utf-8"), words, SECONDS)


def committed(brokers: str, topics: Sequence[str]) -> list[Message]:
    """All records of these topics up to their ends, as a reader of committed records sees them."""
    reader = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "checker",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "reconnect.backoff.max.ms": 300,
            "fetch.message.max.bytes": 16 << 20,
        }
    )
    found: list[Message] = []
    try:
        there = reader.list_topics(timeout=20).topics
        wanted = [TopicPartition(t, p, 0) for t in topics for p in there[t].partitions]
        reader.assign(wanted)
        left = {(partition.topic, partition.partition) for partition in wanted}
        deadline = time.monotonic() + SECONDS
        while left:
            assert time.monotonic() < deadline, f"no end of {left}"
            for record in reader.consume(1000, 0.1):
                error = record.error()
                if error is None:
                    found.append(record)
                else:
                    assert error.code() == KafkaError._PARTITION_EOF, error
                    left.discard((record.topic(), record.partition()))
    finally:
        reader.close()
    return found


def told(record: Message) -> dict[str, str]:
    """A record's headers."""
    return {
        str(name): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in list(record.headers() or [])
    }


def ids(records: Sequence[Message]) -> list[str]:
    """Which messages they are."""
    return [told(record)["ce_id"] for record in records]


def metric(address: str, name: str, label: str = "") -> float:
    """What a process tells Prometheus: the sum of the samples whose labels hold this."""
    with urlopen(f"http://{address}/metrics", timeout=SECONDS) as answer:
        lines = answer.read().decode().splitlines()
    found = [line for line in lines if line.startswith(f"{name}{{") and label in line]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def arrive(look: Callable[[], list[Message]], count: int) -> list[Message]:
    """Looks until there are at least so many records, and gives them."""

    def enough() -> list[Message]:
        found = look()
        return found if len(found) >= count else []

    return until(enough, f"{count} records", SECONDS)


def produce(brokers: str, topic: str, records: Sequence[tuple[bytes | None, bytes | None]]) -> None:
    """As a province's system does: (key, value), acknowledged on return."""
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "enable.idempotence": True,
            "reconnect.backoff.max.ms": 300,
            "message.max.bytes": 16 << 20,
        }
    )
    for key, value in records:
        producer.produce(topic, value, key)
    assert producer.flush(SECONDS) == 0


def alter(brokers: str, name: str, key: str, value: str) -> None:
    """Changes a topic's setting, as another team does."""
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": brokers})
    admin.incremental_alter_configs([resource])[resource].result(20)
