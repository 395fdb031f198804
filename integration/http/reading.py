"""Messages of one type, read between requests: each request reads only what came since the one before."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime

from client import ExchangeError
from integration.halving import BEYOND, OUT_OF_RANGE, offset_before
from integration.http.upstream import BATCH, Upstream
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import Filter, SubscribeOpen, SubscribeResponse

SECONDS = 30.0
"""How long the gateway may take for the next batch."""


class Reading:
    """Hands each message to `take`. A gateway with another store is read from its beginning: `forget`, first.

    Every request asks the gateway anew, as its own system, so that nobody sees what he may not read.
    """

    def __init__(
        self,
        wanted: Filter,
        take: Callable[[Message], None],
        forget: Callable[[], None],
        seconds: float = SECONDS,
    ) -> None:
        self._wanted, self._take, self._forget = wanted, take, forget
        self._seconds = seconds
        self._offset = 0
        self.lock = asyncio.Lock()
        """Held by who reads, and by who looks at what was taken."""

    async def follow(self, upstream: Upstream, since: datetime | None = None) -> None:
        """Reads what is new; at first what the gateway received since an instant. Raises ExchangeError."""
        try:
            if not self._offset and since is not None:
                self._offset = await self._before(upstream, since)
            await self._follow(upstream)
        except ExchangeError as error:
            if error.reason != OUT_OF_RANGE or not self._offset:
                raise
            self._forget()  # another store: what is known is of the old one
            self._offset = 0 if since is None else await self._before(upstream, since)
            await self._follow(upstream)

    async def _follow(self, upstream: Upstream) -> None:
        opened = SubscribeOpen(
            after_offset=self._offset, filter=self._wanted, max_batch=BATCH, until_caught_up=True
        )
        async with aclosing(self._batches(upstream, opened)) as batches:
            async for batch in batches:
                for message in batch.messages:
                    self._take(message)
                self._offset = batch.offset

    async def _batches(
        self, upstream: Upstream, opened: SubscribeOpen
    ) -> AsyncGenerator[SubscribeResponse, None]:
        """A gateway that says nothing more would hold up all who ask."""
        async with upstream.subscription(opened) as batches:
            while True:
                try:
                    async with asyncio.timeout(self._seconds):
                        batch = await anext(batches, None)
                except TimeoutError:
                    raise ExchangeError("DEADLINE_EXCEEDED", "the gateway stands still") from None
                if batch is None:
                    return
                yield batch

    async def _before(self, upstream: Upstream, since: datetime) -> int:
        search = offset_before(await self._newest(upstream))
        try:
            offset = next(search)
            while True:
                first = await self._first_behind(upstream, offset)
                old = first and received(first[0]) < since
                offset = search.send(first[0].receipt.offset if old else 0)
        except StopIteration as found:
            return int(found.value)

    async def _newest(self, upstream: Upstream) -> int:
        try:
            await self._first_behind(upstream, BEYOND)
        except ExchangeError as error:
            if error.reason != OUT_OF_RANGE:
                raise
            return int(error.metadata["last"])
        return 0

    async def _first_behind(self, upstream: Upstream, offset: int) -> Sequence[Message]:
        opened = SubscribeOpen(
            after_offset=offset, filter=self._wanted, max_batch=1, until_caught_up=True
        )
        async with aclosing(self._batches(upstream, opened)) as batches:
            async for batch in batches:
                if batch.messages:
                    return batch.messages
        return ()


def received(message: Message) -> datetime:
    """When the gateway received it."""
    return datetime.fromisoformat(message.receipt.received_time.ToJsonString())
