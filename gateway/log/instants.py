"""Instants: microseconds since 1970 in our own code, Timestamps in messages."""

from functools import lru_cache

from google.protobuf.timestamp_pb2 import Timestamp


@lru_cache(maxsize=64)
def timestamp(us: int) -> Timestamp:
    """Microseconds since 1970 as a Timestamp. It is shared: copy it, don't change it."""
    return Timestamp(seconds=us // 1_000_000, nanos=us % 1_000_000 * 1000)


def micros(time: Timestamp) -> int:
    """A Timestamp as microseconds since 1970."""
    return time.seconds * 1_000_000 + time.nanos // 1000
