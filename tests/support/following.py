"""A subscriber with a durable cursor, beside the test, and what its cursor promised it."""

from collections.abc import Iterator
from typing import NamedTuple

from client import ExchangeClient, ExchangeError, Subscription
from integration.stack import Member
from tests.support.accounting import receipt_order_problems
from tests.support.readers import news
from tests.support.worker import AGAIN, PAUSE_SECONDS, Worker
from yrd.exchange.v1.message_pb2 import Message

BATCH = 50


class Delivery(NamedTuple):
    """A message as it came in, and on which of the reader's connections."""

    connection: int
    message: Message


class Following(Worker):
    """Takes note, then acknowledges. Comes back with its cursor after each break."""

    def __init__(self, member: Member, cursor: str) -> None:
        super().__init__(f"reader at {member.participant}")
        self._member, self._cursor = member, cursor
        self._subscription: Subscription | None = None
        self._acknowledged = 0
        self._begun: list[int] = []  # what was acknowledged when each connection began
        self.deliveries: list[Delivery] = []

    def work(self) -> None:
        """Until stopped."""
        while not self.stopping.is_set():
            self._begun.append(self._acknowledged)
            try:
                self._read(self._member.client())  # a new one does not wait before it tries again
            except ExchangeError as error:
                assert error.code in AGAIN, str(error)
                self.stopping.wait(PAUSE_SECONDS)

    def _read(self, client: ExchangeClient) -> None:
        with client.subscribe(cursor=self._cursor, max_batch=BATCH) as batches:
            self._subscription = batches
            for batch in batches:
                self.deliveries += [Delivery(len(self._begun), m) for m in news(batch.messages)]
                batches.acknowledge(batch.offset)
                self._acknowledged = batch.offset

    def stop(self) -> None:
        """Ends the stream and the thread."""
        self.stopping.set()
        if self._subscription is not None:
            self._subscription.cancel()
        self.join(10)

    @property
    def is_back(self) -> bool:
        """Whether it has acknowledged something since its connection began."""
        return bool(self._begun) and self._acknowledged > self._begun[-1]

    def seen(self) -> set[str]:
        """Ids of all that came in."""
        return {delivery.message.header.message_id for delivery in list(self.deliveries)}

    def problems(self, due: set[str], *, undisturbed: bool) -> Iterator[str]:
        """What was promised and not kept: behind what it acknowledged, a reader may see messages
        again, and misses none.
        """
        for text in self._problems(due, undisturbed):
            yield f"{self.name} {text}"

    def _problems(self, due: set[str], undisturbed: bool) -> Iterator[str]:
        seen = self.seen()
        yield from (f"never got {message_id}" for message_id in due - seen)
        yield from (f"got {message_id}, which is not due" for message_id in seen - due)
        if undisturbed and len(self.deliveries) != len(due):
            yield f"got {len(self.deliveries)} messages, due {len(due)}, and nothing disturbed it"
        places: dict[int, tuple[str, int]] = {}
        for number, acknowledged in enumerate(self._begun, 1):
            found = [d.message for d in self.deliveries if d.connection == number]
            yield from receipt_order_problems(found)
            if found and found[0].receipt.offset <= acknowledged:
                yield f"got {found[0].receipt.offset} again after acknowledging {acknowledged}"
            for message in found:
                place = (message.stamp.origin, message.stamp.sequence)
                if places.setdefault(message.receipt.offset, place) != place:
                    yield f"found another message at offset {message.receipt.offset} than before"
