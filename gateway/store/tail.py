"""The entries committed last, in memory: readers who keep up need not read the disk."""

import threading
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.store.port import Entry

MAX_BYTES = 16 << 20
_ENTRY_BYTES, _PART_BYTES = 500, 300  # beside the leaf, about


class Committed(NamedTuple):
    """What one commit added: entries, all their logs, and how much there is of leaves and parts."""

    entries: Sequence[Entry]
    logs: Collection[str]
    leaf_bytes: int
    parts: int


@dataclass(frozen=True, slots=True)
class _Run:
    """What one commit added, whole and by log. Of `scattered` logs it added no run without a gap."""

    entries: Sequence[Entry]
    by_log: dict[str, Sequence[Entry]]
    scattered: frozenset[str]
    bytes: int


class Tail:
    """A bounded tail of the order of receipt, run by run. Safe from any thread."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._lock = threading.Lock()
        self._runs: deque[_Run] = deque()

    def add(self, committed: Committed, scattered: Collection[str] = ()) -> None:
        """Adds committed entries, whose offsets follow the last one's.

        Those of a log follow its last one, too, unless it is `scattered`: some of them came ahead of
        their place, or take the place behind some that had.
        """
        entries, logs, leaf_bytes, parts = committed
        if not (entries or scattered):
            return
        by_log = {log: entries if len(logs) == 1 else _of(log, entries) for log in logs}
        size = _ENTRY_BYTES * max(len(entries), 1) + leaf_bytes + _PART_BYTES * parts
        run = _Run(entries, by_log, frozenset(scattered), size)
        with self._lock:
            self._runs.append(run)
            self._bytes += run.bytes
            while self._bytes > self._max_bytes:
                self._bytes -= self._runs.popleft().bytes

    def clear(self) -> None:
        """Forgets everything; to be called when something stored was changed."""
        with self._lock:
            self._runs.clear()
            self._bytes = 0

    def received(self, after: int, limit: int) -> list[Entry] | None:
        """Up to `limit` entries behind an offset; None if they reach back further than the tail."""
        found: list[Sequence[Entry]] = []
        with self._lock:
            for run in reversed(self._runs):
                if not run.entries:
                    continue
                first = run.entries[0].offset
                found.append(run.entries[max(0, after + 1 - first) :])
                if first <= after + 1:
                    return _joined(found, limit)
        return None

    def entries(self, log: str, start: int, stop: int) -> list[Entry] | None:
        """Entries [start, stop) of a log; None if not all are in the tail."""
        found: list[Sequence[Entry]] = []
        with self._lock:
            for run in reversed(self._runs):
                if log in run.scattered:
                    return None
                held = run.by_log.get(log)
                if not held:
                    continue
                first = held[0].sequence
                if not found and stop > held[-1].sequence + 1:
                    return None
                found.append(held[max(0, start - first) :])
                if first <= start:
                    return _joined(found, stop - start)
        return None


def _joined(newest_first: Sequence[Sequence[Entry]], limit: int) -> list[Entry]:
    """The runs one after the other, oldest first, cut to the limit."""
    joined: list[Entry] = []
    for entries in reversed(newest_first):
        joined += entries[: limit - len(joined)]
        if len(joined) >= limit:
            break
    return joined


def _of(log: str, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.log == log]
