"""Names that reach generated code: a change of one is a program that no longer compiles.

Judged for Java, Go, C# and Python together: what breaks one of them is a break.
"""

from collections.abc import Iterator, Mapping

from schemas.compat.finding import Change, Surface
from schemas.compat.model import Enum, Field, File, Message, Model, Service
from schemas.compat.pairs import moved_package, renumbered, shared

# kinds that generated code shows as the same type in every language
_SAME_IN_CODE = {
    "sint32": "int32",
    "sfixed32": "int32",
    "fixed32": "uint32",
    "sint64": "int64",
    "sfixed64": "int64",
    "fixed64": "uint64",
}


def compare(old: Model, new: Model) -> Iterator[Change]:
    """Changes of generated code that a program which uses it can notice."""
    for name, file in old.files.items():
        if name not in new.files:
            yield _change("FILE_REMOVED", file.package, name)
        else:
            yield from _file(file, new.files[name])
    yield from _gone("MESSAGE", old.messages, new.messages, old, new)
    yield from _gone("ENUM", old.enums, new.enums, old, new)
    yield from _gone("SERVICE", old.services, new.services, old, new)
    for message, other in shared(old.messages, new.messages):
        yield from _message(message, other)
    for enum, other_enum in shared(old.enums, new.enums):
        yield from _enum(enum, other_enum)
    for service, other_service in shared(old.services, new.services):
        yield from _service(service, other_service)


def _change(rule: str, where: str, old: str = "", new: str = "") -> Change:
    return Change(surface=Surface.NAMES, rule=rule, where=where, old=old, new=new)


def _file(before: File, after: File) -> Iterator[Change]:
    if before.package != after.package:
        yield _change("FILE_PACKAGE_CHANGED", before.package, before.package, after.package)
    for name in sorted({*before.options, *after.options}):
        was, now = before.options.get(name, "not set"), after.options.get(name, "not set")
        if was != now:
            told = f"{name} = {was}", f"{name} = {now}"
            yield _change("FILE_OPTION_CHANGED", before.package, *told)


Named = Mapping[str, Message] | Mapping[str, Enum] | Mapping[str, Service]


def _gone(what: str, before: Named, after: Named, old: Model, new: Model) -> Iterator[Change]:
    for name, thing in before.items():
        outer = name.rpartition(".")[0]
        if outer in old.messages and outer not in new.messages:
            continue
        if name not in after:
            if not moved_package(name, old, new):
                yield _change(f"{what}_REMOVED", name, name.rpartition(".")[2])
        elif (
            outer not in old.messages and thing.file != after[name].file and thing.file in new.files
        ):
            yield _change("MOVED_TO_OTHER_FILE", name, thing.file, after[name].file)


def _message(before: Message, after: Message) -> Iterator[Change]:
    for field in before.fields:
        yield from _field(field, before, after)


def _field(field: Field, before: Message, after: Message) -> Iterator[Change]:
    where = f"{before.name}.{field.name}"
    other = after.by_number(field.number)
    if renumbered(field, after) is not None:
        other = after.by_name(field.name)
    if other is None:
        yield _change("FIELD_REMOVED", where, field.name)
        return
    if other.name != field.name:
        yield _change("FIELD_RENAMED", where, field.name, other.name)
    if _in_code(field) != _in_code(other):
        yield _change("FIELD_TYPE_CHANGED", where, field.type, other.type)
    elif field.cardinality != other.cardinality and field.oneof == other.oneof:
        yield _change("CARDINALITY_CHANGED", where, field.cardinality, other.cardinality)
    if field.oneof != other.oneof:
        told = field.oneof or "no oneof", other.oneof or "no oneof"
        yield _change("ONEOF_CHANGED", where, *told)
    if field.jstype != other.jstype:
        yield _change("FIELD_OPTION_CHANGED", where, field.jstype, other.jstype)


def _in_code(field: Field) -> str:
    return field.type_name or _SAME_IN_CODE.get(field.kind, field.kind)


def _enum(before: Enum, after: Enum) -> Iterator[Change]:
    for name, number in before.values:
        if name not in after.numbers:
            where = f"{before.name}.{name}"
            now = after.written.get(number)
            if now is not None and now not in before.numbers:
                yield _change("ENUM_VALUE_RENAMED", where, name, now)
            else:
                yield _change("ENUM_VALUE_REMOVED", where, name)


def _service(before: Service, after: Service) -> Iterator[Change]:
    for name, method in before.methods.items():
        where = f"{before.name}.{name}"
        if name not in after.methods:
            yield _change("METHOD_REMOVED", where, name)
            continue
        other = after.methods[name]
        if (method.takes, method.gives) != (other.takes, other.gives):
            was, now = f"({method.takes}): {method.gives}", f"({other.takes}): {other.gives}"
            yield _change("METHOD_TYPE_CHANGED", where, was, now)
        was_streams = method.client_streams, method.server_streams
        if was_streams != (other.client_streams, other.server_streams):
            yield _change("METHOD_STREAMING_CHANGED", where, name)
