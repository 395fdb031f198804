"""Answers a stream of requests in its order while further ones are already being worked on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple

from gateway.server.guard import readable


class _Begun(NamedTuple):
    size: int
    work: "asyncio.Task[Awaitable[Any]]"


async def in_order(
    requests: AsyncIterator[Any],
    start: Callable[[Any], Awaitable[Awaitable[Any]]],
    bytes_in_flight: int,
) -> AsyncIterator[Any]:
    """Starts work for each request in order, and yields the results in order.

    Requests of `bytes_in_flight` together are worked on at once, and always at least one. Raises
    what reading, starting or the work itself raised, after the results before it.
    """
    begun: asyncio.Queue[_Begun | Exception | None] = asyncio.Queue()
    budget, turn = _Budget(bytes_in_flight), asyncio.Lock()

    async def begin(request: Any) -> Awaitable[Any]:
        async with turn:  # fair: in the order of arrival
            return await start(request)

    async def read() -> None:
        try:
            async for request in requests:
                size = readable(request).ByteSize()
                await budget.take(size)
                begun.put_nowait(_Begun(size, asyncio.create_task(begin(request))))
            begun.put_nowait(None)
        except Exception as error:  # noqa: BLE001  # raised again where results are awaited
            begun.put_nowait(error)

    reading = asyncio.create_task(read())
    try:
        while (item := await begun.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield await (await item.work)
            budget.give(item.size)
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


class _Budget:
    """Something that can be used up, by one taker; an empty hand may always take."""

    def __init__(self, whole: int) -> None:
        self._whole, self._taken = whole, 0
        self._given = asyncio.Event()

    async def take(self, amount: int) -> None:
        while self._taken and self._taken + amount > self._whole:
            self._given.clear()
            await self._given.wait()
        self._taken += amount

    def give(self, amount: int) -> None:
        self._taken -= amount
        self._given.set()
