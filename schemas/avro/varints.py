"""Avro's longs: zigzag, then seven bits a byte, lowest first."""

from schemas.avro.errors import AvroFormError

_LONGEST = 10
_SIGN, _SPAN = 1 << 63, 1 << 64


def long(value: int) -> bytes:
    """A long, from -2**63 to 2**63 - 1."""
    rest = (value << 1) ^ (value >> 63)
    out = bytearray()
    while rest > 127:
        out.append(rest & 127 | 128)
        rest >>= 7
    out.append(rest)
    return bytes(out)


SMALL = [long(value) for value in range(8192)]
"""The longs from 0 to 8191: lengths, counts and figures are among them most of the time."""


def signed(value: int) -> int:
    """A uint64 as the long that stands for it."""
    return value - _SPAN if value >= _SIGN else value


def unsigned(value: int) -> int:
    """The uint64 that a long stands for."""
    return value % _SPAN


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """(Value, position behind it). Raises AvroFormError, or IndexError where the data ends."""
    rest = shift = 0
    for position in range(at, at + _LONGEST):
        byte = data[position]
        rest |= (byte & 127) << shift
        if byte < 128:
            if rest >= _SPAN:
                break
            return (rest >> 1) ^ -(rest & 1), position + 1
        shift += 7
    raise AvroFormError(f"byte {at}: a number of more than 64 bits")


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """(Length of a string or of bytes, position behind it). Raises AvroFormError or IndexError."""
    length, behind = read_long(data, at)
    if not 0 <= length <= len(data) - behind:
        raise AvroFormError(
            f"byte {at}: a length of {length}, where {len(data) - behind} bytes follow"
        )
    return length, behind


def read_block(data: bytes, at: int) -> tuple[int, int]:
    """(Number of items in an array's next block, position of the first); 0 ends the array.

    A negative number is followed by the block's size in bytes, which is of no use here.
    """
    count, behind = read_long(data, at)
    if count < 0:
        _, behind = read_long(data, behind)
        count = -count
    if count > len(data) - behind:
        raise AvroFormError(f"byte {at}: {count} items, where {len(data) - behind} bytes follow")
    return count, behind
