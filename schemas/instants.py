"""Which Timestamps are times at all (google.protobuf.Timestamp), years 1 to 9999; the zone people read."""

from datetime import timedelta, timezone

from google.protobuf.timestamp_pb2 import Timestamp

FIRST_SECOND, LAST_SECOND, NANOS = -62_135_596_800, 253_402_300_799, 1_000_000_000


BEIJING = timezone(timedelta(hours=8))
"""Times of all participants, without daylight saving since 1992."""


def is_time(time: Timestamp) -> bool:
    """Whether it can be shown."""
    return FIRST_SECOND <= time.seconds <= LAST_SECOND and 0 <= time.nanos < NANOS
