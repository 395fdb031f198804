"""Work off the event loop, unless it is so little that the way to a thread would cost more."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

SMALL = 8
"""Messages that are worked on at once: some 0.4 ms at most."""


async def offload(
    messages: int,
    work: Callable[Arguments, Result],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Result:
    """Runs `work`, which concerns about so many messages; what it raises is raised here."""
    if messages <= SMALL:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
