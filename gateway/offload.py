"""Work off the event loop, unless it is so little that the way to a thread would cost more."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

SHORT_US = 800
"""Work of so many microseconds is done at once: the way to a thread and back is two switches, each
a wait for the interpreter's lock when there is much to do."""


async def offload(
    microseconds: int,
    work: Callable[Arguments, Result],
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Result:
    """Runs `work`, which takes about so long; what it raises is raised here."""
    if microseconds <= SHORT_US:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)
