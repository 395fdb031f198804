"""Avro schemas as projections of protobuf descriptors.

| protobuf | Avro |
|---|---|
| message | record of the same full name; nested ones are defined where they first appear |
| string, bool, double, bytes | the same |
| 32-bit and 64-bit integers | long; uint64 beyond 2**63 as its two's complement |
| enum | enum with default …_UNSPECIFIED; an unknown number stands in the field <name>__number |
| Timestamp | timestamp-micros; the rest of its nanoseconds (0–999) in the field <name>__nanos |
| optional, message, member of a oneof | union with null, default null |
| oneof | its members, and before them the field <oneof>__case with the name of the one that is set |
| repeated | array, default empty |

Every field has a default, and its protobuf number as the property "fieldNumber", so that schemas can
evolve. `doc` is the comment of the contract. Unknown protobuf fields are not carried: a gateway
refuses drafts that have any.

Why <oneof>__case: a reader with an older schema does not see a member that it does not know; without
the name it could not tell a message of a newer type from one without a body. It also saves readers in
SQL from testing every column for null. It is a string, not an enum, because an older reader would get
an enum's default instead of a new symbol. A writer that leaves it empty is understood.

Aliases are not written: the contract has no renames. A new name for a field would break the JSON form
and generated code, so that `yrd contracts check` refuses it; the way is a new field beside the old.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import (
    Descriptor,
    EnumDescriptor,
    FieldDescriptor,
    OneofDescriptor,
)
from google.protobuf.descriptor_pb2 import DescriptorProto

TIMESTAMP = "google.protobuf.Timestamp"
NUMBER = "__number"
NANOS = "__nanos"
CASE = "__case"

Comments = Mapping[str, str]
"""Full name of an element of the contract → its comment."""

_SCALARS: dict[int, tuple[str, Any]] = {
    FieldDescriptor.TYPE_STRING: ("string", ""),
    FieldDescriptor.TYPE_BOOL: ("boolean", False),
    FieldDescriptor.TYPE_DOUBLE: ("double", 0.0),
    FieldDescriptor.TYPE_BYTES: ("bytes", ""),
    FieldDescriptor.TYPE_INT32: ("long", 0),
    FieldDescriptor.TYPE_INT64: ("long", 0),
    FieldDescriptor.TYPE_UINT32: ("long", 0),
    FieldDescriptor.TYPE_UINT64: ("long", 0),
}


def project(descriptor: Descriptor, comments: Comments | None = None) -> dict[str, Any]:
    """The Avro schema of a message. Raises ValueError for a field type that has no projection.

    `comments` become `doc`; descriptors at run time have none of their own.
    """
    return _record(descriptor, set(), comments or {})


def is_time(field: FieldDescriptor) -> bool:
    """Whether its type is Timestamp."""
    kind = field.message_type
    return kind is not None and kind.full_name == TIMESTAMP


def oneof_of(field: FieldDescriptor) -> OneofDescriptor | None:
    """The oneof that the field is a member of; `optional` makes none."""
    oneof, owner = field.containing_oneof, field.containing_type
    if oneof is None or owner is None or len(oneof.fields) > 1:
        return oneof
    written = DescriptorProto()
    owner.CopyToProto(written)
    return None if written.field[field.index].proto3_optional else oneof


def opened_by(field: FieldDescriptor) -> OneofDescriptor | None:
    """The oneof whose first member the field is: its case stands before this field."""
    oneof = oneof_of(field)
    return oneof if oneof is not None and oneof.fields[0].name == field.name else None


def closed_by(field: FieldDescriptor) -> OneofDescriptor | None:
    """The oneof whose last member the field is."""
    oneof = oneof_of(field)
    return oneof if oneof is not None and oneof.fields[-1].name == field.name else None


def _doc(full_name: str, comments: Comments) -> dict[str, str]:
    return {"doc": comments[full_name]} if full_name in comments else {}


def _record(descriptor: Descriptor, defined: set[str], comments: Comments) -> dict[str, Any]:
    name = descriptor.full_name
    defined.add(name)
    fields = [f for field in descriptor.fields for f in _fields(field, defined, comments)]
    return {"type": "record", "name": name, **_doc(name, comments), "fields": fields}


def _fields(field: FieldDescriptor, defined: set[str], comments: Comments) -> list[dict[str, Any]]:
    item, zero = _item(field, defined, comments)
    kind: Any = item
    if field.is_repeated:
        kind, zero = {"type": "array", "items": item}, []
    elif field.has_presence:
        kind, zero = ["null", item], None
    main = {"name": field.name, "type": kind, "default": zero, "fieldNumber": field.number}
    return [*_case(field), main | _doc(field.full_name, comments), *_sidecars(field)]


def _case(field: FieldDescriptor) -> list[dict[str, Any]]:
    oneof = opened_by(field)
    if oneof is None:
        return []
    doc = f"Name of the field of {oneof.name} that is set; empty if none is."
    return [{"name": oneof.name + CASE, "type": "string", "default": "", "doc": doc}]


def _sidecars(field: FieldDescriptor) -> list[dict[str, Any]]:
    if field.enum_type is not None:
        rest, doc = NUMBER, "where it is no symbol of this schema: its number in protobuf"
    elif is_time(field):
        rest, doc = NANOS, "nanoseconds after the microsecond, 0 to 999"
    else:
        return []
    kind: Any = {"type": "array", "items": "int"} if field.is_repeated else "int"
    doc = f"Of {field.name}{', one for each' if field.is_repeated else ''}: {doc}."
    return [{"name": field.name + rest, "type": ["null", kind], "default": None, "doc": doc}]


def _item(field: FieldDescriptor, defined: set[str], comments: Comments) -> tuple[Any, Any]:
    if field.enum_type is not None:
        return _enum(field.enum_type, defined, comments), field.enum_type.values[0].name
    if is_time(field):
        return {"type": "long", "logicalType": "timestamp-micros"}, 0
    kind = field.message_type
    if kind is not None and not kind.GetOptions().map_entry:
        known = kind.full_name in defined
        return (kind.full_name if known else _record(kind, defined, comments)), None
    if field.type not in _SCALARS:
        raise ValueError(f"{field.full_name}: no Avro projection for protobuf type {field.type}")
    return _SCALARS[field.type]


def _enum(enum: EnumDescriptor, defined: set[str], comments: Comments) -> Any:
    if enum.full_name in defined:
        return enum.full_name
    defined.add(enum.full_name)
    symbols = [value.name for value in enum.values]
    return {
        "type": "enum",
        "name": enum.full_name,
        **_doc(enum.full_name, comments),
        "symbols": symbols,
        "default": symbols[0],
    }
