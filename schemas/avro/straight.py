"""From a datum of this version's schema straight to protobuf's bytes, without a record between them.

It knows what writers do commonly. Whatever else stands in a datum, damage included, is Unusual: then
the way over a record reads it, or says what is wrong with it.

What is not set is nothing but zeros in Avro: a run of them is passed at once, however many fields it is.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from schemas.avro.datum import default
from schemas.avro.projection import oneof_of, opened_by
from schemas.avro.straight_values import Read, Unusual, length, reader, tag_of, text
from schemas.avro.varints import varint


class _Plan(NamedTuple):
    """Of a type: readers in the schema's order, and before how many zeros each of them stands.

    A oneof is one reader. The last of `widths` is the number of zeros of an empty message.
    """

    readers: list[Read]
    widths: list[int]
    zeros: Callable[[bytes, int], Any]


def straight(descriptor: Descriptor, data: bytes, at: int) -> Message | None:
    """The message from a position to the end; None if the other way has to be gone."""
    try:
        found, end = _record(_plan(descriptor), data, at)
        return GetMessageClass(descriptor).FromString(found) if end == len(data) else None
    except (Unusual, IndexError, DecodeError):
        return None


def _record(plan: _Plan, data: bytes, at: int) -> tuple[bytes, int]:
    """The message's bytes, and where they end. Raises Unusual or IndexError.

    A text that is cut off ends behind the data.
    """
    readers, widths, zeros = plan
    parts: list[bytes] = []
    number, count = 0, len(readers)
    while number < count:
        if not data[at]:
            passed = widths[number]
            number = bisect_right(widths, passed + zeros(data, at).end() - at) - 1
            at += widths[number] - passed
            if number == count:
                break
        at = readers[number](data, at, parts)
        number += 1
    return b"".join(parts), at


@cache
def _plan(descriptor: Descriptor) -> _Plan:
    readers: list[Read] = []
    widths = [0]
    for read, width in _readers(descriptor):
        readers.append(read)
        widths.append(widths[-1] + width)
    zeros = re.compile(rb"\0{1,%d}" % max(1, widths[-1]))
    return _Plan(readers, widths, zeros.match)


def _readers(descriptor: Descriptor) -> Iterator[tuple[Read, int]]:
    """Each with its number of zeros."""
    for field in descriptor.fields:
        oneof = oneof_of(field)
        if oneof is None:
            yield _reader(field), len(default(field))
        elif opened_by(field):  # the members of a oneof stand together
            yield _choice(list(oneof.fields))


def _reader(field: FieldDescriptor) -> Read:
    return reader(field) or (_all(field) if field.is_repeated else _one(field))


def _choice(members: list[FieldDescriptor]) -> tuple[Read, int]:
    """The name of the member that is set, then all of them, the others null."""
    widths = [len(default(field)) for field in members]
    ways = {
        field.name.encode(): (_reader(field), bytes(sum(widths[:at])), bytes(sum(widths[at + 1 :])))
        for at, field in enumerate(members)
    }

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        name, at = text(data, at)
        way = ways.get(name)
        if way is None:
            raise Unusual
        member, before, behind = way
        if not data.startswith(before, at):
            raise Unusual
        at = member(data, at + len(before), parts)
        if not data.startswith(behind, at):
            raise Unusual
        return at + len(behind)

    return read, 1 + sum(widths)


def _one(field: FieldDescriptor) -> Read:
    tag, descriptor = tag_of(field), field.message_type

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        if data[at] != 2:
            raise Unusual
        inner, at = _record(_plan(descriptor), data, at + 1)
        parts += tag, varint(len(inner)), inner
        return at

    return read


def _all(field: FieldDescriptor) -> Read:
    tag, descriptor = tag_of(field), field.message_type

    def read(data: bytes, at: int, parts: list[bytes]) -> int:
        plan = _plan(descriptor)
        if not plan.readers:
            raise Unusual  # any number of them would be no bytes
        while True:
            count, at = length(data, at)
            if not count:
                return at
            for _ in range(count):
                inner, at = _record(plan, data, at)
                parts += tag, varint(len(inner)), inner

    return read
