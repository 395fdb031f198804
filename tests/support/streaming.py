"""A streaming Beam job on Prism, as its users run it, and what goes in and comes out."""

import os
import signal
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from confluent_kafka import Message as Record
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from integration.kafka.engine_feed import EngineFeed
from schemas.avro.codec import decode
from tests.support.bridging import ALONE, SECONDS, Work, committed
from tests.support.processes import yrd
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

PARTITIONS = 3
FEED = EngineFeed("", ("*",), 1 << 20)


@dataclass(frozen=True, slots=True)
class Streaming:
    """Topics of one test, and the job between them."""

    folder: Path
    brokers: str
    prism: Path
    name: str

    @property
    def feed(self) -> str:
        """What goes in."""
        return f"{self.name}.feed"

    @property
    def rejected(self) -> str:
        """What can't be read."""
        return f"{self.feed}.rejected"

    def make(self, *results: str) -> None:
        """The feed topic, and some for results."""
        topics = [
            NewTopic(name, PARTITIONS, 1, config={"retention.ms": "-1"})
            for name in (self.feed, self.rejected, *results)
        ]
        admin = AdminClient({"bootstrap.servers": self.brokers})
        for future in admin.create_topics(topics).values():
            future.result(SECONDS)

    def tell(self, parts: Iterable[Sequence[Message]]) -> None:
        """Puts each part into the feed as a bridge does that got it as one answer."""
        producer = Producer({"bootstrap.servers": self.brokers, "enable.idempotence": True})
        for part in parts:
            copies = [Message.FromString(message.SerializeToString()) for message in part]
            for record in FEED.records(copies):
                producer.produce(self.feed, record.value, record.key, timestamp=record.at_ms or 0)
        assert producer.flush(SECONDS) == 0

    def heard(self) -> list[tuple[int, Message]]:
        """What stands in the feed, at the instants that count: in a partition time never goes back."""
        newest: defaultdict[int | None, int] = defaultdict(int)
        found: list[tuple[int, Message]] = []
        for record in sorted(committed(self.brokers, [self.feed]), key=_place):
            partition = record.partition()
            newest[partition] = max(newest[partition], record.timestamp()[1])
            answer = SubscribeResponse.FromString(record.value() or b"")
            found += ((newest[partition] * 1000, message) for message in answer.messages)
        return found

    def said(self, results: str) -> list[tuple[int, Draft]]:
        """Ticks and drafts in a topic of results, each partition in order."""
        found: list[tuple[int, Draft]] = []
        for record in sorted(committed(self.brokers, [results]), key=_place):
            draft = decode(record.value() or b"")
            assert isinstance(draft, Draft)
            found.append((record.timestamp()[1] * 1000, draft))
        return found

    @contextmanager
    def job(self, results: str, *words: str) -> Iterator[Work]:
        """The job as a process, until the block ends; then nothing of it is left, Prism neither."""
        output = self.folder / f"{results}.log"
        command = ["pipeline", "submit", "--engine", "beam", "--config", str(self._config(results))]
        prism = ["--runner", "PrismRunner", "--prism_location", str(self.prism)]
        process = yrd([*command, *words, *prism, "--environment_type", "LOOPBACK"], output)
        try:
            yield Work(process, output)
        finally:
            kill(Work(process, output))

    def _config(self, results: str) -> Path:
        path = self.folder / f"{results}.yaml"
        content = {
            "id": self.name,
            "brokers": self.brokers,
            # no gateway takes part
            "gateway": {"address": "127.0.0.1:1", "ca": "ca", "certificate": "c", "key": "k"},
            "out": {"feed": {"topic": self.feed}},
            "outbox": {"topics": [results]},
            "topics": ALONE,
        }
        path.write_text(yaml.safe_dump(content))
        return path


def kill(work: Work) -> None:
    """SIGKILL of the job and all that it has started: Prism outlives its launcher."""
    try:
        os.killpg(work.process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        work.process.wait()


def _place(record: Record) -> tuple[int, int]:
    partition, offset = record.partition(), record.offset()
    assert partition is not None
    assert offset is not None
    return partition, offset
