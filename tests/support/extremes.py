"""Messages of any type with one extreme value wherever it fits: what no chance is left to find."""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

Pick = Callable[[Any], Any]
"""Field → value, or None to leave it out."""

_FIRST, _LAST = (-62_135_596_800, 0), (253_402_300_799, 999_999_999)
_LOW = {
    FieldDescriptor.TYPE_INT32: -(1 << 31),
    FieldDescriptor.TYPE_INT64: -(1 << 63),
    FieldDescriptor.TYPE_UINT64: 1 << 63,
    FieldDescriptor.TYPE_DOUBLE: float("-inf"),
    FieldDescriptor.TYPE_ENUM: -(1 << 31),
}
_HIGH = {
    FieldDescriptor.TYPE_BOOL: True,
    FieldDescriptor.TYPE_INT32: (1 << 31) - 1,
    FieldDescriptor.TYPE_INT64: (1 << 63) - 1,
    FieldDescriptor.TYPE_UINT32: (1 << 32) - 1,
    FieldDescriptor.TYPE_UINT64: (1 << 64) - 1,
    FieldDescriptor.TYPE_DOUBLE: float("inf"),
    FieldDescriptor.TYPE_ENUM: (1 << 31) - 1,
}
_VARIANTS: dict[str, tuple[Pick, tuple[int, int]]] = {
    "present but default": (lambda field: field.default_value, (0, 0)),
    "lowest": (lambda field: _LOW.get(field.type), _FIRST),
    "highest": (lambda field: _HIGH.get(field.type), _LAST),
    "negative zero": (lambda f: -0.0 if f.type == FieldDescriptor.TYPE_DOUBLE else None, (-1, 1)),
    "long texts": (lambda field: _text(field, "字" * 10_000), (0, 999)),
    "astral texts": (lambda field: _text(field, "𠮷😀" * 20), (0, 1000)),
    "NUL": (lambda field: _text(field, "\0"), (-1, 999_999_999)),
    "unknown enums": (lambda f: 77 if f.type == FieldDescriptor.TYPE_ENUM else None, (1, 1)),
}


def _text(field: Any, text: str) -> str | bytes | None:
    if field.type == FieldDescriptor.TYPE_BYTES:
        return text.encode()
    return text if field.type == FieldDescriptor.TYPE_STRING else None


def extremes(descriptor: Any) -> Iterator[tuple[str, Message]]:
    """Named messages: empty, and for every member of a oneof all fields at each extreme."""
    yield "empty", GetMessageClass(descriptor)()
    for name, (pick, time) in _VARIANTS.items():
        for turn in range(_turns(descriptor)):
            made = GetMessageClass(descriptor)()
            _fill(made, pick, time, turn)
            yield f"{name}, member {turn}", made


def _turns(descriptor: Any) -> int:
    """So many that each member of each oneof of the type, and of those in it, has its turn."""
    inner = [_turns(f.message_type) for f in descriptor.fields if f.message_type is not None]
    return max([1, *(len(oneof.fields) for oneof in descriptor.oneofs), *inner])


def _fill(made: Any, pick: Pick, time: tuple[int, int], turn: int) -> None:
    if made.DESCRIPTOR.full_name == "google.protobuf.Timestamp":
        made.seconds, made.nanos = time
        return
    for field in made.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if oneof is None or oneof.fields[turn % len(oneof.fields)].name == field.name:
            _set(made, field, pick, time, turn)


def _set(made: Any, field: Any, pick: Pick, time: tuple[int, int], turn: int) -> None:
    target = getattr(made, field.name)
    if field.message_type is not None:
        for item in [target.add(), target.add()] if field.is_repeated else [target]:
            if not field.is_repeated:
                item.SetInParent()
            _fill(item, pick, time, turn)
        return
    value = pick(field)
    if field.is_repeated:
        zero = b"" if field.type == FieldDescriptor.TYPE_BYTES else ""
        if value is not None:
            number = not isinstance(value, str | bytes | list)
            target.extend([value, 0 if number else zero] if value != [] else [])
    elif value is not None:
        setattr(made, field.name, value)
