"""A message as conditions see it: fields by their proto names, as plain values.

Enums are the names of their values, as in JSON. Times are instants and durations spans, so that they
compare. A field that was not set and can tell so (a message, an `optional`) is absent: has() is false;
any other has its default. Fields of disclosure groups are left out.
"""

from collections.abc import Callable, Iterable
from datetime import UTC
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from yrd.options.v1 import options_pb2

TIMESTAMP, DURATION = "google.protobuf.Timestamp", "google.protobuf.Duration"
Reader = Callable[[Any], Any]


def values(message: Message, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The fields of a message, or those of them named. Raises ValueError for a time that is none."""
    found: dict[str, Any] = {}
    readers = _readers(message.DESCRIPTOR)
    for name in readers if names is None else names:
        reader = readers.get(name)
        if reader is not None and (not reader[0] or message.HasField(name)):
            found[name] = reader[1](getattr(message, name))
    return found


@cache
def _readers(descriptor: Descriptor) -> dict[str, tuple[bool, Reader]]:
    """Name → whether it may be absent, and how to read it."""
    return {
        field.name: (field.has_presence, _reader(field))
        for field in descriptor.fields
        if group_of(field) is None
    }


def group_of(field: FieldDescriptor) -> str | None:
    """The disclosure group that a field is marked with."""
    extension: Any = options_pb2.disclosure
    return str(field.GetOptions().Extensions[extension]) or None


def _reader(field: FieldDescriptor) -> Reader:
    one = _single(field)
    return (lambda items: [one(item) for item in items]) if field.is_repeated else one


def _single(field: FieldDescriptor) -> Reader:
    if field.enum_type is not None:
        names = {number: value.name for number, value in field.enum_type.values_by_number.items()}
        return lambda number: names.get(number, number)
    if field.message_type is None:
        return lambda value: value
    if field.message_type.full_name == TIMESTAMP:
        return lambda time: time.ToDatetime(UTC)
    if field.message_type.full_name == DURATION:
        return lambda span: span.ToTimedelta()
    return values
