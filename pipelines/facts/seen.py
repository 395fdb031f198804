"""What was seen of one log: its sequence numbers as ranges, and when the last of them was told."""

from collections.abc import Iterable, Sequence

from pipelines.facts.scope import told_us
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import CoverageState, SequenceRange

MOST_LOOSE = 10_000
"""Runs of sequence numbers that are kept one by one before they are joined."""

Run = tuple[int, int]
"""Sequence numbers [start, end)."""


class Seen:
    """Takes in a log's messages in any order; in the log's own order they are one run of numbers."""

    __slots__ = ("_end", "_joined", "_loose", "_newest", "_newest_number", "_start")

    def __init__(self, first: Message) -> None:
        self._joined: list[Run] = []
        self._loose: list[Run] = []
        self._newest_number = first.stamp.sequence
        self._newest = first
        self._start, self._end = self._newest_number, self._newest_number + 1

    def add(self, number: int, message: Message) -> None:
        """Takes one in, with its sequence number. The message may change no more."""
        if number == self._end:
            self._end += 1
        else:
            self._begin_run(number)
        if number > self._newest_number:
            self._newest_number, self._newest = number, message
        elif number == self._newest_number and told_us(message) > told_us(self._newest):
            self._newest = message

    def _begin_run(self, number: int) -> None:
        self._loose.append((self._start, self._end))
        self._start, self._end = number, number + 1
        if len(self._loose) >= MOST_LOOSE:
            self._joined = _union([*self._joined, *self._loose])
            self._loose.clear()

    def state(self, origin: str) -> CoverageState:
        """All of it."""
        runs = [*self._joined, *self._loose, (self._start, self._end)]
        return _state(origin, runs, told_us(self._newest))


def merge_seen(parts: Sequence[CoverageState]) -> CoverageState:
    """What any of them has seen of the same log."""
    runs = ((r.start, r.end) for part in parts for r in part.ranges)
    return _state(max(p.origin for p in parts), runs, max(map(_newest_told, parts))[1])


def _newest_told(seen: CoverageState) -> tuple[int, int]:
    """End of the log as seen, and when its last entry was told: the greater is the newer."""
    return seen.ranges[-1].end if seen.ranges else 0, seen.last_told_us


def _state(origin: str, runs: Iterable[Run], told_us: int) -> CoverageState:
    ranges = [SequenceRange(start=start, end=end) for start, end in _union(runs)]
    return CoverageState(origin=origin, ranges=ranges, last_told_us=told_us)


def _union(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for start, end in sorted(runs):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
