"""Publishers and readers of a scene. They go on through every fault, as a province's systems should."""

import time
from collections.abc import Container, Sequence
from random import Random

import grpc

from client import ExchangeClient, ExchangeError, describe
from tests.faults.harness.drafts import Drafts
from tests.faults.harness.entitlement import PARTS, Kind, secret
from tests.faults.harness.gateways import Gateways
from tests.faults.harness.record import Acknowledged, Connection, Delivered, Record, Refusal, Sent
from tests.support.worker import AGAIN, Worker
from yrd.exchange.v1.message_pb2 import Draft, Message, Priority
from yrd.exchange.v1.service_pb2 import PublishResult

URGENT = (Priority.PRIORITY_LIFE_SAFETY, Priority.PRIORITY_URGENT)
CALL_SECONDS = 2.0
"""After which a publisher gives a call up and sends its drafts again."""
GIVEN_UP_ONE_IN = 8
LONGEST_PAUSE_SECONDS = 0.01
PAUSE_SECONDS = 0.05
"""Before another try."""
READ_BATCH = 50
CURSOR = "faults"


class Publishing(Worker):
    """Publishes at one gateway while it is allowed to.

    A batch whose fate is unknown is sent again until it is known, or now and then given up: whether
    such drafts are stored nobody knows, but never twice. Now and then what is known is sent again.
    """

    def __init__(self, gateways: Gateways, name: str, record: Record, chance: Random) -> None:
        super().__init__(f"publisher at {name}")
        self._gateways, self._origin, self._record = gateways, name, record
        self._chance, self._drafts = chance, Drafts(name, chance)
        self._channel: grpc.Channel | None = None
        self._again: list[Draft] = []
        self.allowed = False
        self.largest_batch = 6
        self.lifetimes_seconds: Sequence[float] = (0.0,)
        """One of them by chance is after how long a draft is over, 0: never."""
        self.idle = True
        self._giving_up = False

    def allow(self, *, largest_batch: int = 6) -> None:
        """Lets it publish."""
        with self._record.changed:
            self.largest_batch, self.allowed, self.idle = largest_batch, True, False
            self._giving_up = False
            self._record.changed.notify_all()

    def pause(self, *, give_up: bool = False) -> None:
        """Lets it finish its batch and no more, or give it up."""
        with self._record.changed:
            self.allowed, self._giving_up = False, give_up
            self._record.changed.notify_all()

    def work(self) -> None:
        """Batch after batch."""
        while not self.stopping.is_set():
            with self._record.changed:
                self.idle = not self.allowed
                if not self.allowed:
                    self._record.changed.notify_all()
                    self._record.changed.wait_for(lambda: self.allowed or self.stopping.is_set())
                    continue
            self._batch()
            self.stopping.wait(self._chance.random() * LONGEST_PAUSE_SECONDS)
        self._forget()

    def _batch(self) -> None:
        count = self._chance.randint(1, self.largest_batch)
        waiting = [self._drafts.next(self._expires()) for _ in range(count)]
        if self._again and self._chance.randrange(4) == 0:
            waiting = [*waiting, self._again.pop()]
        while waiting and not self.stopping.is_set():
            waiting = self._send(waiting)
            if self._giving_up or self._chance.randrange(GIVEN_UP_ONE_IN) == 0:
                break
        self._record.batch_done(self._origin)

    def _expires(self) -> float:
        lifetime = self._chance.choice(self.lifetimes_seconds)
        return self._gateways.now() + lifetime if lifetime else 0.0

    def forget(self, message_ids: Container[str]) -> None:
        """Sends none of these again. Only while it is idle."""
        self._again = [d for d in self._again if d.header.message_id not in message_ids]

    def _send(self, drafts: list[Draft]) -> list[Draft]:
        """Those whose fate is not known yet."""
        begun = time.monotonic()
        self._record.sending(self._sent(draft, begun) for draft in drafts)
        if self._channel is None:
            self._channel = self._gateways.connect(self._origin)
        try:
            results = ExchangeClient(self._channel, CALL_SECONDS).publish(drafts)
        except ExchangeError as error:
            self._refused(error, begun)
            self._forget()  # a new channel does not wait before it tries again
            self.stopping.wait(PAUSE_SECONDS)
            return drafts
        again = [d for d, r in zip(drafts, results, strict=True) if not self._settled(d, r, begun)]
        if again:
            self.stopping.wait(PAUSE_SECONDS)
        return again

    def _sent(self, draft: Draft, begun: float) -> Sent:
        kind = Kind(self._origin, draft.WhichOneof("body") or "")
        header = draft.header
        expires = header.expire_time.ToMicroseconds() / 1e6
        return Sent(header.message_id, kind, header.priority in URGENT, begun, expires)

    def _settled(self, draft: Draft, result: PublishResult, begun: float) -> bool:
        if not result.HasField("accepted"):
            self._refused(describe(result.error), begun)
            return False
        accepted = result.accepted
        sealed_us = accepted.sealed_time.ToMicroseconds()
        answer = Acknowledged(accepted.sequence, accepted.leaf_hash, sealed_us)
        self._record.acknowledge(draft.header.message_id, answer)
        self._again = [*self._again[-20:], draft]
        return True

    def _refused(self, error: ExchangeError, begun: float) -> None:
        assert error.code in AGAIN, str(error)
        self._record.refused(
            Refusal(
                self._origin, error.code, error.reason, error.message, error.retry_seconds, begun
            )
        )

    def _forget(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None


class Reading(Worker):
    """A reader with a durable cursor at one gateway: takes note, then acknowledges."""

    def __init__(self, gateways: Gateways, name: str, acknowledged: int = 0) -> None:
        """`acknowledged`: where its cursor stands."""
        super().__init__(f"reader at {name}")
        self._gateways, self._name = gateways, name
        self._call: object | None = None
        self._connections: list[Connection] = []
        self.acknowledged = acknowledged

    def work(self) -> None:
        """Comes back with its cursor after each break."""
        while not self.stopping.is_set():
            channel = self._gateways.connect(self._name)
            try:
                self._read(ExchangeClient(channel, CALL_SECONDS))
            except ExchangeError as error:
                assert error.code in AGAIN, str(error)
                self.stopping.wait(PAUSE_SECONDS)
            finally:
                channel.close()

    def _read(self, client: ExchangeClient) -> None:
        current = Connection(self.acknowledged)
        self._connections.append(current)
        with client.subscribe(cursor=CURSOR, max_batch=READ_BATCH) as batches:
            self._call = batches
            for batch in batches:
                current.deliveries.extend(map(delivered, batch.messages))
                batches.acknowledge(batch.offset)
                self.acknowledged = batch.offset
                if self.stopping.is_set():
                    return

    def take(self) -> list[Connection]:
        """What was given since the last time. Only while nothing comes in."""
        taken = self._connections
        last = taken[-1]
        newest = last.deliveries[-1].offset if last.deliveries else last.behind
        # the thread goes on adding to the list that it has
        fresh = Connection(newest)
        kept, last.deliveries = last.deliveries, fresh.deliveries
        taken[-1] = Connection(last.behind, kept)
        last.behind = newest
        self._connections = [last]
        return taken

    def stop(self) -> None:
        """Ends the stream and the thread."""
        self.stopping.set()
        cancel = getattr(self._call, "cancel", None)
        if cancel is not None:
            cancel()
        self.join(10)


def delivered(message: Message) -> Delivered:
    """What the checker wants to know of it."""
    kind = Kind(message.stamp.origin, message.WhichOneof("body") or "")
    data = message.SerializeToString()
    return Delivered(
        message.receipt.offset,
        message.header.message_id,
        kind,
        message.stamp.sequence,
        message.header.priority in URGENT,
        frozenset(part for part in PARTS if secret(part, kind).encode() in data),
        message.receipt.expired,
    )
