"""Arbitrary messages of any type for hypothesis, from the descriptor alone."""

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

_MIN_SECONDS, _MAX_SECONDS = -62_135_596_800, 253_402_300_799

EXTREME_TEXTS = ("\0", "𠮷野家😀", "字" * 3, "字" * 10_000, "x" * 8192, "\u2028\ufeff\u007f", '"\\')
_EXTREME_FLOATS = (0.0, -0.0, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), 0.1)


def _integers(least: int, most: int) -> st.SearchStrategy[int]:
    return st.sampled_from([least, most, 0, 1]) | st.integers(least, most)


_SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_STRING: (
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
        | st.sampled_from(("", *EXTREME_TEXTS))
    ),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_DOUBLE: (st.sampled_from(_EXTREME_FLOATS) | st.floats(allow_nan=False)),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=8) | st.just(bytes(range(256)) * 40),
    FieldDescriptor.TYPE_INT32: _integers(-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.TYPE_INT64: _integers(-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.TYPE_UINT32: _integers(0, (1 << 32) - 1),
    FieldDescriptor.TYPE_UINT64: _integers(0, (1 << 64) - 1) | st.just(1 << 63),
    FieldDescriptor.TYPE_ENUM: st.integers(0, 5) | _integers(-(1 << 31), (1 << 31) - 1),
}
_TIMES = st.tuples(
    st.sampled_from([_MIN_SECONDS, _MAX_SECONDS, -1, 0]) | st.integers(_MIN_SECONDS, _MAX_SECONDS),
    st.sampled_from([0, 999_999_999, 1_000, 999]) | st.integers(0, 999_999_999),
)


@st.composite
def messages(draw: Callable[[Any], Any], descriptor: Any, depth: int = 0) -> Message:
    """A message with some of its fields set; unknown enum numbers and extreme times included."""
    message: Any = GetMessageClass(descriptor)()
    if descriptor.full_name == "google.protobuf.Timestamp":
        message.seconds, message.nanos = draw(_TIMES)
        return message  # type: ignore[no-any-return]
    for field in _chosen(draw, descriptor, depth):
        _set(draw, message, field, depth)
    return message  # type: ignore[no-any-return]


def _chosen(draw: Callable[[Any], Any], descriptor: Any, depth: int) -> list[Any]:
    """Fields to set: fewer the deeper they are, and one member or none of each oneof."""
    wanted = []
    for oneof in descriptor.oneofs:
        wanted.append(draw(st.sampled_from([None, *oneof.fields])))
    for field in descriptor.fields:
        if field.containing_oneof is None and draw(st.integers(0, 1 + depth)) == 0:
            wanted.append(field)
    return [field for field in wanted if field is not None]


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
