"""In: drafts of a province's systems, from Kafka to the gateway, each published once.

Offsets are committed only after the gateway's acknowledgement. What comes again after a failure has the
same message_id, and the gateway answers it as it did before. Dead letters and the offsets behind them are
one transaction.
"""

import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from client import ExchangeClient, connect
from integration.kafka.care import Care
from integration.kafka.config import BridgeConfig
from integration.kafka.connecting import client_settings
from integration.kafka.dead_letters import Refusal, dead_letter
from integration.kafka.drafts import Reading, Taken
from integration.kafka.encoding import framing_of
from integration.kafka.metrics import Meter
from integration.kafka.outbox import Outbox, behind
from integration.kafka.publishing import Publisher
from integration.kafka.records import Record
from integration.kafka.sessions import again_and_again
from integration.kafka.transactions import RecordsTooLarge, Transactions
from yrd.exchange.v1.message_pb2 import Draft

WAIT_SECONDS = 0.1

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Records, what was read in them, and the answers that are to come, of one era of the group."""

    records: Sequence[Taken]
    read: Sequence[Draft | Refusal]
    published: Future[list[Refusal | None]]
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
    """From one beginning to the first failure. A batch is read while the one before is published."""

    def __init__(
        self,
        config: BridgeConfig,
        made: Reading,
        outbox: Outbox,
        transactions: Transactions,
        publisher: Publisher,
        pool: ThreadPoolExecutor,
        care: Care,
        meter: Meter,
    ) -> None:
        self._config, self._reading, self._outbox = config, made, outbox
        self._transactions, self._publisher, self._pool = transactions, publisher, pool
        self._care, self._meter = care, meter
        self._before: Batch | None = None
        self._away = False

    def step(self) -> None:
        """Takes a batch and has it published; settles the one before."""
        records = self._outbox.take(self._config.outbox.batch_records, WAIT_SECONDS)
        era = self._outbox.era
        read = [self._reading.draft(record) for record in records]
        before, self._before = self._before, None
        answers = before.published.result() if before else []
        if records:  # the gateway has work again before what it has done is settled
            drafts = [draft for draft in read if isinstance(draft, Draft)]
            published = self._pool.submit(self._publisher.publish, drafts)
            self._before = Batch(records, read, published, era)
        if before:
            self._settle(before, answers)
        self._tell(records)

    def _tell(self, taken: Sequence[Taken]) -> None:
        waiting = self._outbox.waiting()
        if waiting is not None:
            self._meter.behind_records(waiting + len(taken))
        if self._outbox.away != self._away:
            self._away = self._outbox.away
            if self._away:
                self._meter.waits()
                logger.warning("bridge_waits", extra={"reason": "no broker of Kafka answers"})
            else:
                self._meter.begins()
                logger.info("bridge_goes_on")
        if taken:
            self._meter.behind_since(taken[0].at_ms / 1000)
        elif waiting == 0 and not self._away:
            self._meter.behind_since(None)

    def finish(self) -> None:
        """Settles the batch that is being published, if there is one."""
        batch, self._before = self._before, None
        if batch:
            self._settle(batch, batch.published.result())

    def _settle(self, batch: Batch, answers: Sequence[Refusal | None]) -> None:
        refused = refusals(batch.read, answers)
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


def refusals(
    read: Sequence[Draft | Refusal], published: Sequence[Refusal | None]
) -> list[Refusal | None]:
    """For each record why it is refused: by us, or by the gateway, which had only the drafts."""
    answers = iter(published)
    return [found if isinstance(found, Refusal) else next(answers) for found in read]


@contextmanager
def _session(config: BridgeConfig, made: Reading, care: Care, meter: Meter) -> Iterator[Session]:
    settings, seconds, gateway = client_settings(config), config.deadline_seconds, config.gateway
    # several may work at once: what keeps them apart is their membership in the group
    transactions = Transactions(settings, f"{config.group}.in.{uuid.uuid4()}", seconds)
    channel = connect(gateway.address, gateway.ca, gateway.certificate, gateway.key)
    outbox = Outbox(settings, config.group, config.outbox.topics, seconds)
    try:
        with ThreadPoolExecutor(1, "publish") as pool:
            publisher = Publisher(ExchangeClient(channel), seconds)
            meter.begins()
            logger.info("bridge_begins", extra={"topics": config.outbox.topics})
            yield Session(config, made, outbox, transactions, publisher, pool, care, meter)
    finally:
        outbox.close()
        channel.close()
        transactions.drop()
