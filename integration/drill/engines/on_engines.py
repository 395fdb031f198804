"""A drill on engines: stores in PostgreSQL, messages through Kafka, pipelines on Flink."""

import logging
import secrets
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from integration.certs import PARTICIPANTS
from integration.drill.engines.bridges import JOINT, Bridges
from integration.drill.engines.carried import flink_line, kafka_line
from integration.drill.engines.databases import Databases
from integration.drill.engines.job import Job
from integration.drill.engines.outbox import Outbox
from integration.drill.engines.places import Addresses, places
from integration.drill.engines.topics import LOGGER
from integration.drill.facts import Check
from integration.drill.observe import Observed
from integration.drill.scenario import Step
from integration.drill.setting import DrillError, published
from integration.kafka.config import load
from integration.stack import prepare
from yrd.exchange.v1.message_pb2 import Draft


class OnEngines:
    """The setting. What it finds running it leaves as it was. `province`: whose drafts come through
    Kafka. Raises DrillError.
    """

    settle_seconds = 180.0

    def __init__(self, folder: Path, province: str, named: Addresses) -> None:
        if (folder / "stack.json").exists():
            raise DrillError(f"--engines: {folder} holds a stack already: name an empty folder")
        LOGGER.setLevel(logging.CRITICAL)  # it says of each broker that is not ready yet
        self._named, self._province, self._running = named, province, ExitStack()
        self._prefix = f"yrd-drill-{secrets.token_hex(4)}"
        with ExitStack() as starting:
            self._places = starting.enter_context(places(named))
            self._databases = Databases(self._places.database, self._prefix, PARTICIPANTS)
            starting.callback(self._leave_databases)
            self.stack = prepare(folder, self._databases.make())
            self._bridges = Bridges(self.stack, self._places.brokers, self._prefix, province)
            starting.callback(self._leave_topics)
            self._job = Job(self._places.cluster, self._places.distribution)
            starting.callback(self._leave_job)
            self._running = starting.pop_all()

    def start(self) -> None:
        """Gateways, bridges, the job."""
        self.stack.start(PARTICIPANTS)
        self._bridges.begin()
        self._job.submit(self._places.brokers, self._bridges.topics)
        self._job.wait()
        made = Outbox(
            self._places.brokers,
            self._bridges.topics.outbox,
            load(self._bridges.province).dead_in,
            self.stack.members[self._province].client(),
        )
        self._outbox = self._running.enter_context(closing(made))

    def publish(self, participant: str, drafts: Sequence[Draft]) -> list[str]:
        """By Kafka for one province, by their gateways for the others."""
        if participant == self._province:
            return self._outbox.publish(drafts)
        return published(self.stack.members[participant].client(), drafts)

    def carried(self, observed: Observed, entries: int) -> list[Check]:
        """What each engine did, with its version."""
        held, places, topics = observed.messages[JOINT], self._places, self._bridges.topics
        stores = f"{entries} entries in the stores of {len(PARTICIPANTS)} gateways"
        dead = self._bridges.dead_topics()
        drafts = f"{self._outbox.told} drafts of {self._province}"
        return [
            Check(f"PostgreSQL {self._databases.version()}", True, stores),
            kafka_line(places.kafka_version, places.brokers, topics, dead, held, drafts),
            flink_line(self._job, places.brokers, topics, held),
        ]

    def stop(self) -> None:
        """The stack first, then what it stood on."""
        self.stack.stop()
        self._running.close()

    def _leave_databases(self) -> None:
        if self._named.postgres:
            with suppress(DrillError):
                self._databases.drop()

    def _leave_topics(self) -> None:
        if self._named.kafka:
            self._bridges.remove()

    def _leave_job(self) -> None:
        if self._named.flink:
            with suppress(OSError):
                self._job.cancel()


def busiest(steps: Sequence[Step]) -> str:
    """The province that tells most."""
    told = Counter(step.participant for step in steps if step.participant != JOINT)
    return max(sorted(told), key=lambda province: told[province])
