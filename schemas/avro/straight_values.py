"""Values of a datum as protobuf's bytes: texts, numbers, enums, times, alone and repeated.

A reader takes the data, where the value begins, and the parts of the message that it adds to; it
gives where the value ends. It is asked only where not all is zero.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from schemas.avro.projection import is_time
from schemas.avro.varints import eight, together, varint

Read = Callable[[bytes, int, list[bytes]], int]
Value = Callable[[bytes, int], tuple[bytes, int]]
"""A value's bytes behind its tag, and where it ends."""

_MASK = (1 << 64) - 1
_DELIMITED, _FIXED, _VARINT = 2, 1, 0
_THERE = 2
"""The byte of the branch that is not null."""


class Unusual(Exception):
    """Not what writers commonly do: the other way has to be gone."""


def tag_of(field: FieldDescriptor) -> bytes:
    """What stands before its value in protobuf; repeated numbers stand one by one."""
    kind = _KINDS.get(field.type, _DELIMITED if field.message_type is not None else _VARINT)
    return varint(field.number << 3 | kind)


def reader(field: FieldDescriptor) -> Read | None:
    """The reader of a field; None for a message that is no time."""
    if is_time(field):
        return _array(field, _moment, b"\0") if field.is_repeated else _time(field)
    if field.enum_type is not None:
        return _array(field, _symbol(field), b"\0") if field.is_repeated else _enum(field)
    if field.message_type is not None:
        return None
    if field.is_repeated:
        return _array(field, _VALUES[field.type], b"")
    return _scalar(field)


def length(data: bytes, at: int) -> tuple[int, int]:
    """Of a text, or the count of a block. Raises Unusual for a negative one, IndexError at the end."""
    first = data[at]
    value, at = (first, at + 1) if first < 128 else _raw(data, at)
    if value & 1:
        raise Unusual
    return value >> 1, at


def text(data: bytes, at: int) -> tuple[bytes, int]:
    """A text's or other bytes."""
    size, at = length(data, at)
    return data[at : at + size], at + size


def _delimited(data: bytes, at: int) -> tuple[bytes, int]:
    size, at = length(data, at)
    end = at + size
    return varint(size) + data[at:end], end


def _raw(data: bytes, at: int) -> tuple[int, int]:
    """An integer before its sign is undone; of ten bytes at most. Raises Unusual or IndexError."""
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            if value > _MASK:
                break
            return value, at
    raise Unusual


def _long(data: bytes, at: int) -> tuple[int, int]:
    value, at = _raw(data, at)
    return value >> 1 ^ -(value & 1), at


def _between(least: int, most: int) -> Value:
    """An integer of a type that holds these."""

    def value(data: bytes, at: int) -> tuple[bytes, int]:
        number, at = _long(data, at)
        if not least <= number <= most:
            raise Unusual
        return varint(number & _MASK), at

    return value


def _bool(data: bytes, at: int) -> tuple[bytes, int]:
    byte = data[at]
    if byte > 1:
        raise Unusual
    return (b"\1" if byte else b"\0"), at + 1


def _double(data: bytes, at: int) -> tuple[bytes, int]:
    end = at + 8
    if end > len(data):
        raise Unusual
    return data[at:end], end


_VALUES: dict[int, Value] = {
    FieldDescriptor.TYPE_STRING: _delimited,
    FieldDescriptor.TYPE_BYTES: _delimited,
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_DOUBLE: _double,
    FieldDescriptor.TYPE_INT32: _between(-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.TYPE_INT64: _between(-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.TYPE_UINT32: _between(0, (1 << 32) - 1),
    FieldDescriptor.TYPE_UINT64: _between(-(1 << 63), (1 << 63) - 1),
}
_KINDS = {
    FieldDescriptor.TYPE_STRING: _DELIMITED,
    FieldDescriptor.TYPE_BYTES: _DELIMITED,
    FieldDescriptor.TYPE_DOUBLE: _FIXED,
}


def _scalar(field: FieldDescriptor) -> Read:
    if field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        read = _text(tag_of(field))
    elif field.type == FieldDescriptor.TYPE_DOUBLE:
        return _figure(tag_of(field), int(field.has_presence))
    else:
        read = _other(tag_of(field), _VALUES[field.type])
    return _present(read) if field.has_presence else read


def _text(tag: bytes) -> Read:
    heads = {2 * size: tag + varint(size) for size in range(64)}

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        first = data[at]
        if first in heads:
            end = at + 1 + (first >> 1)
            parts += heads[first], data[at + 1 : end]
            return end
        found, at = _delimited(data, at)
        parts += tag, found
        return at

    return read


def _figure(tag: bytes, before: int) -> Read:
    """A double; before it may stand that it is there."""

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        if before and data[at] != _THERE:
            raise Unusual
        at += before
        parts += tag, data[at : at + 8]
        return at + 8

    return read


def _other(tag: bytes, value: Value) -> Read:
    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        found, at = value(data, at)
        parts += tag, found
        return at

    return read


def _present(read: Read) -> Read:
    def present(data: bytes, at: int, parts: list[bytes]) -> int:
        if data[at] != _THERE:
            raise Unusual
        return read(data, at + 1, parts)

    return present


def _symbols(field: Any) -> dict[int, bytes]:
    """By the byte that stands for each: those of more than a byte are Unusual."""
    numbers = [value.number & _MASK for value in field.enum_type.values]
    return {2 * at: varint(number) for at, number in enumerate(numbers[:64])}


def _enum(field: FieldDescriptor) -> Read:
    tag, values = tag_of(field), _symbols(field)
    whole = {byte: tag + value for byte, value in values.items()}

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        found = whole.get(data[at])
        if found is None or data[at + 1]:  # an unknown number stands beside it
            raise Unusual
        parts.append(found)
        return at + 2

    return _present(read) if field.has_presence else read


def _symbol(field: FieldDescriptor) -> Value:
    values = _symbols(field)

    def value(data: bytes, at: int) -> tuple[bytes, int]:
        found = values.get(data[at])
        if found is None:
            raise Unusual
        return found, at + 1

    return value


def _instant(data: bytes, at: int) -> tuple[int, int]:
    """Microseconds since 1970: those of eight bytes, the years 1974 to 2540, without a loop."""
    value = int.from_bytes(data[at : at + 8], "little")
    if value & 0x8080_8080_8080_8080 != 0x0080_8080_8080_8080:
        return _long(data, at)
    value = together(value & 0x7F7F_7F7F_7F7F_7F7F)
    return value >> 1 ^ -(value & 1), at + 8


def _timestamp(micros: int, nanos: int) -> bytes:
    """With its length before it. Raises Unusual for nanoseconds that belong to the microseconds."""
    if nanos >= 1000:
        raise Unusual
    seconds, rest = divmod(micros, 1_000_000)
    nanos += 1000 * rest
    if not 0 <= seconds < 1 << 35:
        inner = b"\x08" + varint(seconds & _MASK) + b"\x10" + varint(nanos)
        return varint(len(inner)) + inner
    return b"\x0c\x08" + _five(seconds) + b"\x10" + _five(nanos)


def _five(value: int) -> bytes:
    """35 bits in five bytes, however small the number is."""
    return (eight(value) | 0x8080_8080).to_bytes(5, "little")


def _time(field: FieldDescriptor) -> Read:
    tag = tag_of(field)

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        micros, at = _instant(data, at)
        nanos, beside = 0, data[at]
        if beside == _THERE:
            nanos, at = length(data, at + 1)
        elif beside:
            raise Unusual
        else:
            at += 1
        parts += tag, _timestamp(micros, nanos)
        return at

    return _present(read)


def _moment(data: bytes, at: int) -> tuple[bytes, int]:
    micros, at = _instant(data, at)
    return _timestamp(micros, 0), at


def _array(field: FieldDescriptor, value: Value, beside: bytes) -> Read:
    """All blocks, and behind them what stands beside common values."""
    tag = tag_of(field)

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        while True:
            count, at = length(data, at)
            if not count:
                break
            for _ in range(count):
                found, at = value(data, at)
                parts += tag, found
        if not data.startswith(beside, at):
            raise Unusual
        return at + len(beside)

    return read
