"""Random salts for disclosures."""

import os
from collections.abc import Iterator

from gateway.log.sealing import SALT_BYTES

_BLOCK = 256


def salts() -> Iterator[bytes]:
    """Fresh salts without end."""
    while True:
        # one system call for many: each one gives up the interpreter lock
        block = os.urandom(SALT_BYTES * _BLOCK)
        for start in range(0, len(block), SALT_BYTES):
            yield block[start : start + SALT_BYTES]
