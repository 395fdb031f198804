"""Wakes those who wait for something new."""

import asyncio
from collections.abc import Callable

Condition = Callable[[], bool]


class Pulse:
    """Beats whenever something was committed. Used from one event loop.

    Most beats concern few of those who wait, so a beat asks their conditions itself: being woken in
    vain costs a task ten times as much. Conditions are quick and raise nothing.
    """

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], Condition] = {}

    def beat(self) -> None:
        """Wakes those whose condition holds."""
        for waiting, there_is_more in list(self._waiting.items()):
            if there_is_more():
                _wake(waiting)

    async def until(self, there_is_more: Condition, timeout_seconds: float | None) -> bool:
        """Waits until the condition holds; False if the time (None: for ever) ran out first."""
        loop = asyncio.get_running_loop()
        due = None if timeout_seconds is None else loop.time() + timeout_seconds
        while not there_is_more():
            if due is not None and loop.time() >= due:
                return False
            await self._next(loop, there_is_more, due)
        return True

    async def _next(
        self, loop: asyncio.AbstractEventLoop, there_is_more: Condition, due: float | None
    ) -> None:
        """Waits for a beat at which the condition holds, or until the time is over."""
        waiting = loop.create_future()
        timer = None if due is None else loop.call_at(due, _wake, waiting)
        self._waiting[waiting] = there_is_more
        try:
            await waiting
        finally:
            del self._waiting[waiting]
            if timer is not None:
                timer.cancel()


def _wake(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
