"""Instants: microseconds since 1970 in our own code, Timestamps in messages."""

from google.protobuf.timestamp_pb2 import Timestamp


def timestamp(us: int) -> Timestamp:
    """Microseconds since 1970 as a Timestamp."""
    return Timestamp(seconds=us // 1_000_000, nanos=us % 1_000_000 * 1000)
