"""Waiting for what happens soon, with a deadline instead of a guess."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PAUSE_SECONDS = 0.01


def until(look: Callable[[], Found], what: str, seconds: float = 20.0) -> Found:
    """Looks again and again; returns the first thing found that is true. Fails at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {what}"
        time.sleep(PAUSE_SECONDS)
