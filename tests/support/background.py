"""Work beside the test, whose end and errors are not lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")


@contextmanager
def beside(work: Callable[[], Result]) -> Iterator["Future[Result]"]:
    """Runs `work` in a thread while the block runs, and waits for its end behind it."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)
