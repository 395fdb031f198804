"""What an item of a picture says, as text by the path of the field; whatever the item is."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from yrd.common.v1.common_pb2 import Code, Quantity

_NO_FIGURE = frozenset(
    ("message_id", "message_ids", "figures_message_id", "reported_time", "revision", "digest")
)
"""Which message says it, not what it says."""


def figures(item: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, value) of what is known, in the order of the contract, "casualties.dead" for example.

    What is unknown is not there. Lists of messages are left out: they are items of their own.
    """
    for field in item.DESCRIPTOR.fields:
        if field.name in _NO_FIGURE or (field.has_presence and not item.HasField(field.name)):
            continue
        value = getattr(item, field.name)
        if not field.is_repeated:
            yield from _figure(f"{path}{field.name}", field, value)
        elif field.message_type is None and value:
            yield f"{path}{field.name}", ", ".join(_scalar(field, one) for one in value)


def _figure(path: str, field: FieldDescriptor, value: Any) -> Iterator[tuple[str, str]]:
    if field.message_type is None:
        yield path, _scalar(field, value)
    elif isinstance(value, Timestamp):
        yield path, value.ToJsonString()
    elif isinstance(value, Code):
        yield path, value.value
    elif isinstance(value, Quantity):
        yield path, f"{value.value:.10g} {value.unit}"
    else:
        yield from figures(value, f"{path}.")


def _scalar(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type is not None:
        return _name(field.enum_type, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _name(enum: EnumDescriptor, number: int) -> str:
    """Nothing for "not stated"; the number for one that only a newer contract knows."""
    known = enum.values_by_number.get(number)
    if known is None:
        return str(number)
    return str(known.name) if number else ""
