"""Entries that were read lately: peers are served the same ones one after the other, if not in step."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from gateway.store.port import Entry

RUNS_KEPT = 4
Read = Callable[[int, int], list[Entry]]


class _Run(NamedTuple):
    start: int
    entries: list[Entry]

    def has(self, index: int) -> bool:
        return self.start <= index < self.start + len(self.entries)


class LatelyRead:
    """What `read` gave last, run by run. Used by one thread at a time.

    `read` gives entries [start, stop) of a log, fewer if they are large, and one at least.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._runs: deque[_Run] = deque(maxlen=RUNS_KEPT)

    def entries(self, start: int, stop: int) -> list[Entry]:
        """Entries [start, stop), or the first ones: what is here, and what is read at once behind it."""
        found = self._kept(start, stop)
        at = start + len(found)
        if at < stop:
            fresh = self._read(at, stop)
            self._runs.append(_Run(at, fresh))
            found += fresh
        return found

    def _kept(self, start: int, stop: int) -> list[Entry]:
        found: list[Entry] = []
        while (at := start + len(found)) < stop:
            run = next((run for run in self._runs if run.has(at)), None)
            if run is None:
                break
            found += run.entries[at - run.start : stop - run.start]
        return found

    def clear(self) -> None:
        """Forgets all of them."""
        self._runs.clear()
