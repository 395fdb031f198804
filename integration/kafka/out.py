"""Out: what the gateway receives, to Kafka, exactly once for a reader of committed records.

A session fences every earlier one, reads the place that was committed last, and goes on from there.
Whatever fails ends the session, and the next one finds out how far it came: nothing is remembered in
the process that matters.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from client import ExchangeClient, ExchangeError, connect
from integration.kafka.care import Care
from integration.kafka.config import BridgeConfig
from integration.kafka.connecting import client_settings
from integration.kafka.encoding import framing_of, registry, single_object
from integration.kafka.engine_feed import EngineFeed
from integration.kafka.errors import Fenced, Halted
from integration.kafka.feed import Feed, translated
from integration.kafka.holding import Holding
from integration.kafka.metrics import Meter
from integration.kafka.naming import Naming
from integration.kafka.place import Place
from integration.kafka.preparing import TOO_LARGE, Preparing, Step, oversized
from integration.kafka.reading_place import last_place, require_ended
from integration.kafka.records import Record
from integration.kafka.sessions import again_and_again
from integration.kafka.transactions import RecordsTooLarge, Transactions

WAIT_SECONDS = 0.5
APART_MESSAGES = 100
"""In a transaction whose records go to the broker one by one."""
QUIET_SECONDS = 10.0
"""How often the place is kept while there is nothing to deliver."""

logger = logging.getLogger(__name__)


def preparing(config: BridgeConfig) -> Preparing:
    """How this bridge makes records. Raises Halted."""
    framed, feed = config.framing == "registry", config.out.feed
    return Preparing(
        Naming(config.out.topics),
        registry(framing_of(config.registry)) if framed else single_object(),
        config.out.value == "message",
        config.dead_out,
        config.max_record_bytes,
        EngineFeed(feed.topic, feed.types, config.max_record_bytes) if feed else None,
    )


def run(config: BridgeConfig, meter: Meter, stop: threading.Event) -> None:
    """Until told to stop. Raises Halted."""
    made, care, holding = preparing(config), Care(), Holding()

    def session() -> None:
        try:
            with _session(config, made, care, holding, meter) as begun:
                while not stop.is_set():
                    begun.step()
        except Fenced:
            _require_untaken(config, holding, stop)
            raise

    again_and_again(session, meter, stop)


def _require_untaken(config: BridgeConfig, holding: Holding, stop: threading.Event) -> None:
    """Raises Halted if another bridge claims the id within the time that it may take for that; or Away."""
    deadline = time.monotonic() + config.deadline_seconds
    while time.monotonic() < deadline and not stop.is_set():
        if holding.taken(_last_place(config)):
            raise Halted(
                "another bridge with this id has taken over: let one run, or give the other an id of its own"
            )
        stop.wait(WAIT_SECONDS)


class Session:
    """From one beginning to the first failure."""

    def __init__(
        self,
        config: BridgeConfig,
        transactions: Transactions,
        feed: Feed,
        care: Care,
        meter: Meter,
    ) -> None:
        self._config, self._transactions = config, transactions
        self._feed, self._care, self._meter = feed, care, meter
        self._quiet_until = 0.0

    def step(self) -> None:
        """One transaction, if there is anything for it."""
        out = self._config.out
        step = self._feed.gather(_most(self._config, self._care), out.batch_seconds, WAIT_SECONDS)
        if step is None or not (step.records or time.monotonic() > self._quiet_until):
            if self._feed.caught_up:
                self._meter.behind_since(None)
            return  # the place of what the filter left out goes along with the next records
        if step.received_seconds is not None:
            self._meter.behind_since(step.received_seconds)  # should Kafka take long
        self._commit(step)
        self._quiet_until = time.monotonic() + QUIET_SECONDS
        self._meter.moved(len(step.records), step.dead)
        if self._feed.caught_up:
            self._meter.behind_since(None)

    def _commit(self, step: Step) -> None:
        self._put_aside(step)
        records = [*step.records, _record(self._config, step.place)]
        try:
            self._transactions.commit(records, apart=self._care.apart)
        except RecordsTooLarge as error:
            self._care.note(error.records)
            raise
        self._care.through()

    def _put_aside(self, step: Step) -> None:
        """A topic's bound is lower than the one that is configured: dead letters instead."""
        for number, record in enumerate(step.records):
            if self._care.spare(record):
                step.records[number] = oversized(record, self._config.dead_out)
                step.dead.append(TOO_LARGE)


def _most(config: BridgeConfig, care: Care) -> int:
    """Messages in a transaction."""
    most = config.out.batch_messages
    return min(most, APART_MESSAGES) if care.apart else most


def _last_place(config: BridgeConfig) -> Place | None:
    return last_place(client_settings(config), config.place_topic, config.deadline_seconds)


def _record(config: BridgeConfig, place: Place) -> Record:
    return Record(config.place_topic, config.id.encode(), place.to_bytes(), [])


@contextmanager
def _session(
    config: BridgeConfig, made: Preparing, care: Care, holding: Holding, meter: Meter
) -> Iterator[Session]:
    name = f"yrd.bridge.{config.id}.out"
    transactions = Transactions(client_settings(config), name, config.deadline_seconds)
    try:
        require_ended(client_settings(config), config.place_topic, config.deadline_seconds)
        place = _last_place(config)
        if place is None:
            raise Halted(
                f"topic {config.place_topic} has no place: begin with `yrd bridge kafka init`"
            )
        gateway = config.gateway
        channel = connect(gateway.address, gateway.ca, gateway.certificate, gateway.key)
        try:
            client = ExchangeClient(channel)
            require_known(client, place)
            place = holding.claim(place)
            transactions.commit([_record(config, place)])
            logger.info("bridge_begins", extra={"offset": place.offset})
            with Feed(
                client, place, made.apart() if care.apart else made, _most(config, care)
            ) as feed:
                meter.begins()
                yield Session(config, transactions, feed, care, meter)
        finally:
            channel.close()
    finally:
        transactions.drop()


def require_known(client: ExchangeClient, place: Place) -> None:
    """Raises Halted if the gateway gives out other offsets than when this place was kept."""
    if not place.message_id:
        return
    try:
        offset = client.get(place.message_id, place.origin).receipt.offset
    except ExchangeError as error:
        if error.code != "NOT_FOUND":
            raise translated(error) from None
        offset = 0
    if offset != place.message_offset:
        raise Halted(
            f"the gateway has message {place.message_id} of {place.origin} at offset {offset}, the "
            f"bridge delivered it at {place.message_offset}: the gateway's store is another one. Give "
            "the bridge a new id (`yrd bridge kafka init`); readers know repeats by ce_source and ce_id"
        )
