"""Where to begin to read a gateway, if what it received before an instant is not wanted."""

from collections.abc import Generator

BEYOND = (1 << 63) - 1
"""An offset that no gateway has reached: it names its last one to who asks for what lies behind."""
OUT_OF_RANGE = "CURSOR_OUT_OF_RANGE"
"""Reason of who asks for what lies behind the newest."""


def offset_before(newest: int) -> Generator[int, int, int]:
    """An offset before everything that came since an instant, found by halving.

    Yields offsets; send it the place of the first message behind each if that is older, else 0. A gateway
    hands out offsets in the order in which it receives: some thirty looks are enough for a billion messages.
    All are older: that of the last one.
    """
    low, high = 0, newest
    while low < high:
        middle = (low + high) // 2
        older = yield middle
        if older:
            low = older
        else:
            high = middle
    return low
