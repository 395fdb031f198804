"""A stream of answers with other work going on beside it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_END: Any = object()


async def beside(
    answers: AsyncIterator[Answer], work: Coroutine[Any, Any, None]
) -> AsyncIterator[Answer]:
    """Yields the answers until they end; raises what the work raises as soon as it does.

    Work that ends by itself ends nothing; what is left of it is cancelled at the end.
    """
    working = asyncio.create_task(work)
    watch = _Watch(working)
    working.add_done_callback(watch.interrupt)
    try:
        while (answer := await watch.step(answers)) is not _END:
            yield answer
    finally:
        working.cancel()
        working.add_done_callback(lambda task: task.cancelled() or task.exception())


class _Watch:
    """Cancels the task that waits for an answer when the work has failed, as asyncio.timeout does.

    A task for each answer would cost more than most answers.
    """

    def __init__(self, working: "asyncio.Task[None]") -> None:
        self._working = working
        self._waiting: asyncio.Task[Any] | None = None
        self._interrupted = False

    @property
    def _failed(self) -> bool:
        working = self._working
        return working.done() and not working.cancelled() and working.exception() is not None

    def interrupt(self, _: "asyncio.Task[None]") -> None:
        """The work has ended."""
        if self._waiting is not None and self._failed:
            self._interrupted = True
            self._waiting.cancel()

    async def step(self, answers: AsyncIterator[Answer]) -> Answer:
        """The next answer, or _END. Raises what the work has raised, if it has."""
        if self._failed:
            self._working.result()
        here = self._waiting = asyncio.current_task()
        assert here is not None
        try:
            answer: Answer = await anext(answers, _END)
        except asyncio.CancelledError:
            if not self._interrupted or here.uncancel():
                raise
            answer = _END
        finally:
            self._waiting = None
        if self._failed:
            self._working.result()
        return answer
