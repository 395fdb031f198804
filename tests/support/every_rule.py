"""Each standard rule of the contract, and a message that breaks it, both from the descriptors alone."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from buf.validate import validate_pb2

_FIELD: Any = validate_pb2.field
_MESSAGE: Any = validate_pb2.message
_NUMBERS = ("double", "float", "int32", "int64", "uint32", "uint64")


@dataclass(frozen=True)
class Rule:
    """A rule of a field: the message that has it, the field's name, and the rule's id.

    `items` says that it is each item's. `spoil` breaks it in such a message, and returns the path
    behind the field's name at which it is broken, such as "[3]".
    """

    owner: str
    field: str
    id: str
    items: bool
    spoil: Callable[[Any], str]

    def __str__(self) -> str:
        return f"{self.owner}.{self.field} {self.id}"


def rules_within(descriptor: Any) -> dict[str, Rule]:
    """Standard rules of a type and of all types inside it, by name."""
    found: dict[str, Rule] = {}
    for kind in _types(descriptor, {}).values():
        for field in kind.fields:
            for rule in _rules(field):
                found[str(rule)] = rule
    return found


def cel_within(descriptor: Any) -> set[str]:
    """Ids of all CEL rules of a type and of all types inside it."""
    found = set()
    for kind in _types(descriptor, {}).values():
        options: Any = kind.GetOptions().Extensions[_MESSAGE]
        found |= {rule.id for rule in options.cel}
        for field in kind.fields:
            rules = field.GetOptions().Extensions[_FIELD]
            found |= {rule.id for rule in (*rules.cel, *rules.repeated.items.cel)}
    return found


def _types(descriptor: Any, seen: dict[str, Descriptor]) -> dict[str, Descriptor]:
    if descriptor.full_name not in seen and descriptor.full_name.startswith("yrd."):
        seen[descriptor.full_name] = descriptor
        for field in descriptor.fields:
            if field.message_type is not None:
                _types(field.message_type, seen)
    return seen


def _rules(field: Any) -> Iterator[Rule]:
    given = field.GetOptions().Extensions[_FIELD]
    if given.required:
        yield _rule(field, "required", lambda message: _cleared(message, field.name))
    if field.is_repeated:
        yield from _list_rules(field, given.repeated)
        yield from _value_rules(field, given.repeated.items, items=True)
    else:
        yield from _value_rules(field, given, items=False)


def _rule(field: Any, id_: str, spoil: Callable[[Any], str], items: bool = False) -> Rule:
    return Rule(field.containing_type.full_name, field.name, id_, items, spoil)


def _cleared(message: Message, name: str) -> str:
    message.ClearField(name)
    return ""


def _list_rules(field: Any, given: Any) -> Iterator[Rule]:
    name = field.name
    if given.HasField("min_items"):
        yield _rule(field, "repeated.min_items", lambda message: _cleared(message, name))
    if given.HasField("max_items"):

        def fill(message: Any) -> str:
            values = getattr(message, name)
            for number in range(given.max_items + 1 - len(values)):
                _append(values, number, different=given.unique)
            return ""

        yield _rule(field, "repeated.max_items", fill)
    if given.unique:

        def double(message: Any) -> str:
            values = getattr(message, name)
            values.append(values[0])
            return ""

        yield _rule(field, "repeated.unique", double)


def _append(values: Any, number: int, *, different: bool) -> None:
    """Appends one that differs from the others where they must differ, and adds nothing to a sum."""
    first = values[0]
    if isinstance(first, Message):
        added = values.add()
        added.CopyFrom(first)
        for field in added.DESCRIPTOR.fields:
            if field.name.endswith("line_id") and not field.is_repeated:
                setattr(added, field.name, f"more-{number}")
            if field.name == "need":
                added.need.line_id = f"more-{number}"
            if field.name == "amount_fen":
                added.amount_fen = 0
    elif isinstance(first, str) and different:
        values.append(_other(first, number))
    else:
        values.append(first)


def _other(text: str, number: int) -> str:
    """A text of the same kind: a code of nine digits, a UUID, or a name with a number behind."""
    if text.isdigit():
        return f"{text[:6]}{number:03}"
    if len(text) == 36 and text[14] == "7":
        return f"{text[:-6]}{number:06x}"
    return f"{text}{number}"


def _value_rules(field: Any, given: Any, *, items: bool) -> Iterator[Rule]:
    kind = given.WhichOneof("type")
    if kind is None or kind == "repeated":
        return
    rules = getattr(given, kind)
    for id_, value in _spoilers(kind, rules):

        def spoil(message: Any, value: Any = value) -> str:
            if not items:
                setattr(message, field.name, value)
                return ""
            getattr(message, field.name)[0] = value
            return "[0]"

        yield _rule(field, f"{kind}.{id_}", spoil, items)


def _spoilers(kind: str, rules: Any) -> Iterator[tuple[str, Any]]:
    """(rule without its kind, a value that breaks it and none of the field's other rules)."""
    if kind == "string":
        yield from _texts(rules)
    elif kind == "bytes":
        yield from _octets(rules)
    elif kind == "enum":
        if rules.defined_only:
            yield "defined_only", 999_999
        for number in rules.not_in:
            yield "not_in", number
    elif kind in _NUMBERS:
        yield from _numbers(kind, rules)
    else:
        raise NotImplementedError(kind)


def _octets(rules: Any) -> Iterator[tuple[str, Any]]:
    for bound in ("len", "max_len"):
        if rules.HasField(bound):
            yield bound, b"x" * (getattr(rules, bound) + 1)


def _texts(rules: Any) -> Iterator[tuple[str, Any]]:
    if rules.HasField("min_len"):
        yield "min_len", ""
    if rules.HasField("max_len"):
        yield "max_len", "字" * (rules.max_len + 1)
    if rules.HasField("max_bytes"):
        yield "max_bytes", "x" * (rules.max_bytes + 1)
    if rules.HasField("pattern"):
        yield "pattern", "§"


def _numbers(kind: str, rules: Any) -> Iterator[tuple[str, Any]]:
    low, high = rules.WhichOneof("greater_than"), rules.WhichOneof("less_than")
    ends = "_".join(end for end in (low, high) if end)
    whole = kind not in ("double", "float")
    if high:
        limit = getattr(rules, high)
        yield ends, limit + 1 if whole else limit + max(1.0, abs(limit) * 1e-6)
    elif low and not (kind.startswith("u") and getattr(rules, low) == 0):
        yield ends, getattr(rules, low) - 1
    if getattr(rules, "finite", False):
        yield "finite", math.inf if not high else math.nan
    members = getattr(rules, "in")
    if members:
        yield "in", max(members) + 1


def places_of(message: Message, owner: str, path: str = "") -> Iterator[tuple[str, Message]]:
    """Every message of that type inside, itself included, with the path to it."""
    if message.DESCRIPTOR.full_name == owner:
        yield path, message
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            inner = list(value) if field.is_repeated else [value]
            for index, item in enumerate(inner):
                at = f"{field.name}[{index}]" if field.is_repeated else field.name
                yield from places_of(item, owner, f"{path}.{at}" if path else at)
