"""How a process that handles batch after batch treats its memory."""

import asyncio
import ctypes
import gc
import sys

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -2, -3, -8  # malloc.h of glibc
_MIB = 1 << 20


def for_batches() -> None:
    """To be called once at the start.

    Batches make many objects and no cycles: at its defaults the collector costs 5 % of them. Each
    makes buffers of half a megabyte, too, which glibc would take from the system and give back every
    time, in page faults: 3 % of throughput, measured by tests/bench.
    """
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # another C library knows better, or at least otherwise
        mallopt(_ARENA_MAX, 2)
        mallopt(_TOP_PAD, 16 * _MIB)
        mallopt(_MMAP_THRESHOLD, 8 * _MIB)
        mallopt(_TRIM_THRESHOLD, 64 * _MIB)


def give_back() -> None:
    """Gives to the system what lies free between what is kept: some ten milliseconds, beside other threads.

    What it takes back only at its top, glibc keeps: after many batches of long messages that came to
    as much as they need.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class Sweeper:
    """Collects what failed calls leave behind.

    A call that ends with an error leaves objects that refer to each other, in grpc as well as here,
    and with them what was received and not read yet: megabytes that the collector does not see, and
    it comes seldom. What still lives when it comes it will not look at again for long, so it comes when
    the call is gone; however many calls fail, it takes a twentieth of the time at most.
    """

    def __init__(self, after_seconds: float = 0.1) -> None:
        self._after_seconds, self._due = after_seconds, False

    def failed(self) -> None:
        """To be called for each of them, from an event loop. Young objects are enough: milliseconds."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(self._after_seconds, self._sweep)

    def _sweep(self) -> None:
        self._due = False
        gc.collect(1)
