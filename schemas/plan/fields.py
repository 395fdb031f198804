"""What must hold of one field's value, as trees over the variable that has it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from schemas.plan.expression import (
    THIS,
    VALUE,
    Tree,
    Trees,
    compared,
    literal,
    place_in,
)
from schemas.plan.patterns import whole
from schemas.plan.tables import Tables
from schemas.quick.cel import Unread, parse
from schemas.quick.expression import kind_of
from schemas.quick.fields import BOUNDS, NUMBERS, SIZED, rules_of
from schemas.quick.own import table_of
from yrd.common.v1.common_pb2 import Code

_SIZES = {"min_len": ">=", "max_len": "<=", "len": "=="}
_COUNTS = {"min_items": ">=", "max_items": "<="}
_ITEM: Tree = {"Var": 1}
_CODE: Any = Code.DESCRIPTOR


def checks_of(
    described: FieldDescriptor, type_place: Callable[[Descriptor], int], tables: Tables
) -> list[Tree]:
    """All that must hold where the field has a value. Raises Unread."""
    rules = rules_of(described)
    trees = Trees(type_place, ((THIS, kind_of(described)),))
    found = list(_typed(rules, described))
    found += [trees.tree(parse(rule.expression)) for rule in rules.cel]
    return found + list(_listed(described, type_place, tables))


def _typed(rules: Any, described: FieldDescriptor) -> Iterator[Tree]:
    name = rules.WhichOneof("type")
    if name is None:
        return
    for option, wanted in getattr(rules, name).ListFields():
        if name == "repeated":
            yield _repeated(option.name, wanted, described)
        else:
            yield _single(name, option.name, wanted, described, VALUE)


def _single(kind: str, option: str, wanted: Any, described: FieldDescriptor, value: Tree) -> Tree:
    """One rule of one value."""
    if kind in NUMBERS and option in BOUNDS:
        return compared(BOUNDS[option], value, literal(wanted))
    if kind in SIZED and option in _SIZES:
        return compared(_SIZES[option], {"Size": value}, literal(wanted))
    enum = described.enum_type
    match option:
        case "in":
            return _among(value, wanted)
        case "not_in":
            return {"Not": _among(value, wanted)}
        case "defined_only" if wanted and enum is not None:
            return _among(value, sorted(enum.values_by_number))
        case "max_bytes" | "pattern" | "finite":
            return _of_a_kind(kind, option, wanted, value)
    raise Unread(f"{kind}.{option}")


def _among(value: Tree, wanted: Sequence[Any]) -> Tree:
    numbers = [each for each in wanted if isinstance(each, int)]
    if len(numbers) == len(wanted):
        return {"Among": [value, sorted(numbers)]}
    return {"In": [value, {"List": [literal(each) for each in wanted]}]}


def _of_a_kind(kind: str, option: str, wanted: Any, value: Tree) -> Tree:
    match kind, option:
        case "string", "max_bytes":
            return compared("<=", {"Bytes": value}, literal(wanted))
        case "string", "pattern":
            return {"Matches": [value, whole(wanted)]}
        case "double", "finite" if wanted:
            return {"Finite": value}
    raise Unread(f"{kind}.{option}")


def _repeated(option: str, wanted: Any, described: FieldDescriptor) -> Tree:
    if option in _COUNTS:
        return compared(_COUNTS[option], {"Size": VALUE}, literal(wanted))
    if described.message_type is None:
        if option == "unique" and wanted:
            return {"Unique": [VALUE, _ITEM]}
        if option == "items":
            return _items(wanted, described)
    raise Unread(f"repeated.{option}")


def _items(rules: Message, described: FieldDescriptor) -> Tree:
    each: Any = rules
    if any(option.containing_oneof is None for option, _ in rules.ListFields()):
        raise Unread("options of items")
    name = each.WhichOneof("type")
    tree: Tree = {"Bool": True}
    for option, wanted in getattr(each, name).ListFields():
        tree = {"And": [tree, _single(name, option.name, wanted, described, _ITEM)]}
    return {"All": [VALUE, tree]}


def _listed(
    described: FieldDescriptor, type_place: Callable[[Descriptor], int], tables: Tables
) -> Iterator[Tree]:
    """That the field's code table has the value."""
    table = table_of(described)
    if not table:
        return
    value = _ITEM if described.is_repeated else VALUE
    kind, place = described.message_type, tables.place(table)
    if kind is not None and kind.full_name == _CODE.full_name:
        scheme, code = (
            {"Field": [value, type_place(kind), place_in(kind, name)]}
            for name in ("scheme", "value")
        )
        stands: Tree = {"Listed": [place, scheme, code]}
    elif described.type == FieldDescriptor.TYPE_STRING:
        empty = compared("==", value, literal(""))
        stands = {"Or": [empty, {"Listed": [place, literal(""), value]}]}
    else:
        raise Unread(f"a code table of {described.full_name}")
    yield {"All": [VALUE, stands]} if described.is_repeated else stands
