"""What a harness tells a gateway's process, and what that tells back: a page of memory that both map.

A page needs no thread and no call at either end, so it works in the middle of a commit.
"""

import mmap
import struct
from enum import IntEnum
from pathlib import Path

SIZE = 64
_CLOCK, _DISK, _FILES, _COUNTDOWN, _STRUCK, _STEPS = (
    struct.Struct(form) for form in ("<d", "<B", "<B", "<i", "<I", "<I")
)
_AT = {_CLOCK: 0, _DISK: 8, _FILES: 9, _COUNTDOWN: 12, _STRUCK: 16, _STEPS: 20}


class Disk(IntEnum):
    """How the disk behaves."""

    WELL = 0
    FULL = 1
    WRITE_FAILS = 2
    SYNC_FAILS = 3
    SYNC_HANGS = 4


class Files(IntEnum):
    """Which files of the store that concerns."""

    ALL = 0
    DATABASE = 1
    WAL = 2


class Control:
    """The page. Each number has one writer, but for the countdown, which the process counts down."""

    def __init__(self, path: Path) -> None:
        if not path.exists() or path.stat().st_size < SIZE:
            path.write_bytes(bytes(SIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), SIZE)

    def _get(self, what: struct.Struct) -> float:
        return float(what.unpack_from(self._map, _AT[what])[0])

    def _set(self, what: struct.Struct, value: float) -> None:
        what.pack_into(self._map, _AT[what], value)

    @property
    def clock_seconds(self) -> float:
        """How far the process's clock is ahead."""
        return self._get(_CLOCK)

    @clock_seconds.setter
    def clock_seconds(self, value: float) -> None:
        self._set(_CLOCK, value)

    @property
    def disk(self) -> Disk:
        """How the disk behaves."""
        return Disk(int(self._get(_DISK)))

    @property
    def files(self) -> Files:
        """Which files that concerns."""
        return Files(int(self._get(_FILES)))

    def set_disk(self, disk: Disk, files: Files = Files.ALL) -> None:
        """From now on."""
        self._map[_AT[_FILES]] = files
        self._map[_AT[_DISK]] = disk

    @property
    def struck(self) -> int:
        """How often the disk has misbehaved."""
        return int(self._get(_STRUCK))

    def strike(self) -> None:
        """Counts one more."""
        _STRUCK.pack_into(self._map, _AT[_STRUCK], self.struck + 1)

    @property
    def steps(self) -> int:
        """Writes and syncs so far."""
        return int(self._get(_STEPS))

    def die_in(self, steps: int) -> None:
        """The process is to be killed before so many more writes and syncs are done; 0: it lives."""
        _COUNTDOWN.pack_into(self._map, _AT[_COUNTDOWN], steps)

    def step(self) -> bool:
        """Counts a write or a sync; true if the process is to die before it."""
        _STEPS.pack_into(self._map, _AT[_STEPS], (self.steps + 1) & 0xFFFFFFFF)
        (left,) = _COUNTDOWN.unpack_from(self._map, _AT[_COUNTDOWN])
        if left > 0:
            _COUNTDOWN.pack_into(self._map, _AT[_COUNTDOWN], left - 1)
        return bool(left == 1)

    def reset(self, clock_seconds: float = 0.0) -> None:
        """All is well again. The clock goes there at once, and nowhere else in between."""
        behind = _AT[_DISK]
        self._map[behind:] = bytes(SIZE - behind)
        self.clock_seconds = clock_seconds
