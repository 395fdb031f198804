"""JSON Schema of single values, as canonical ProtoJSON writes them, without rules."""

from collections.abc import Mapping
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

Schema = dict[str, Any]
Comments = Mapping[str, str]

TIMESTAMP = "google.protobuf.Timestamp"
NO_NUMBERS = ("NaN", "Infinity", "-Infinity")

_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$"
_WIDE = (FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64)
_LIMITS = {
    FieldDescriptor.TYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.TYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.TYPE_UINT32: (0, (1 << 32) - 1),
    FieldDescriptor.TYPE_UINT64: (0, (1 << 64) - 1),
}


def is_wide(field: FieldDescriptor) -> bool:
    """Whether it is written as a text of digits."""
    return field.type in _WIDE


def plain_value(field: FieldDescriptor) -> Schema:
    """One value of a field; for messages and enums a reference into $defs.

    Raises ValueError for a type that has no projection.
    """
    if field.message_type is not None:
        return _message(field)
    if field.enum_type is not None:
        return {"$ref": f"#/$defs/{field.enum_type.full_name}"}
    if field.type in _LIMITS:
        return _whole(field)
    if field.type in _SCALARS:
        return dict(_SCALARS[field.type])
    raise ValueError(f"{field.full_name}: no JSON Schema for protobuf type {field.type}")


_SCALARS: dict[int, Schema] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number"},
    FieldDescriptor.TYPE_BYTES: {
        "type": "string",
        "contentEncoding": "base64",
        "pattern": "^[A-Za-z0-9+/_-]*={0,2}$",
    },
}


def _message(field: Any) -> Schema:
    kind = field.message_type
    if kind.full_name == TIMESTAMP:
        return {"type": "string", "format": "date-time", "pattern": _TIME}
    if kind.GetOptions().map_entry:
        raise ValueError(f"{field.full_name}: no JSON Schema for maps")
    return {"$ref": f"#/$defs/{kind.full_name}"}


def _whole(field: FieldDescriptor) -> Schema:
    low, high = _LIMITS[field.type]
    if not is_wide(field):
        return {"type": "integer", "minimum": low, "maximum": high}
    sign = "-?" if low < 0 else ""
    digits = f"^{sign}(0|[1-9][0-9]{{0,{len(str(high)) - 1}}})$"
    return {"type": ["string", "integer"], "pattern": digits, "minimum": low, "maximum": high}


def enum_definition(enum: EnumDescriptor, comments: Comments) -> Schema:
    """An enum's entry in $defs: its names, and what each means."""
    found: Schema = {"title": enum.name, "type": "string", "enum": [v.name for v in enum.values]}
    if enum.full_name in comments:
        found["description"] = comments[enum.full_name]
    told = {
        value.name: comments[f"{enum.full_name}.{value.name}"]
        for value in enum.values
        if f"{enum.full_name}.{value.name}" in comments
    }
    return found | ({"x-value-descriptions": told} if told else {})
