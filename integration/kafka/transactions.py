"""All or nothing: the records of a batch, and the place or the offsets behind them.

A transaction whose end is not known is never repeated blindly: this raises Away, the producer is
dropped, and whoever begins anew first fences what is still open and then reads how far it really came.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Thread
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer, TopicPartition

from integration.kafka.connecting import Settings, translated
from integration.kafka.errors import Away
from integration.kafka.records import Record

FULL_SECONDS = 1.0
Failure = tuple[KafkaError, Any]
"""Of a record, and the record."""


class RecordsTooLarge(Away):
    """A topic does not take at least one of these records; which, only one alone shows."""

    def __init__(self, records: Sequence[tuple[str, bytes | None]]) -> None:
        topics = ", ".join(sorted({topic for topic, _ in records}))
        super().__init__(
            f"{len(records)} records were refused as too large for {topics}: raise max.message.bytes "
            "there, or lower max_record_bytes here"
        )
        self.records = records


class Transactions:
    """A producer with a transactional id: on return no other with that id can commit any more.

    Raises Away, Halted, or Fenced.
    """

    def __init__(self, settings: Settings, transactional_id: str, seconds: float) -> None:
        self._seconds = seconds
        self._failed: list[Failure] = []
        self._producer: Producer = Producer(
            {
                **settings,
                "transactional.id": transactional_id,
                # what the broker waits before it ends the transaction of a bridge that is gone
                "transaction.timeout.ms": int(seconds * 2000),
                "delivery.timeout.ms": int(seconds * 1000),
                "acks": "all",
                "linger.ms": 5,
                "compression.type": "lz4",
                # a key goes to the partition where Java's producers put it
                "partitioner": "murmur2_random",
                "queue.buffering.max.messages": 200_000,
                # a topic that is gone is noticed before its records are given up
                "topic.metadata.propagation.max.ms": int(min(3.0, seconds / 2) * 1000),
                "delivery.report.only.error": True,
                # it must not know us: held in a circle, a dropped producer would live on for a while
                "on_delivery": partial(_note, self._failed),
            }
        )
        try:
            self._producer.init_transactions(seconds)
        except KafkaException as error:
            self.drop()
            raise translated(error.args[0]) from None

    def commit(
        self,
        records: Iterable[Record],
        offsets: Sequence[TopicPartition] = (),
        group: Any = None,
        *,
        apart: bool = False,
    ) -> None:
        """Makes all of them durable. `apart`: each goes to the broker alone.

        Raises Away (RecordsTooLarge is one), Halted or Fenced; then this is of no use any more.
        """
        self._failed.clear()
        try:
            self._producer.begin_transaction()
            for record in records:
                self._produce(record)
                if apart:
                    self._producer.flush(self._seconds)
                if self._failed:
                    break
            if offsets:
                send = self._producer.send_offsets_to_transaction
                _within(self._seconds, lambda: send(list(offsets), group, self._seconds))
            self._producer.commit_transaction(self._seconds)
        except KafkaException as error:
            self._refuse(error.args[0])

    def _produce(self, record: Record) -> None:
        """Waits for room where the queue is full."""
        topic, key, value, headers, at_ms = record
        while True:
            try:
                self._producer.produce(topic, value, key, headers=headers, timestamp=at_ms or 0)
                return
            except BufferError:
                if self._producer.poll(FULL_SECONDS) == 0 and self._failed:
                    return

    def _refuse(self, error: KafkaError) -> None:
        """Raises what stands behind the failure of the transaction."""
        self._producer.poll(0)  # reports of records that failed
        large = [message for cause, message in self._failed if _too_large(cause)]
        if large:
            raise RecordsTooLarge([(message.topic(), message.value()) for message in large])
        # why a record failed says more than that the transaction did; unless it failed in the wake
        causes = [cause for cause, _ in self._failed if not _in_the_wake(cause)]
        raise translated(causes[0] if causes and not error.fatal() else error)

    def drop(self) -> None:
        """Ends it at once; what is open is aborted by the next producer with its id.

        Nothing of it is left on return: it would go on asking for the id, and fence the next one.
        `close` is no way to that: it waits for Kafka.
        """
        self._producer.purge()
        self._producer.poll(0)
        del self._producer


def _within(seconds: float, action: Callable[[], object]) -> None:
    """Gives an action up that librdkafka never ends: its own limit is lost with a broker that is killed.

    The thread stays in it, with its producer, and costs no more than that. Raises Away.
    """
    done: Future[None] = Future()

    def act() -> None:
        try:
            action()
            done.set_result(None)
        except KafkaException as error:
            done.set_exception(error)

    Thread(target=act, name="offsets", daemon=True).start()
    try:
        done.result(seconds + FULL_SECONDS)
    except TimeoutError:
        raise Away(f"Kafka did not take offsets into a transaction within {seconds:g} s") from None


def _note(failed: list[Failure], error: KafkaError | None, message: Any) -> None:
    if error is not None:
        failed.append((error, message))


def _too_large(error: KafkaError) -> bool:
    return bool(error.code() == KafkaError.MSG_SIZE_TOO_LARGE)


def _in_the_wake(error: KafkaError) -> bool:
    return error.code() in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)
