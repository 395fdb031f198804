"""What there is to cover in the contract: fields, enum values and rules, read from descriptors."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from yrd.options.v1 import options_pb2

_MESSAGE_RULES: Any = validate_pb2.message
_FIELD_RULES: Any = validate_pb2.field
OURS = "yrd."


def types_below(
    descriptor: Descriptor, found: dict[str, Descriptor] | None = None
) -> dict[str, Descriptor]:
    """The type and all types of ours inside it."""
    found = {} if found is None else found
    if descriptor.full_name in found or not descriptor.full_name.startswith(OURS):
        return found
    found[descriptor.full_name] = descriptor
    for field in descriptor.fields:
        if field.message_type is not None:
            types_below(field.message_type, found)
    return found


def field_paths(descriptor: Any, above: str = "") -> Iterator[str]:
    """Every field below a type, as a path without subscripts."""
    for field in descriptor.fields:
        path = f"{above}{field.name}"
        yield path
        inner = field.message_type
        if inner is not None and inner.full_name.startswith(OURS):
            yield from field_paths(inner, f"{path}.")


def set_paths(message: Message, above: str = "") -> Iterator[str]:
    """Every field that a message sets, as a path without subscripts."""
    for field, value in message.ListFields():
        path = f"{above}{field.name}"
        yield path
        inner = field.message_type
        if inner is not None and inner.full_name.startswith(OURS):
            for item in value if field.is_repeated else (value,):
                yield from set_paths(item, f"{path}.")


def enums_below(descriptor: Descriptor) -> dict[str, EnumDescriptor]:
    """All enums of ours that fields below a type have."""
    return {
        field.enum_type.full_name: field.enum_type
        for each in types_below(descriptor).values()
        for field in each.fields
        if field.enum_type is not None
    }


def used_values(message: Message) -> Iterator[tuple[str, int]]:
    """(enum, number) of every enum field that a message sets."""
    for field, value in message.ListFields():
        for item in value if field.is_repeated else (value,):
            if field.enum_type is not None:
                yield field.enum_type.full_name, item
            elif field.message_type is not None:
                yield from used_values(item)


def cel_ids(descriptor: Descriptor) -> set[str]:
    """Ids of all CEL rules of a type and of those inside it."""
    found: set[str] = set()
    for each in types_below(descriptor).values():
        found |= {rule.id for rule in each.GetOptions().Extensions[_MESSAGE_RULES].cel}
        for field in each.fields:
            rules = field.GetOptions().Extensions[_FIELD_RULES]
            found |= {rule.id for rule in (*rules.cel, *rules.repeated.items.cel)}
    return found


def options_of(descriptor: Descriptor, option: str) -> set[str]:
    """Values of one of the contract's own field options below a type."""
    extension: Any = options_pb2.DESCRIPTOR.extensions_by_name[option]
    fields: list[FieldDescriptor] = [f for t in types_below(descriptor).values() for f in t.fields]
    return {f.GetOptions().Extensions[extension] for f in fields} - {""}


def standard_rules(descriptor: Descriptor) -> set[str]:
    """Names of the groups of standard rules that fields below a type have, for example "string"."""
    found = set()
    for each in types_below(descriptor).values():
        for field in each.fields:
            rules = field.GetOptions().Extensions[_FIELD_RULES]
            found |= {"required"} if rules.required else set()
            kind = rules.WhichOneof("type")
            found |= {kind} if kind else set()
    return found
