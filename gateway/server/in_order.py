"""Answers a stream of requests in its order while further ones are already being worked on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from gateway.memory import give_back
from gateway.server.guard import readable

LARGE_BYTES = 4 << 20
"""Requests that leave holes in memory: ten thousand messages of usual length are less."""
Prepared = TypeVar("Prepared")
Result = TypeVar("Result")


class Budget:
    """Something that can be used up; an empty hand may always take. Shared by a caller's streams."""

    def __init__(self, whole: int) -> None:
        self._whole, self._taken = whole, 0
        self._given = asyncio.Event()

    async def take(self, amount: int) -> None:
        """Waits until there is so much left, or all of it."""
        while self._taken and self._taken + amount > self._whole:
            self._given.clear()
            await self._given.wait()
        self._taken += amount

    def give(self, amount: int) -> None:
        """Gives so much back."""
        self._taken -= amount
        self._given.set()


class _Begun(NamedTuple):
    size: int
    work: "asyncio.Task[Awaitable[Any]]"


async def in_order(
    requests: AsyncIterator[Any],
    prepare: Callable[[Any], Awaitable[Prepared]],
    begin: Callable[[Prepared], Awaitable[Result]],
    budget: Budget,
    ending: "asyncio.Future[Exception]",
) -> AsyncIterator[Result]:
    """Prepares requests side by side, begins them in order, and yields their results in order.

    As many are worked on at once as the budget has bytes for. Raises what reading, preparing,
    beginning or the work itself raised, after the results before it; and what `ending` gives, once it
    does: no request is read from then on.
    """
    begun: asyncio.Queue[_Begun | Exception | None] = asyncio.Queue()
    held = 0

    async def work(request: Any, before: asyncio.Event, after: asyncio.Event) -> Awaitable[Result]:
        try:
            prepared = await prepare(request)
            del request  # megabytes, which wait for the one before
            await before.wait()
            return begin(prepared)
        finally:
            after.set()

    async def read() -> None:
        nonlocal held
        before = asyncio.Event()
        before.set()
        try:
            async for request in requests:
                size = readable(request).ByteSize()
                await budget.take(size)
                held += size
                after = asyncio.Event()
                task = asyncio.create_task(work(request, before, after))
                del request
                task.add_done_callback(_taken_note_of)
                begun.put_nowait(_Begun(size, task))
                before = after
            begun.put_nowait(None)
        except Exception as error:  # noqa: BLE001  # raised again where results are awaited
            begun.put_nowait(error)

    reading = asyncio.create_task(read())

    def end(given: "asyncio.Future[Exception]") -> None:
        reading.cancel()
        begun.put_nowait(given.result())

    ending.add_done_callback(end)
    try:
        while (item := await begun.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield await (await item.work)
            budget.give(item.size)
            held -= item.size
            if item.size >= LARGE_BYTES:
                await asyncio.to_thread(give_back)
    finally:
        ending.remove_done_callback(end)
        budget.give(held)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading


def _taken_note_of(task: "asyncio.Task[Any]") -> None:
    """An error behind the one that ended the stream is nobody's: asyncio need not warn of it."""
    if not task.cancelled():
        task.exception()
