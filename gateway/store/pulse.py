"""Wakes those who wait for something new."""

import asyncio
from collections.abc import Callable


class Pulse:
    """Beats whenever something was committed. Used from one event loop."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def beat(self) -> None:
        """Wakes everyone who waits."""
        current, self._next = self._next, asyncio.Event()
        current.set()

    async def until(self, there_is_more: Callable[[], bool], timeout_seconds: float | None) -> bool:
        """Waits until the condition holds; False if the time (None: for ever) ran out first."""
        # not asyncio.wait_for: before Python 3.12 it can swallow a cancellation
        try:
            async with asyncio.timeout(timeout_seconds):
                while True:
                    waiting = self._next
                    if there_is_more():
                        return True
                    await waiting.wait()
        except TimeoutError:
            return there_is_more()
