"""Values that Avro has no type for: instants of nanoseconds, and unsigned numbers of 64 bits."""

from google.protobuf.timestamp_pb2 import Timestamp

from schemas.avro.errors import AvroFormError

FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
_SIGN, _SPAN = 1 << 63, 1 << 64


def split(time: Timestamp, field: str) -> tuple[int, int]:
    """A time as (microseconds since 1970, nanoseconds after that). Raises AvroFormError."""
    seconds, nanos = time.seconds, time.nanos
    if not (FIRST_SECOND <= seconds <= LAST_SECOND and 0 <= nanos < 1_000_000_000):
        raise AvroFormError(
            f"{field}: no time: seconds {seconds}, nanos {nanos}; send seconds within the years 1 to "
            "9999 and nanos from 0 to 999,999,999"
        )
    return seconds * 1_000_000 + nanos // 1000, nanos % 1000


def set_time(target: Timestamp, micros: int, nanos: int) -> None:
    """Microseconds since 1970 and the nanoseconds after them. Raises AvroFormError."""
    if not 0 <= nanos < 1000:
        raise AvroFormError(f"{nanos} nanoseconds beside microseconds: 0 to 999 belong there")
    target.seconds, rest = divmod(micros, 1_000_000)
    target.nanos = rest * 1000 + nanos


def signed(value: int) -> int:
    """A uint64 as the long that stands for it."""
    return value - _SPAN if value >= _SIGN else value


def unsigned(value: int) -> int:
    """The uint64 that a long stands for."""
    return value % _SPAN
