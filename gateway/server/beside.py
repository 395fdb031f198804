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
    try:
        while True:
            step = asyncio.ensure_future(anext(answers, _END))
            await _first(step, working)
            if working.done() and working.exception() is not None:
                step.cancel()
                await asyncio.gather(step, return_exceptions=True)
                working.result()
            answer = await step
            if answer is _END:
                return
            yield answer
    finally:
        working.cancel()
        working.add_done_callback(lambda task: task.cancelled() or task.exception())


async def _first(step: "asyncio.Future[Any]", working: "asyncio.Task[None]") -> None:
    """Waits until there is a next answer, or the work has failed."""
    try:
        while not step.done() and not (working.done() and working.exception() is not None):
            both = {step} if working.done() else {step, working}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        step.cancel()
        raise
