"""The rules of one field as conditions in Python, each true where the rule is kept."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from schemas.quick.cel import Unread, parse
from schemas.quick.expression import Kind, Translation, kind_of
from schemas.quick.patterns import Constants

_NUMBERS = frozenset(["double", "float", "int32", "int64", "uint32", "uint64"])
_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_SIZED = frozenset(["string", "bytes"])
_SIZES = {
    "min_len": "len(value) >= {}",
    "max_len": "len(value) <= {}",
    "len": "len(value) == {}",
    "max_bytes": "len(value.encode()) <= {}",
}
_FIELD: Any = validate_pb2.field


def rules_of(described: FieldDescriptor) -> Any:
    """The FieldRules of a field; empty if it has none."""
    return described.GetOptions().Extensions[_FIELD]


def conditions(described: FieldDescriptor, constants: Constants) -> list[str]:
    """What must hold of `value`, the field's value where it is set. Raises Unread.

    Of a repeated field the value is the whole list.
    """
    rules = rules_of(described)
    found = list(_typed(rules, described, constants))
    return found + _cel(rules, kind_of(described), constants)


def is_required(described: FieldDescriptor) -> bool:
    """Whether it must be set. Raises Unread for options that are not read here."""
    rules = rules_of(described)
    for option, _ in rules.ListFields():
        if option.name not in {"required", "cel"} and option.containing_oneof is None:
            raise Unread(f"option {option.name} of {described.full_name}")
    return bool(rules.required)


def _cel(rules: Any, kind: Kind, constants: Constants) -> list[str]:
    translation = Translation(constants, {"this": kind}, {"this": "value"})
    return [translation.rule(parse(rule.expression)) for rule in rules.cel]


def _typed(rules: Any, described: FieldDescriptor, constants: Constants) -> Iterator[str]:
    name = rules.WhichOneof("type")
    if name is None:
        return
    for option, wanted in getattr(rules, name).ListFields():
        if name == "repeated":
            yield _repeated(option.name, wanted, described, constants)
        else:
            yield _single(name, option.name, wanted, described.enum_type, constants)


def _single(
    name: str, option: str, wanted: Any, enum: EnumDescriptor | None, constants: Constants
) -> str:
    """One rule of one value."""
    if name in _NUMBERS and option in _BOUNDS:
        # so written, it does not hold of what is not a number
        return f"value {_BOUNDS[option]} {wanted!r}"
    if name in _SIZED and option in _SIZES:
        return _SIZES[option].format(wanted)
    match option:
        case "in" | "not_in":
            return f"value {'not in' if option == 'not_in' else 'in'} {constants.members(wanted)}"
        case "pattern" if name == "string":
            return f"{constants.pattern(wanted)}(value) is not None"
        case "finite" if wanted:
            return "_finite(value)"
        case "defined_only" if wanted and enum is not None:
            return f"value in {constants.members(enum.values_by_number)}"
    raise Unread(f"{name}.{option}")


def _repeated(option: str, wanted: Any, described: FieldDescriptor, constants: Constants) -> str:
    match option:
        case "min_items":
            return f"len(value) >= {wanted}"
        case "max_items":
            return f"len(value) <= {wanted}"
        case "unique" if wanted and described.message_type is None:
            return "len(frozenset(value)) == len(value)"
        case "items" if described.message_type is None:
            return _items(wanted, described, constants)
    raise Unread(f"repeated.{option}")


def _items(rules: Message, described: FieldDescriptor, constants: Constants) -> str:
    each: Any = rules
    if any(option.containing_oneof is None for option, _ in rules.ListFields()):
        raise Unread("options of items")
    name = each.WhichOneof("type")
    found = [
        _single(name, option.name, wanted, described.enum_type, constants)
        for option, wanted in getattr(each, name).ListFields()
    ]
    inside = " and ".join(f"({condition})" for condition in found)
    return f"all({inside} for value in value)"
