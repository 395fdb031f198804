"""What this process and those that it started use, from /proc."""

import os
from pathlib import Path

_PARENT, _TIMES, _RESIDENT = 1, slice(11, 15), 21


def resident_mb() -> float:
    """Resident memory of all of them, MB; what they share counts for each."""
    pages = sum(int(fields[_RESIDENT]) for fields in _family())
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_seconds() -> float:
    """User and system time of all of them, and of those that they have waited for."""
    ticks = sum(int(tick) for fields in _family() for tick in fields[_TIMES])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family() -> list[list[str]]:
    """Fields of /proc/PID/stat behind the name, of this process and all below it."""
    found = {pid: fields for pid, fields in map(_stat, Path("/proc").glob("[0-9]*")) if fields}
    family = {os.getpid()}
    while more := {p for p, f in found.items() if int(f[_PARENT]) in family} - family:
        family |= more
    return [found[pid] for pid in family if pid in found]


def _stat(process: Path) -> tuple[int, list[str]]:
    try:
        text = (process / "stat").read_text()
    except OSError:  # it has ended
        return int(process.name), []
    return int(process.name), text.rpartition(")")[2].split()
