"""Instants as people type them."""

from datetime import UTC, datetime, timedelta

INSTANT = "ISO 8601, Beijing time unless it names a zone"
_EXAMPLES = (
    "2026-06-01T20:00 is Beijing time, 2026-06-01T12:00Z and 2026-06-01T20:00+08:00 name their zone, "
    "2026-06-01 is its first instant in Beijing"
)
_BEGIN, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class NoInstant(Exception):
    """A text that is no instant; what it says names the remedy."""


def instant_us(text: str) -> int:
    """Microseconds since 1970. Beijing time where no zone is named. Raises NoInstant."""
    from schemas.instants import BEIJING

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NoInstant(f"{text}: not an instant. Give it in {INSTANT}: {_EXAMPLES}") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=BEIJING)
    if not _BEGIN <= found < _END:
        raise NoInstant(f"{text}: give an instant from 1970 on and before the year 9999")
    return (found - _BEGIN) // timedelta(microseconds=1)
