"""What a datum holds, field by field, for native/: from the schema it was written with, and our descriptor.

A schema that is not as `projection` makes them, or has what this version of the contract does not know, is
Foreign: only fastavro can resolve its data.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from schemas.avro.projection import CASE, NANOS, NUMBER, is_time, oneof_of

Layout = dict[str, Any]
"""As native/src/avro/layout.rs has it."""

_KINDS = {
    FieldDescriptor.TYPE_STRING: ("string", "text"),
    FieldDescriptor.TYPE_BYTES: ("bytes", "bytes"),
    FieldDescriptor.TYPE_BOOL: ("boolean", "bool"),
    FieldDescriptor.TYPE_DOUBLE: ("double", "double"),
    FieldDescriptor.TYPE_INT32: ("long", "int32"),
    FieldDescriptor.TYPE_INT64: ("long", "int64"),
    FieldDescriptor.TYPE_UINT32: ("long", "uint32"),
    FieldDescriptor.TYPE_UINT64: ("long", "uint64"),
}
"""Type in protobuf → in Avro, and the layout's kind."""


class Foreign(Exception):
    """The text says what is not as we would have it."""


def layout(schema: Any, descriptor: Descriptor) -> Layout:
    """Of a schema of a type. Raises Foreign."""
    return _Making(schema, descriptor).made()


class _Making:
    """All types of a layout name each other by number; the first is the type itself."""

    def __init__(self, schema: Any, descriptor: Descriptor) -> None:
        self._named = {named["name"]: named for named in _named(schema)}
        self._held = [(descriptor.full_name, descriptor)]

    def made(self) -> Layout:
        return {"messages": [{"parts": [*self._parts(*held)]} for held in self._held]}  # it grows

    def _parts(self, name: str, descriptor: Descriptor) -> Iterator[Layout]:
        waiting = deque(self._definition(name, "record")["fields"])
        while waiting:
            first = waiting[0]["name"]
            if not first.endswith(CASE):
                yield {"field": self._field(waiting, descriptor, "")}
                continue
            _require(waiting.popleft()["type"], "string", first)
            oneof = first.removesuffix(CASE)
            members = []
            while waiting and _oneof(descriptor, waiting[0]["name"]) == oneof:
                members.append(self._field(waiting, descriptor, oneof))
            yield {"choice": members}

    def _field(self, waiting: deque[Any], descriptor: Descriptor, oneof: str) -> Layout:
        """The next field, and what stands beside it."""
        written = waiting.popleft()
        name = written["name"]
        if name not in descriptor.fields_by_name or _oneof(descriptor, name) != oneof:
            raise Foreign(f"{descriptor.full_name} has no {name} there")
        field = descriptor.fields_by_name[name]
        count, item = _counted(written["type"], field)
        made = {"name": name, "number": field.number, "count": count}
        made["kind"] = self._kind(item, field)
        beside = NUMBER if field.enum_type is not None else NANOS if is_time(field) else ""
        if beside:
            found = waiting.popleft() if waiting else {"name": "", "type": None}
            numbers = {"type": "array", "items": "int"} if field.is_repeated else "int"
            _require(found["name"], name + beside, name)
            _require(found["type"], ["null", numbers], name + beside)
        return made

    def _kind(self, item: Any, field: FieldDescriptor) -> Any:
        if field.enum_type is not None:
            return {"enum": [*self._numbers(item, field.enum_type)]}
        if field.message_type is None or is_time(field):
            avro, kind = ("long", "time") if is_time(field) else _KINDS[field.type]
            _require(_bare(item), avro, field.full_name)
            return kind
        held = field.message_type.full_name, field.message_type
        _require(_bare(item), held[0], field.full_name)
        if held not in self._held:
            self._held.append(held)
        return {"message": self._held.index(held)}

    def _numbers(self, item: Any, enum: Any) -> Iterator[int]:
        _require(_bare(item), enum.full_name, enum.full_name)
        for symbol in self._definition(enum.full_name, "enum")["symbols"]:
            if symbol not in enum.values_by_name:
                raise Foreign(f"{enum.full_name} has no {symbol}")
            yield enum.values_by_name[symbol].number

    def _definition(self, name: str, kind: str) -> Any:
        found = self._named.get(name, {"type": None})
        _require(found["type"], kind, name)
        return found


def _counted(written: Any, field: FieldDescriptor) -> tuple[str, Any]:
    """How many there are, and the type of each."""
    if field.is_repeated:
        if isinstance(written, dict) and written["type"] == "array":
            return "many", written["items"]
    elif not field.has_presence:
        return "plain", written
    elif isinstance(written, list) and len(written) == 2 and written[0] == "null":
        return "maybe", written[1]
    raise Foreign(f"{field.full_name} is written as {written}")


def _bare(item: Any) -> Any:
    """The name of a type that may be defined here."""
    return item.get("name", item["type"]) if isinstance(item, dict) else item


def _named(schema: Any) -> Iterator[Any]:
    """All records and enums that are defined in it."""
    if isinstance(schema, list):
        for branch in schema:
            yield from _named(branch)
    elif isinstance(schema, dict):
        if schema["type"] in ("record", "enum"):
            yield schema
        for field in schema.get("fields", ()):
            yield from _named(field["type"])
        yield from _named(schema.get("items"))


def _oneof(descriptor: Descriptor, name: str) -> str:
    field = descriptor.fields_by_name.get(name)
    oneof = None if field is None else oneof_of(field)
    return "" if oneof is None else str(oneof.name)


def _require(found: Any, wanted: Any, where: str) -> None:
    if found != wanted:
        raise Foreign(f"{where}: {found} where {wanted} is written")
