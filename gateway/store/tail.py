"""The entries committed last, in memory: readers who keep up need not read the disk."""

import threading
from collections import deque
from collections.abc import Iterable
from itertools import islice

from gateway.store.port import Entry

MAX_BYTES = 32 << 20
_ENTRY_BYTES, _PART_BYTES = 500, 300  # beside the leaf, about


class Tail:
    """A bounded tail of the order of receipt. Safe from any thread."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._lock = threading.Lock()
        self._all: deque[Entry] = deque()
        self._logs: dict[str, deque[Entry]] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Adds committed entries, whose offsets follow the last one's."""
        with self._lock:
            for entry in entries:
                self._all.append(entry)
                self._logs.setdefault(entry.log, deque()).append(entry)
                self._bytes += _size(entry)
            while self._bytes > self._max_bytes:
                oldest = self._all.popleft()
                self._logs[oldest.log].popleft()
                self._bytes -= _size(oldest)

    def clear(self) -> None:
        """Forgets everything; to be called when something stored was changed."""
        with self._lock:
            self._all.clear()
            self._logs.clear()
            self._bytes = 0

    def received(self, after: int, limit: int) -> list[Entry] | None:
        """Up to `limit` entries behind an offset; None if they reach back further than the tail."""
        with self._lock:
            first = self._all[0].offset if self._all else after + 2
            if after + 1 < first:
                return None
            skipped = after + 1 - first
            return list(islice(self._all, skipped, skipped + limit))

    def entries(self, log: str, start: int, stop: int) -> list[Entry] | None:
        """Entries [start, stop) of a log; None if not all are in the tail."""
        with self._lock:
            held = self._logs.get(log)
            if not held or start < held[0].sequence or stop > held[-1].sequence + 1:
                return None
            return list(islice(held, start - held[0].sequence, stop - held[0].sequence))


def _size(entry: Entry) -> int:
    leaf = len(entry.leaf) if entry.leaf else 0
    return _ENTRY_BYTES + leaf + _PART_BYTES * len(entry.parts)
