"""In: drafts of a province's systems, from Kafka to the gateway, each published once.

Offsets are committed only after the gateway's acknowledgement. What comes again after a failure has the
same message_id, and the gateway answers it as it did before. Dead letters and the offsets behind them are
one transaction.
"""

import logging
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from client import ExchangeClient, connect
from integration.kafka.care import Care
from integration.kafka.config import BridgeConfig
from integration.kafka.connecting import client_settings
from integration.kafka.dead_letters import Refusal, dead_letter
from integration.kafka.drafts import Reading, Taken
from integration.kafka.encoding import framing_of
from integration.kafka.lanes import Lanes, Publishing
from integration.kafka.metrics import Meter
from integration.kafka.outbox import Outbox, behind
from integration.kafka.publishing import Publisher
from integration.kafka.records import Record
from integration.kafka.sessions import again_and_again
from integration.kafka.transactions import RecordsTooLarge, Transactions

WAIT_SECONDS = 0.1
MOST_BEGUN = 3
"""Batches on their way at once: a partition may be waited for, and others have work."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one era of the group, and their drafts on their way."""

    records: Sequence[Taken]
    publishing: Publishing
    era: int


def reading(config: BridgeConfig) -> Reading:
    """How this bridge reads records. Raises Halted."""
    return Reading(
        framing_of(config.registry) if config.registry else None,
        frozenset(config.registry),
        config.outbox.message_id,
        config.max_record_bytes,
    )


def run(config: BridgeConfig, meter: Meter, stop: threading.Event) -> None:
    """Until told to stop. Raises Halted."""
    made, care = reading(config), Care()

    def session() -> None:
        with _session(config, made, care, meter) as begun:
            while not stop.is_set():
                begun.step()
            begun.finish()

    again_and_again(session, meter, stop)


class Session:
    """From one beginning to the first failure. Batches are read while those before are published."""

    def __init__(
        self,
        config: BridgeConfig,
        made: Reading,
        outbox: Outbox,
        transactions: Transactions,
        lanes: Lanes,
        care: Care,
        meter: Meter,
    ) -> None:
        self._config, self._reading, self._outbox = config, made, outbox
        self._transactions, self._lanes = transactions, lanes
        self._care, self._meter = care, meter
        self._begun: deque[Batch] = deque()
        self._away = False

    def step(self) -> None:
        """Takes a batch and has it published; settles those that are answered, in order."""
        records = self._outbox.take(self._config.outbox.batch_records, WAIT_SECONDS)
        if records:
            read = self._reading.drafts(records)
            publishing = self._lanes.publish(records, read)
            self._begun.append(Batch(records, publishing, self._outbox.era))
        while len(self._begun) > (MOST_BEGUN if records else 0) or self._may_settle():
            self._settle(self._begun.popleft())
        self._tell()

    def _may_settle(self) -> bool:
        """Only while the gateway has work: settling takes as long as Kafka likes."""
        return len(self._begun) > 1 and self._begun[0].publishing.answered()

    def _tell(self) -> None:
        waiting = self._outbox.waiting()
        if waiting is not None:
            self._meter.behind_records(waiting + sum(len(batch.records) for batch in self._begun))
        if self._outbox.away != self._away:
            self._away = self._outbox.away
            if self._away:
                self._meter.waits()
                logger.warning("bridge_waits", extra={"reason": "no broker of Kafka answers"})
            else:
                self._meter.begins()
                logger.info("bridge_goes_on")
        if self._begun:
            self._meter.behind_since(self._begun[0].records[0].at_ms / 1000)
        elif waiting == 0 and not self._away:
            self._meter.behind_since(None)

    def finish(self) -> None:
        """Settles what is being published."""
        while self._begun:
            self._settle(self._begun.popleft())

    def _settle(self, batch: Batch) -> None:
        refused = batch.publishing.refusals()
        # of an earlier era, its records come again, to whoever has them now
        if batch.era == self._outbox.era and self._settled(batch.records, refused):
            reasons = [why.reason for why in refused if why is not None]
            self._meter.moved(len(batch.records), reasons)

    def _settled(self, records: Sequence[Taken], refused: Sequence[Refusal | None]) -> bool:
        """Makes dead letters and offsets durable; False if the group has changed."""
        if not any(refused):
            return self._outbox.commit(records)
        most = 0 if self._care.apart else self._config.max_record_bytes
        dead = self._dead(records, refused, most)
        try:
            self._transactions.commit(dead, behind(records), self._outbox.membership)
        except RecordsTooLarge as error:  # without their values they will be small
            self._care.note(error.records)
            raise
        self._care.through()
        return True

    def _dead(
        self, records: Sequence[Taken], refused: Sequence[Refusal | None], most: int
    ) -> list[Record]:
        found = zip(records, refused, strict=True)
        topic = self._config.dead_in
        return [dead_letter(topic, record.original, why, most) for record, why in found if why]


@contextmanager
def _session(config: BridgeConfig, made: Reading, care: Care, meter: Meter) -> Iterator[Session]:
    settings, seconds, gateway = client_settings(config), config.deadline_seconds, config.gateway
    # several may work at once: what keeps them apart is their membership in the group
    transactions = Transactions(settings, f"{config.group}.in.{uuid.uuid4()}", seconds)
    channel = connect(gateway.address, gateway.ca, gateway.certificate, gateway.key)
    outbox = Outbox(settings, config.group, config.outbox.topics, seconds)
    try:
        with Lanes(Publisher(ExchangeClient(channel), seconds)) as lanes:
            meter.begins()
            logger.info("bridge_begins", extra={"topics": config.outbox.topics})
            yield Session(config, made, outbox, transactions, lanes, care, meter)
    finally:
        outbox.close()
        channel.close()
        transactions.drop()
