"""A message type with every kind of field that the contract may come to use, in every cardinality."""

from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.timestamp_pb2 import DESCRIPTOR as TIMESTAMP_FILE

_PACKAGE = "every.kind.v1"
_TYPES = {
    "text": FieldDescriptorProto.TYPE_STRING,
    "data": FieldDescriptorProto.TYPE_BYTES,
    "flag": FieldDescriptorProto.TYPE_BOOL,
    "figure": FieldDescriptorProto.TYPE_DOUBLE,
    "int32": FieldDescriptorProto.TYPE_INT32,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "uint32": FieldDescriptorProto.TYPE_UINT32,
    "uint64": FieldDescriptorProto.TYPE_UINT64,
}
_NAMED = {
    "few": (FieldDescriptorProto.TYPE_ENUM, f".{_PACKAGE}.Few"),
    "many": (FieldDescriptorProto.TYPE_ENUM, f".{_PACKAGE}.Many"),
    "time": (FieldDescriptorProto.TYPE_MESSAGE, ".google.protobuf.Timestamp"),
    "inner": (FieldDescriptorProto.TYPE_MESSAGE, f".{_PACKAGE}.Inner"),
}


@cache
def every_kind() -> Any:
    """The descriptor."""
    pool = DescriptorPool()
    pool.AddSerializedFile(TIMESTAMP_FILE.serialized_pb)
    file = FileDescriptorProto(name="every_kind.proto", package=_PACKAGE, syntax="proto3")
    file.dependency.append("google/protobuf/timestamp.proto")
    file.enum_type.append(_enum("Few", [0, 1, 2, 1, -5, 1000]))
    file.enum_type.append(_enum("Many", [0, *range(200, 300)]))
    file.message_type.append(_message("Inner", deeper=False))
    file.message_type.append(_message("EveryKind", deeper=True))
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindMessageTypeByName(f"{_PACKAGE}.EveryKind")


def _enum(name: str, numbers: list[int]) -> EnumDescriptorProto:
    """Two names may have one number."""
    made = EnumDescriptorProto(name=name)
    made.options.allow_alias = len(set(numbers)) < len(numbers)
    for index, number in enumerate(numbers):
        made.value.add(name=f"{name.upper()}_{index}", number=number)
    return made


def _message(name: str, *, deeper: bool) -> DescriptorProto:
    made = DescriptorProto(name=name)
    made.oneof_decl.add(name="choice")
    made.oneof_decl.add(name="only")
    kinds = [k for k in (*_TYPES, *_NAMED) if deeper or k != "inner"]
    for kind in kinds:
        _field(made, f"one_{kind}", kind)
    for kind in kinds:
        _field(made, f"choice_{kind}", kind).oneof_index = 0
    _field(made, "only_text", "text").oneof_index = 1
    for kind in kinds:
        _field(made, f"all_{kind}", kind).label = FieldDescriptorProto.LABEL_REPEATED
    for kind in kinds:
        _optional(made, f"maybe_{kind}", kind)
    return made


def _field(made: DescriptorProto, name: str, kind: str) -> FieldDescriptorProto:
    number = len(made.field) + 1
    field = made.field.add(name=name, number=number, label=FieldDescriptorProto.LABEL_OPTIONAL)
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type, field.type_name = _NAMED[kind]
    return field


def _optional(made: DescriptorProto, name: str, kind: str) -> None:
    field = _field(made, name, kind)
    field.proto3_optional = True
    field.oneof_index = len(made.oneof_decl)
    made.oneof_decl.add(name=f"_{name}")
