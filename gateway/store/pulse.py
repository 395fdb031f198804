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

    async def until(self, there_is_more: Callable[[], bool], timeout_seconds: float) -> bool:
        """Waits until the condition holds; False if the time ran out first."""
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while True:
            waiting = self._next
            if there_is_more():
                return True
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            try:
                await asyncio.wait_for(waiting.wait(), left)
            except TimeoutError:
                return there_is_more()
