"""A CEL expression as a tree of plain values: native/src/plan.rs, Expr, says what each node is.

What CEL and the native steps mean alike is let through; anything else raises Unread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from schemas.plan.patterns import whole
from schemas.quick.cel import (
    Binary,
    Call,
    Choice,
    Index,
    Listed,
    Literal,
    Macro,
    Name,
    Node,
    Not,
    Select,
    Unread,
)
from schemas.quick.expression import PLAIN, Kind, kind_of

Tree = dict[str, Any]
_JOINED = {"||": "Or", "&&": "And", "in": "In", "+": "Add", "-": "Subtract"}
_COMPARED = {
    "==": "Equal",
    "!=": "Unequal",
    "<": "Less",
    "<=": "AtMost",
    ">": "Greater",
    ">=": "AtLeast",
}
_MACROS = {"all": "All", "exists": "Exists"}
THIS = "this"
VALUE: Tree = {"Var": 0}
"""The variable that a rule is of."""


def compared(order: str, left: Tree, right: Tree) -> Tree:
    """A comparison by CEL's sign."""
    return {"Compare": [_COMPARED[order], left, right]}


def literal(value: Any) -> Tree:
    """A number, a text or a truth value. Raises Unread."""
    match value:
        case bool():
            return {"Bool": value}
        case int() if -(1 << 63) <= value < 1 << 63:
            return {"Int": value}
        case float():
            return {"Float": value}
        case str():
            return {"Text": value}
    raise Unread(f"{value!r}")


def fields_of(descriptor: Descriptor) -> list[FieldDescriptor]:
    """A type's fields in the order of their numbers, which is that of a plan."""
    return sorted(descriptor.fields, key=lambda field: field.number)


def place_in(descriptor: Descriptor, name: str) -> int:
    """The place of a field in the plan of its type. Raises Unread."""
    for place, field in enumerate(fields_of(descriptor)):
        if field.name == name:
            return place
    raise Unread(f"no field {name} in {descriptor.full_name}")


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees over variables of known kinds; `type_place` gives a type's place in the plan."""

    type_place: Callable[[Descriptor], int]
    kinds: tuple[tuple[str, Kind], ...]

    def tree(self, node: Node) -> Tree:
        """The tree of a plain value. Raises Unread."""
        tree, kind = self._of(node)
        if not kind.is_plain:
            raise Unread(f"a message or list where a value was due: {node}")
        return tree

    def _of(self, node: Node) -> tuple[Tree, Kind]:  # noqa: PLR0911  # one line for each kind of node
        match node:
            case Literal():
                return literal(_value(node.source)), PLAIN
            case Name():
                return self._variable(node.name)
            case Select():
                return self._member("Field", node)
            case Index():
                of, kind = self._list(node.of)
                return {"At": [of, self.tree(node.position)]}, Kind(kind.message)
            case Listed():
                return {"List": [self.tree(item) for item in node.items]}, Kind(None, True)
            case Not():
                return {"Not": self.tree(node.of)}, PLAIN
            case Choice():
                parts = (node.condition, node.then, node.otherwise)
                return {"Choice": [self.tree(part) for part in parts]}, PLAIN
            case Binary():
                return self._binary(node), PLAIN
            case Call():
                return self._call(node), PLAIN
            case Macro() if node.macro in _MACROS:
                return self._inside(_MACROS[node.macro], node), PLAIN
        raise Unread(f"{node}")

    def _variable(self, name: str) -> tuple[Tree, Kind]:
        for place in range(len(self.kinds) - 1, -1, -1):
            known, kind = self.kinds[place]
            if known == name:
                return {"Var": place}, kind
        raise Unread(f"variable {name}")

    def _member(self, what: str, node: Select) -> tuple[Tree, Kind]:
        of, kind = self._of(node.of)
        if kind.message is None or kind.repeated or kind.message_is_time:
            raise Unread(f"no field {node.field} there")
        place = place_in(kind.message, node.field)
        described = fields_of(kind.message)[place]
        return {what: [of, self.type_place(kind.message), place]}, kind_of(described)

    def _list(self, node: Node) -> tuple[Tree, Kind]:
        of, kind = self._of(node)
        if not kind.repeated:
            raise Unread(f"no list: {node}")
        return of, kind

    def _binary(self, node: Binary) -> Tree:
        (left, left_kind), (right, right_kind) = self._of(node.left), self._of(node.right)
        plain = left_kind.is_plain and right_kind.is_plain
        if node.operator in _COMPARED and (plain or (left_kind.is_time and right_kind.is_time)):
            return compared(node.operator, left, right)
        if node.operator == "in":
            if not left_kind.is_plain or right_kind != Kind(None, True):
                raise Unread("in")
        elif not plain or node.operator not in _JOINED:
            raise Unread(f"{node.operator} between messages or lists")
        return {_JOINED[node.operator]: [left, right]}

    def _call(self, node: Call) -> Tree:
        match node.function, node.arguments:
            case "has", (Select() as selected,):
                return self._member("Has", selected)[0]
            case "size", (of,):
                tree, kind = self._of(of)
                if kind.message is not None and not kind.repeated:
                    raise Unread("the size of a message")
                return {"Size": tree}
            case "matches", (of, Literal(source=pattern)):
                return {"Matches": [self.tree(of), whole(pattern[1:-1])]}
            case "unique", (Macro(macro="map") as mapped,):
                return self._inside("Unique", mapped)
        raise Unread(f"{node.function} of {len(node.arguments)}")

    def _inside(self, what: str, node: Macro) -> Tree:
        of, kind = self._list(node.of)
        inner = Trees(self.type_place, (*self.kinds, (node.variable, Kind(kind.message))))
        return {what: [of, inner.tree(node.body)]}


def _value(source: str) -> Any:
    """A literal's value. Raises Unread."""
    if source in {"True", "False"}:
        return source == "True"
    if source[0] in {"'", '"'}:
        return source[1:-1]
    return float(source) if "." in source else int(source)
