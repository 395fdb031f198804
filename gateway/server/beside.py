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
    step: asyncio.Future[Any] | None = None

    def interrupt(_: "asyncio.Task[None]") -> None:
        if step is not None and _failed(working):
            step.cancel()

    working.add_done_callback(interrupt)
    try:
        while True:
            step = asyncio.ensure_future(anext(answers, _END))
            if _failed(working):
                step.cancel()
            await asyncio.wait((step,))
            if _failed(working):
                _taken_note_of(step)
                working.result()
            answer = step.result()
            if answer is _END:
                return
            yield answer
    finally:
        if step is not None:
            step.cancel()
        working.cancel()
        working.add_done_callback(_taken_note_of)


def _taken_note_of(done: "asyncio.Future[Any]") -> None:
    """What else failed is nobody's: asyncio need not warn of it."""
    if not done.cancelled():
        done.exception()


def _failed(working: "asyncio.Task[None]") -> bool:
    return working.done() and not working.cancelled() and working.exception() is not None
