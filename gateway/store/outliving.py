"""Work that goes on when whoever asked for it gives up."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class Outliving:
    """Tasks that nobody cancels: what they have begun must not be left half done. Used from one event
    loop.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, work: Coroutine[Any, Any, Result]) -> "asyncio.Task[Result]":
        """Does it beside whatever else goes on."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Does it and waits for it; cancelled, only the waiting ends."""
        return await asyncio.shield(self.begin(work))

    async def finished(self) -> None:
        """Waits for what is under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
