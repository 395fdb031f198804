"""The event loop that asyncpg lives in: a thread of its own, in which any other thread has work done."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from gateway.store.postgres_errors import ERRORS, told

Result = TypeVar("Result")
LAST_MOMENT_SECONDS = 1.0


class Background:
    """Runs coroutines in its thread until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Waits for the work. Raises StoreError."""
        try:
            return self.raw(work)
        except ERRORS as error:
            raise told(error) from error

    def raw(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Waits for the work. Raises what it raises."""
        return self.begin(work).result()

    def begin(self, work: Coroutine[Any, Any, Result]) -> "Future[Result]":
        """Lets the work begin."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def soon(self, call: Callable[[], object]) -> None:
        """Calls it in the thread."""
        self._loop.call_soon_threadsafe(call)

    def close(self) -> None:
        """Ends the thread; nobody may wait for anything in it."""
        self.raw(_all_done())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _all_done() -> None:
    """What asyncpg still does for connections that were given up, for a moment; then it is cancelled."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        _, late = await asyncio.wait(left, timeout=LAST_MOMENT_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
