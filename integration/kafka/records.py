"""A record on its way to a topic."""

from collections.abc import Iterable
from typing import NamedTuple

Header = tuple[str, str | bytes | None]
Headers = list[Header]


class Record(NamedTuple):
    """What is produced. `key` decides the partition: one entity, one order."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    at_ms: int | None = None
    """Its timestamp, milliseconds since 1970; None: now."""


def size(record: Record) -> int:
    """Bytes of it, without what Kafka adds."""
    return len(record.key or b"") + len(record.value or b"") + headers_size(record.headers)


def headers_size(headers: Iterable[Header]) -> int:
    """Bytes of names and values."""
    return sum(
        len(name) + len(value.encode() if isinstance(value, str) else value or b"")
        for name, value in headers
    )
