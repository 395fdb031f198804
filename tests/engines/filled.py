"""Drafts of every type for codecs: with everything in them, and with next to nothing."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Draft

_HARD_TEXT = '长三角 "\\ \t\n\u2028 \U0001f6a8 é'
_UNKNOWN_ENUM = 12345
_NANOS = 999_999_000
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the last instant that ProtoJSON can tell."""
_NUMBERS: dict[int, Any] = {
    FieldDescriptor.CPPTYPE_INT32: -(2**31),
    FieldDescriptor.CPPTYPE_INT64: -(2**63),
    FieldDescriptor.CPPTYPE_UINT32: 2**32 - 1,
    FieldDescriptor.CPPTYPE_UINT64: 2**64 - 1,
    FieldDescriptor.CPPTYPE_DOUBLE: 0.1,
    FieldDescriptor.CPPTYPE_FLOAT: 0.5,
    FieldDescriptor.CPPTYPE_BOOL: True,
}


def drafts() -> Iterator[tuple[str, Draft]]:
    """Pairs of a name and a draft; most break rules, which a codec does not look at."""
    for type_name, field in BODY_FIELDS.items():
        full, bare = Draft(), Draft()
        fill(full.header)
        fill(getattr(full, field.name))
        getattr(bare, field.name).SetInParent()
        yield f"{type_name}.full", full
        yield f"{type_name}.bare", bare


def fill(message: Message) -> None:
    """Sets every field to something hard; of a oneof the last stays."""
    if message.DESCRIPTOR.full_name == "google.protobuf.Timestamp":
        made: Any = message
        made.seconds, made.nanos = _LAST_SECOND, _NANOS
        return
    descriptor: Any = message.DESCRIPTOR
    for field in descriptor.fields:
        _fill_field(message, field)


def _fill_field(message: Message, field: FieldDescriptor) -> None:
    value: Any = getattr(message, field.name)
    if field.message_type is not None:
        for part in (value.add(), value.add()) if field.is_repeated else (value,):
            part.SetInParent()
            fill(part)
    elif field.is_repeated:
        value.extend([_scalar(field), _scalar(field)])
    else:
        setattr(message, field.name, _scalar(field))


def _scalar(field: FieldDescriptor) -> Any:
    if field.enum_type is not None:
        return _UNKNOWN_ENUM
    if field.type == FieldDescriptor.TYPE_BYTES:
        return b"\x00\xff\x80"
    return _HARD_TEXT if field.type == FieldDescriptor.TYPE_STRING else _NUMBERS[field.cpp_type]
