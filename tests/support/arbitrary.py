"""Arbitrary messages of any type for hypothesis, from the descriptor alone."""

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

_MIN_SECONDS, _MAX_SECONDS = -62_135_596_800, 253_402_300_799
_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_STRING: st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_DOUBLE: st.floats(allow_nan=False),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=8),
    FieldDescriptor.TYPE_INT32: st.integers(-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.TYPE_INT64: st.integers(-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.TYPE_UINT32: st.integers(0, (1 << 32) - 1),
    FieldDescriptor.TYPE_UINT64: st.integers(0, (1 << 64) - 1),
    FieldDescriptor.TYPE_ENUM: st.integers(0, 5) | st.integers(-(1 << 31), (1 << 31) - 1),
}


@st.composite
def messages(draw: Callable[[Any], Any], descriptor: Any, depth: int = 0) -> Message:
    """A message with some of its fields set; unknown enum numbers and extreme times included."""
    message: Any = GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Timestamp":
        message.seconds = draw(st.integers(_MIN_SECONDS, _MAX_SECONDS))
        message.nanos = draw(st.integers(0, 999_999_999))
        return message  # type: ignore[no-any-return]
    for field in descriptor.fields:
        if draw(st.integers(0, 2 + depth)) == 0:
            _set(draw, message, field, depth)
    return message  # type: ignore[no-any-return]


def _set(draw: Callable[[Any], Any], message: Any, field: Any, depth: int) -> None:
    value = (
        messages(field.message_type, depth + 1)
        if field.message_type is not None
        else _SCALARS[field.type]
    )
    if field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(value, max_size=2)))
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(draw(value))
    else:
        setattr(message, field.name, draw(value))
