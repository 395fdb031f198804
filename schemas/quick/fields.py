"""The rules of one field as conditions in Python, each true where the rule is kept."""

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2
from schemas.quick.cel import Unread, parse
from schemas.quick.expression import Translation, kind_of
from schemas.quick.patterns import Constants

NUMBERS = frozenset(["double", "float", "int32", "int64", "uint32", "uint64"])
BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
SIZED = frozenset(["string", "bytes"])
_SIZES = {
    "min_len": "len({}) >= {}",
    "max_len": "len({}) <= {}",
    "len": "len({}) == {}",
    "max_bytes": "len({}.encode()) <= {}",
}
_FIELD: Any = validate_pb2.field


def rules_of(described: FieldDescriptor) -> Any:
    """The FieldRules of a field; empty if it has none."""
    return described.GetOptions().Extensions[_FIELD]


def conditions(described: FieldDescriptor, value: str, constants: Constants) -> list[str]:
    """What must hold of the field's value where it is set. Raises Unread.

    `value` is the variable that has it; of a repeated field it is the whole list.
    """
    rules = rules_of(described)
    found = list(_typed(rules, described, value, constants))
    translation = Translation(constants, {"this": kind_of(described)}, {"this": value})
    return found + [translation.rule(parse(rule.expression)) for rule in rules.cel]


def is_required(described: FieldDescriptor) -> bool:
    """Whether it must be set. Raises Unread for options that are not read here."""
    rules = rules_of(described)
    for option, _ in rules.ListFields():
        if option.name not in {"required", "cel"} and option.containing_oneof is None:
            raise Unread(f"option {option.name} of {described.full_name}")
    return bool(rules.required)


def _typed(
    rules: Any, described: FieldDescriptor, value: str, constants: Constants
) -> Iterator[str]:
    name = rules.WhichOneof("type")
    if name is None:
        return
    for option, wanted in getattr(rules, name).ListFields():
        if name == "repeated":
            yield _repeated(option.name, wanted, described, value, constants)
        else:
            yield _Single(name, described.enum_type, value, constants).rule(option.name, wanted)


class _Single:
    """Rules of one value, in the variable `value`."""

    def __init__(
        self, name: str, enum: EnumDescriptor | None, value: str, constants: Constants
    ) -> None:
        self._name, self._enum, self._value, self._constants = name, enum, value, constants

    def rule(self, option: str, wanted: Any) -> str:
        name, value, constants = self._name, self._value, self._constants
        if name in NUMBERS and option in BOUNDS:
            # so written, it does not hold of what is not a number
            return f"{value} {BOUNDS[option]} {wanted!r}"
        if name in SIZED and option in _SIZES:
            return _SIZES[option].format(value, wanted)
        match option:
            case "in" | "not_in":
                return f"{value} {'not in' if option == 'not_in' else 'in'} {constants.members(wanted)}"
            case "pattern" if name == "string":
                return f"{constants.pattern(wanted)}({value}) is not None"
            case "finite" if wanted:
                return f"_finite({value})"
            case "defined_only" if wanted and self._enum is not None:
                return f"{value} in {constants.members(self._enum.values_by_number)}"
        raise Unread(f"{name}.{option}")


def _repeated(
    option: str, wanted: Any, described: FieldDescriptor, value: str, constants: Constants
) -> str:
    match option:
        case "min_items":
            return f"len({value}) >= {wanted}"
        case "max_items":
            return f"len({value}) <= {wanted}"
        case "unique" if wanted and described.message_type is None:
            return f"len(frozenset({value})) == len({value})"
        case "items" if described.message_type is None:
            return _items(wanted, described, value, constants)
    raise Unread(f"repeated.{option}")


def _items(rules: Message, described: FieldDescriptor, value: str, constants: Constants) -> str:
    each: Any = rules
    if any(option.containing_oneof is None for option, _ in rules.ListFields()):
        raise Unread("options of items")
    name = each.WhichOneof("type")
    single = _Single(name, described.enum_type, "item", constants)
    found = [
        single.rule(option.name, wanted) for option, wanted in getattr(each, name).ListFields()
    ]
    inside = " and ".join(f"({condition})" for condition in found)
    return f"all({inside} for item in {value})"
