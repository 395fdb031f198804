"""Message ids: UUIDs of version 7 (RFC 9562), random or derived."""

import os
from collections.abc import Sequence

from schemas.native import native


def new(unix_ms: int) -> str:
    """A fresh id for a message made at that time (milliseconds since 1970)."""
    return _uuid7(unix_ms, int.from_bytes(os.urandom(10), "big"))


def derived(unix_ms: int, seed: bytes) -> str:
    """The same id for the same time and seed (at least 10 bytes, such as a digest)."""
    return _uuid7(unix_ms, int.from_bytes(seed[:10], "big"))


def as_bytes(text: str) -> bytes:
    """The 16 bytes of an id in its usual form. Raises ValueError for any other text."""
    digits = text.replace("-", "")
    if len(text) != 36 or len(digits) != 32:
        raise ValueError(f"{text!r} is not a UUID")
    return bytes.fromhex(digits)


def all_as_bytes(texts: Sequence[str]) -> list[bytes]:
    """The same for each of many. Raises ValueError if one of them is in another form."""
    steps = native()
    ids: list[bytes] | None = steps.message_ids(texts) if steps else None
    return [as_bytes(text) for text in texts] if ids is None else ids


def _uuid7(unix_ms: int, bits: int) -> str:
    """48 bits of time, version, 12 bits, variant, 62 bits."""
    time, high, low = unix_ms & (1 << 48) - 1, bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    text = f"{time << 80 | 7 << 76 | high << 64 | 2 << 62 | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
