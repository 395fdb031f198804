"""Which value of a JSON object its field does not take, and what to send instead.

Stricter and clearer than protobuf's own reader, which takes an array for an empty object, 1.5 for an
enum and stray characters in base64. Reads by `json_name` or by the field's name, as ProtoJSON does.
"""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

_TIMESTAMP = "google.protobuf.Timestamp"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|NaN|-?Infinity", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_HALF = re.compile("[\ud800-\udfff]")
_RANGES = {
    FieldDescriptor.TYPE_INT32: range(-(1 << 31), 1 << 31),
    FieldDescriptor.TYPE_INT64: range(-(1 << 63), 1 << 63),
    FieldDescriptor.TYPE_UINT32: range(1 << 32),
    FieldDescriptor.TYPE_UINT64: range(1 << 64),
}


def wrong_value(value: Mapping[str, Any], descriptor: Descriptor, path: str = "") -> str | None:
    """The first value that is wrong, as "field: what it is and what to send", or None."""
    fields, told = _fields(descriptor), dict[str, str]()
    for key, item in value.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in fields:
            return f"{here}: {descriptor.name} has no such field: {_meant(str(key), fields)}"
        if item is None:
            continue
        slot = _slot(fields[key])
        if slot in told:
            return f"{here}: {told[slot]} is there already, and only one of them can be: keep one"
        told[slot] = str(key)
        found = _field_problem(item, fields[key], here)
        if found:
            return found
    return None


def _slot(field: FieldDescriptor) -> str:
    """What holds one value only: the field under either of its names, or its oneof."""
    oneof = field.containing_oneof
    return str(field.full_name if oneof is None else oneof.full_name)


@cache
def _fields(descriptor: Descriptor) -> Mapping[str, FieldDescriptor]:
    by_name = {field.name: field for field in descriptor.fields}
    return MappingProxyType(by_name | {field.json_name: field for field in descriptor.fields})


def _meant(key: str, fields: Mapping[str, FieldDescriptor]) -> str:
    names = list(dict.fromkeys(field.json_name for field in fields.values()))
    close = difflib.get_close_matches(key, names, n=1)
    return f"did you mean {close[0]}?" if close else f"it has {', '.join(names)}"


def _field_problem(value: Any, field: FieldDescriptor, path: str) -> str | None:
    if not field.is_repeated:
        return _item_problem(value, field, path)
    if not isinstance(value, list):
        return f"{path}: {kind_of(value)} where an array is expected: write [ ] around it"
    for index, item in enumerate(value):
        found = _item_problem(item, field, f"{path}[{index}]")
        if found:
            return found
    return None


def _item_problem(value: Any, field: FieldDescriptor, path: str) -> str | None:
    kind = field.message_type
    if kind is not None and kind.full_name != _TIMESTAMP:
        if isinstance(value, dict):
            return wrong_value(value, kind, path)
        return f"{path}: {kind_of(value)} where an object is expected: send a {kind.name} in {{ }}"
    expected = _time_problem(value) if kind is not None else _SCALARS[field.type](value, field)
    return f"{path}: {_shown(value)} where {expected}" if expected else None


def _time_problem(value: Any) -> str | None:
    if isinstance(value, str) and _TIME.fullmatch(value) and _is_date(value):
        return None
    return "a time is expected: send RFC 3339 with its zone, for example 2026-06-01T20:00:00+08:00"


def _is_date(value: str) -> bool:
    try:
        Timestamp().FromJsonString(value)
    except ValueError:
        return False
    return True


def _text_problem(value: Any, _: FieldDescriptor) -> str | None:
    if not isinstance(value, str):
        return "a text is expected: put it in quotes"
    if _HALF.search(value):
        return "whole characters are expected: it has half of a surrogate pair"
    return None


def _bytes_problem(value: Any, _: FieldDescriptor) -> str | None:
    if isinstance(value, str) and _BASE64.fullmatch(value):
        return None
    return "bytes are expected: send them as base64"


def _bool_problem(value: Any, _: FieldDescriptor) -> str | None:
    return None if isinstance(value, bool) else "true or false is expected: send it without quotes"


def _whole_problem(value: Any, field: FieldDescriptor) -> str | None:
    allowed, number = _RANGES[field.type], _whole(value)
    if number is not None and number in allowed:
        return None
    return f"a whole number from {allowed[0]} to {allowed[-1]} is expected: correct it"


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return int(value) if len(value) <= 20 and _WHOLE.fullmatch(value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) else None


def _double_problem(value: Any, _: FieldDescriptor) -> str | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value)
        return None if "I" in value or abs(number) != float("inf") else _TOO_LARGE
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "a number is expected: send it without quotes"
    if isinstance(value, int):
        return _TOO_LARGE if abs(value) > 1 << 1023 else None
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        return "a number is expected: leave the field out if it is unknown"
    return _TOO_LARGE if abs(value) == float("inf") else None


_TOO_LARGE = "at most 1.797e308 is expected: the number is too large"


def _enum_problem(value: Any, field: Any) -> str | None:
    names = [v.name for v in field.enum_type.values]
    number = None if isinstance(value, str) else _whole(value)
    if value in names or (number is not None and number in _RANGES[FieldDescriptor.TYPE_INT32]):
        return None
    return f"one of {', '.join(names)} is expected: correct it"


_SCALARS: dict[int, Callable[[Any, FieldDescriptor], str | None]] = {
    FieldDescriptor.TYPE_STRING: _text_problem,
    FieldDescriptor.TYPE_BYTES: _bytes_problem,
    FieldDescriptor.TYPE_BOOL: _bool_problem,
    FieldDescriptor.TYPE_DOUBLE: _double_problem,
    FieldDescriptor.TYPE_FLOAT: _double_problem,
    FieldDescriptor.TYPE_ENUM: _enum_problem,
    **dict.fromkeys(_RANGES, _whole_problem),
}


def kind_of(value: Any) -> str:
    """A JSON value's kind in words."""
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")


def _shown(value: Any) -> str:
    """A value short enough for an error."""
    if value is None or isinstance(value, dict | list):
        return kind_of(value)
    if isinstance(value, float) and abs(value) == float("inf"):
        return "a number beyond 1.797e308"
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
