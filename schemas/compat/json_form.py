"""ProtoJSON: what a JSON text of one side is to a reader of the other.

Readers are taken to be strict about what they know, and to ignore keys that they don't: that is what
the contract asks of them, since fields are added.
"""

from collections.abc import Iterator

from schemas.compat.finding import Change, Surface
from schemas.compat.model import Enum, Field, Message, Model
from schemas.compat.pairs import Shapes, exclusive_otherwise, renumbered, same_values, shared

# kinds that are written alike and take the same values
_SAME_IN_JSON = {
    "sint32": "int32",
    "sfixed32": "int32",
    "fixed32": "uint32",
    "sint64": "int64",
    "sfixed64": "int64",
    "fixed64": "uint64",
}
_WRITTEN = {
    "int32": "number",
    "uint32": "number",
    "int64": "decimal string",
    "uint64": "decimal string",
    "bytes": "base64 string",
    "bool": "true or false",
}
_FORM = {"map": "object", "repeated": "array"}


def compare(old: Model, new: Model) -> Iterator[Change]:
    """Changes of the JSON form."""
    for before, after in shared(old.messages, new.messages):
        for field in before.fields:
            yield from _field(field, before, after, old, new)
        for field in after.fields:
            yield from _added(field, before, after)
        free = before.reserved_names - after.reserved_names - {f.name for f in after.fields}
        for name in sorted(free):
            yield _change("RESERVED_NAME_REMOVED", before.name, name)
    for enum, other in shared(old.enums, new.enums):
        yield from _enum(enum, other)


def _change(rule: str, where: str, old: str = "", new: str = "") -> Change:
    return Change(surface=Surface.JSON, rule=rule, where=where, old=old, new=new)


def _field(
    field: Field, before: Message, after: Message, old: Model, new: Model
) -> Iterator[Change]:
    where = f"{before.name}.{field.name}"
    # JSON goes by name: a field that only changed its number is the same field here
    other = renumbered(field, after) or after.by_number(field.number)
    if other is None:
        yield _change("FIELD_REMOVED", where, field.json_name)
        if field.name not in after.reserved_names and not after.is_extension:
            yield _change("NAME_NOT_RESERVED", where, field.name)
        return
    if field.json_name != other.json_name:
        yield _change("JSON_NAME_CHANGED", where, field.json_name, other.json_name)
    if not _same_value(field, other, old, new):
        yield _change("JSON_VALUE_CHANGED", where, _told(field), _told(other))
    if _FORM.get(field.cardinality) != _FORM.get(other.cardinality):
        was, now = (_FORM.get(f.cardinality, "one value") for f in (field, other))
        yield _change("JSON_CARDINALITY_CHANGED", where, was, now)
    if field.oneof != other.oneof and exclusive_otherwise(field, other, before, after):
        yield _change("ONEOF_MOVED", where, field.oneof or "no oneof", other.oneof or "no oneof")


def _added(field: Field, before: Message, after: Message) -> Iterator[Change]:
    known = before.by_number(field.number) or before.by_name(field.name)
    if known is None and not after.is_extension:
        where = f"{after.name}.{field.name}"
        if field.name in before.reserved_names:
            yield _change("RESERVED_NAME_USED", where, field.name, field.json_name)
        yield _change("FIELD_ADDED", where, "", field.json_name)


def _told(field: Field) -> str:
    kind = _SAME_IN_JSON.get(field.kind, field.kind)
    written = _WRITTEN.get(kind)
    return f"{field.type}, a {written}" if written else field.type


def _same_value(field: Field, other: Field, old: Model, new: Model) -> bool:
    if field.type == other.type:
        return True
    if field.kind == other.kind == "enum":
        return same_values(old.enums.get(field.type_name), new.enums.get(other.type_name))
    if field.kind == other.kind == "message":
        alike = Shapes(old, new, lambda a, b: _alike(a, b, old, new))
        return alike.same(field.type_name, other.type_name)
    kinds = {_SAME_IN_JSON.get(f.kind, f.kind) for f in (field, other)}
    return len(kinds) == 1 and not field.type_name and not other.type_name


def _alike(field: Field, other: Field, old: Model, new: Model) -> bool:
    same_name = field.json_name == other.json_name
    same_form = _FORM.get(field.cardinality) == _FORM.get(other.cardinality)
    if field.kind == other.kind == "message":
        return same_name and same_form and field.type_name == other.type_name
    return same_name and same_form and _same_value(field, other, old, new)


def _enum(before: Enum, after: Enum) -> Iterator[Change]:
    for name, number in before.values:
        where = f"{before.name}.{name}"
        now = after.written.get(number)
        if name in after.numbers:
            if before.written[number] == name and now is not None and now not in before.numbers:
                yield _change("ENUM_WRITTEN_NAME_CHANGED", where, name, now)
        elif now is not None and now not in before.numbers:
            yield _change("ENUM_VALUE_RENAMED", where, name, now)
        else:
            yield _change("ENUM_VALUE_REMOVED", where, name)
    for name, number in after.values:
        if name in before.numbers:
            continue
        where = f"{after.name}.{name}"
        if name in before.reserved_names:
            yield _change("RESERVED_NAME_USED", where, name, name)
        if number not in before.written:
            yield _change("ENUM_VALUE_ADDED", where, "", name)
    free = before.reserved_names - after.reserved_names - set(after.numbers)
    for name in sorted(free):
        yield _change("RESERVED_NAME_REMOVED", before.name, name)
