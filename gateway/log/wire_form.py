"""Protobuf's wire form, for messages that are put together from parts which are serialised already.

Byte for byte what protobuf writes, as long as fields come in the order of their numbers; it saves copying
the parts into an object first. https://protobuf.dev/programming-guides/encoding/
"""

from functools import lru_cache

_LENGTH_DELIMITED = 2


@lru_cache(maxsize=1 << 14)
def prefix(number: int, length: int) -> bytes:
    """What stands before a string, bytes or message of that length, in the field of that number."""
    return varint(number << 3 | _LENGTH_DELIMITED) + varint(length)


def delimited(number: int, data: bytes) -> bytes:
    """A string or bytes as the single field of that number: nothing if it is empty."""
    return prefix(number, len(data)) + data if data else b""


def varint(value: int) -> bytes:
    """A number from 0 on, seven bits a byte, the lowest first."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def end_of_first(data: bytes) -> int:
    """Where the first field ends, if it is a string, bytes or message with a number below 16."""
    size, at, shift = data[1] & 0x7F, 2, 7
    while data[at - 1] & 0x80:
        size |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
    return at + size
