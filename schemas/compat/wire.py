"""Protobuf's binary form, and gRPC: what bytes of one side mean to the other.

Stricter than "still parses": a value that the other side reads as another value, or loses, is a break.
"""

from collections.abc import Iterator

from schemas.compat.finding import Change, Surface
from schemas.compat.model import Enum, Field, Message, Method, Model, Service
from schemas.compat.pairs import (
    Shapes,
    exclusive_otherwise,
    moved_package,
    renumbered,
    same_values,
    shared,
)

_LABELS = {"singular": "one", "optional": "one", "oneof": "one", "map": "many", "repeated": "many"}


def compare(old: Model, new: Model) -> Iterator[Change]:
    """Changes of the binary form."""
    for before, after in shared(old.files, new.files):
        if before.package != after.package:
            yield _change("FILE_PACKAGE_CHANGED", before.package, before.package, after.package)
        if before.syntax != after.syntax:
            yield _change("FILE_SYNTAX_CHANGED", before.package, before.syntax, after.syntax)
    for one, other in shared(old.messages, new.messages):
        yield from _message(one, other, old, new)
    for enum, other_enum in shared(old.enums, new.enums):
        yield from _enum(enum, other_enum)
    for name, service in old.services.items():
        if name in new.services:
            yield from _service(service, new.services[name])
        elif not moved_package(name, old, new):
            yield _change("SERVICE_REMOVED", name, name.rpartition(".")[2])


def _change(rule: str, where: str, old: str = "", new: str = "") -> Change:
    return Change(surface=Surface.WIRE, rule=rule, where=where, old=old, new=new)


def _message(before: Message, after: Message, old: Model, new: Model) -> Iterator[Change]:
    for field in before.fields:
        yield from _field(field, before, after, old, new)
    for field in after.fields:
        if before.by_number(field.number) is None:
            yield from _added(field, before, after)
    for numbers in before.reserved_numbers:
        free = [n for n in _edges(numbers) if not after.reserves(n) and not after.by_number(n)]
        if free:
            yield _change("RESERVED_NUMBER_REMOVED", before.name, _text(numbers))


def _edges(numbers: range) -> tuple[int, int]:
    return numbers.start, numbers.stop - 1


def _text(numbers: range) -> str:
    first, last = _edges(numbers)
    return str(first) if first == last else f"{first} to {last}"


def _field(
    field: Field, before: Message, after: Message, old: Model, new: Model
) -> Iterator[Change]:
    where = f"{before.name}.{field.name}"
    other, elsewhere = after.by_number(field.number), renumbered(field, after)
    if elsewhere is not None:
        yield _change("FIELD_RENUMBERED", where, str(field.number), str(elsewhere.number))
    elif other is None:
        yield _change("FIELD_REMOVED", where, f"{field.type} {field.name} = {field.number}")
        if not after.reserves(field.number) and not after.is_extension:
            yield _change("NUMBER_NOT_RESERVED", where, str(field.number))
    elif not _same_type(field, other, old, new):
        reused = field.name != other.name
        rule = "FIELD_NUMBER_REUSED" if reused else "FIELD_TYPE_CHANGED"
        yield _change(rule, where, _told(field), _told(other))
    else:
        yield from _form(where, field, other, before, after)


def _told(field: Field) -> str:
    return f"{field.type} {field.name} = {field.number}"


def _form(
    where: str, field: Field, other: Field, before: Message, after: Message
) -> Iterator[Change]:
    label, new_label = field.cardinality, other.cardinality
    if "required" in (label, new_label) and label != new_label:
        yield _change("REQUIRED_CHANGED", where, label, new_label)
    elif _LABELS.get(label) != _LABELS.get(new_label):
        yield _change("CARDINALITY_CHANGED", where, label, new_label)
    if field.default != other.default:
        yield _change("DEFAULT_CHANGED", where, field.default or "none", other.default or "none")
    if field.oneof != other.oneof and exclusive_otherwise(field, other, before, after):
        yield _change("ONEOF_MOVED", where, field.oneof or "no oneof", other.oneof or "no oneof")


def _added(field: Field, before: Message, after: Message) -> Iterator[Change]:
    where = f"{after.name}.{field.name}"
    if before.by_name(field.name) is not None or after.is_extension:
        return
    yield _change("FIELD_ADDED", where, "", _told(field))
    if before.reserves(field.number):
        yield _change("RESERVED_NUMBER_USED", where, str(field.number), _told(field))
    if field.cardinality == "required":
        yield _change("REQUIRED_CHANGED", where, "no field", "required")
    if field.oneof and any(f.oneof == field.oneof for f in before.fields):
        body = after.name == "yrd.exchange.v1.Draft" and field.oneof == "body"
        rule = "BODY_TYPE_ADDED" if body else "ONEOF_MEMBER_ADDED"
        yield _change(rule, where, "", field.type)


def _same_type(field: Field, other: Field, old: Model, new: Model) -> bool:
    """Whether each side reads the other's values of this field as they were meant."""
    if field.type == other.type:
        return True
    if {field.kind, other.kind} == {"int32", "enum"}:
        return True
    if field.kind == other.kind == "enum":
        return same_values(old.enums.get(field.type_name), new.enums.get(other.type_name))
    if field.kind == other.kind == "message" and field.type_name not in old.body_types():
        alike = Shapes(old, new, lambda a, b: _alike(a, b, old, new))
        return alike.same(field.type_name, other.type_name)
    return False


def _alike(field: Field, other: Field, old: Model, new: Model) -> bool:
    same_label = _LABELS.get(field.cardinality) == _LABELS.get(other.cardinality)
    if field.kind == other.kind == "message":
        return same_label and field.type_name == other.type_name
    return same_label and _same_type(field, other, old, new)


def _enum(before: Enum, after: Enum) -> Iterator[Change]:
    numbers = set(after.numbers.values())
    for name, number in before.values:
        where = f"{before.name}.{name}"
        now = after.numbers.get(name)
        if now is not None and now != number:
            yield _change("ENUM_VALUE_RENUMBERED", where, str(number), str(now))
        elif number not in numbers:
            yield _change("ENUM_VALUE_REMOVED", where, f"{name} = {number}")
            if not after.reserves(number):
                yield _change("NUMBER_NOT_RESERVED", where, str(number))
    known = set(before.numbers.values())
    for name, number in after.values:
        if number not in known and before.reserves(number):
            where = f"{after.name}.{name}"
            yield _change("RESERVED_NUMBER_USED", where, str(number), f"{name} = {number}")
    for reserved in before.reserved_numbers:
        if any(not after.reserves(n) and n not in numbers for n in _edges(reserved)):
            yield _change("RESERVED_NUMBER_REMOVED", before.name, _text(reserved))


def _service(before: Service, after: Service) -> Iterator[Change]:
    for name, method in before.methods.items():
        where = f"{before.name}.{name}"
        if name not in after.methods:
            yield _change("METHOD_REMOVED", where, f"rpc {name}")
            continue
        other = after.methods[name]
        if (method.takes, method.gives) != (other.takes, other.gives):
            yield _change("METHOD_TYPE_CHANGED", where, _signature(method), _signature(other))
        if _streams(method) != _streams(other):
            yield _change("METHOD_STREAMING_CHANGED", where, _signature(method), _signature(other))
        if method.idempotency != other.idempotency:
            was, now = method.idempotency, other.idempotency
            yield _change("METHOD_IDEMPOTENCY_CHANGED", where, was, now)


def _streams(method: Method) -> tuple[bool, bool]:
    return method.client_streams, method.server_streams


def _signature(method: Method) -> str:
    takes = f"{'stream ' * method.client_streams}{method.takes}"
    return f"({takes}) returns ({'stream ' * method.server_streams}{method.gives})"
