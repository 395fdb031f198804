"""Avro schemas as projections of protobuf descriptors.

| protobuf | Avro |
|---|---|
| message | record of the same full name; nested ones are defined where they first appear |
| string, bool, double, bytes | the same |
| 32-bit and 64-bit integers | long; uint64 beyond 2**63 as its two's complement |
| enum | enum with default …_UNSPECIFIED; an unknown number stands in the field <name>__number |
| Timestamp | timestamp-micros; the rest of its nanoseconds (0–999) in the field <name>__nanos |
| optional, message, member of a oneof | union with null, default null |
| repeated | array, default empty |

Every field has a default, and its protobuf number as the property "fieldNumber", so that schemas can
evolve. Unknown protobuf fields are not carried: a gateway refuses drafts that have any.
"""

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

TIMESTAMP = "google.protobuf.Timestamp"
NUMBER = "__number"
NANOS = "__nanos"

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


def project(descriptor: Descriptor) -> dict[str, Any]:
    """The Avro schema of a message. Raises ValueError for a field type that has no projection."""
    return _record(descriptor, set())


def _record(descriptor: Descriptor, defined: set[str]) -> dict[str, Any]:
    defined.add(descriptor.full_name)
    fields = [f for field in descriptor.fields for f in _fields(field, defined)]
    return {"type": "record", "name": descriptor.full_name, "fields": fields}


def _fields(field: FieldDescriptor, defined: set[str]) -> list[dict[str, Any]]:
    number = {"fieldNumber": field.number}
    item, zero = _item(field, defined)
    main: dict[str, Any]
    if field.is_repeated:
        main = {"name": field.name, "type": {"type": "array", "items": item}, "default": []}
    elif field.has_presence:
        main = {"name": field.name, "type": ["null", item], "default": None}
    else:
        main = {"name": field.name, "type": item, "default": zero}
    return [main | number, *_sidecars(field)]


def _sidecars(field: FieldDescriptor) -> list[dict[str, Any]]:
    rest = None
    if field.enum_type is not None:
        rest = NUMBER
    elif field.message_type is not None and field.message_type.full_name == TIMESTAMP:
        rest = NANOS
    if rest is None:
        return []
    kind: Any = {"type": "array", "items": "int"} if field.is_repeated else "int"
    return [{"name": field.name + rest, "type": ["null", kind], "default": None}]


def _item(field: FieldDescriptor, defined: set[str]) -> tuple[Any, Any]:
    if field.enum_type is not None:
        return _enum(field.enum_type, defined), field.enum_type.values[0].name
    if field.message_type is not None:
        if field.message_type.full_name == TIMESTAMP:
            return {"type": "long", "logicalType": "timestamp-micros"}, 0
        if field.message_type.full_name in defined:
            return field.message_type.full_name, None
        return _record(field.message_type, defined), None
    if field.type not in _SCALARS:
        raise ValueError(f"{field.full_name}: no Avro projection for protobuf type {field.type}")
    return _SCALARS[field.type]


def _enum(enum: EnumDescriptor, defined: set[str]) -> Any:
    if enum.full_name in defined:
        return enum.full_name
    defined.add(enum.full_name)
    symbols = [value.name for value in enum.values]
    return {"type": "enum", "name": enum.full_name, "symbols": symbols, "default": symbols[0]}
