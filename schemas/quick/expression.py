"""A CEL expression as Python source.

Python and CEL mean the same by what is let through here: field access (the default of what is absent),
comparison of numbers and strings, `||`, `&&`, `?:` (an error raises, and then nothing is proved), sizes in
code points. What could differ is refused, such as whole messages compared.
"""

from dataclasses import dataclass, field

from google.protobuf.descriptor import Descriptor, FieldDescriptor

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
from schemas.quick.patterns import Constants

TIMESTAMP = "google.protobuf.Timestamp"
_OPERATORS = {"||": "or", "&&": "and"}
_THIS = Name("this")
_ORDERED = frozenset(["<", "<=", ">", ">="])


@dataclass(frozen=True, slots=True)
class Kind:
    """What an expression yields: a message of a type, a list of something, or a plain value."""

    message: Descriptor | None = None
    repeated: bool = False

    @property
    def message_is_time(self) -> bool:
        """A Timestamp, or a list of them."""
        return self.message is not None and self.message.full_name == TIMESTAMP

    @property
    def is_time(self) -> bool:
        """A Timestamp."""
        return self.message_is_time and not self.repeated

    @property
    def is_plain(self) -> bool:
        """Neither a message nor a list."""
        return self.message is None and not self.repeated


PLAIN = Kind()


@dataclass(frozen=True, slots=True)
class Locals:
    """Fields of `this` that the function has read before: name → variable.

    `values` hold the field's value. `present` are None where the field is not set, and else its value;
    `times`, too, but else (seconds, nanos).
    """

    values: dict[str, str] = field(default_factory=dict)
    present: dict[str, str] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)


def kind_of(described: FieldDescriptor) -> Kind:
    """What a field holds."""
    return Kind(described.message_type, described.is_repeated)


@dataclass(frozen=True, slots=True)
class Translation:
    """Translates expressions over one `this`, written `variable` in the source."""

    constants: Constants
    kinds: dict[str, Kind]
    names: dict[str, str] = field(default_factory=dict)
    known: Locals = field(default_factory=Locals)

    def rule(self, node: Node) -> str:
        """Python source that is true where the rule is kept. Raises Unread.

        A rule yields true there, or an empty string instead of what is wrong.
        """
        match node:
            case Literal(source="''" | '""'):
                return "True"
            case Choice():
                condition = self._plain(node.condition)
                return f"({self.rule(node.then)} if {condition} else {self.rule(node.otherwise)})"
        source = self._plain(node)
        return source if _is_truth(node) else f"_holds({source})"

    def _of(self, node: Node) -> tuple[str, Kind]:  # noqa: PLR0911  # one line for each kind of node
        match node:
            case Literal():
                return node.source, PLAIN
            case Name() if node.name in self.kinds:
                return self.names.get(node.name, node.name), self.kinds[node.name]
            case Select():
                return self._select(node)
            case Index():
                return self._index(node)
            case Listed():
                return f"({''.join(f'{self._plain(item)}, ' for item in node.items)})", Kind(
                    None, True
                )
            case Not():
                return f"(not {self._plain(node.of)})", PLAIN
            case Choice():
                return self._choice(node)
            case Binary():
                return self._binary(node), PLAIN
            case Call():
                return self._call(node), PLAIN
            case Macro() if node.macro != "map":
                return self._quantified(node), PLAIN
        raise Unread(f"{node}")

    def _plain(self, node: Node) -> str:
        source, kind = self._of(node)
        if not kind.is_plain:
            raise Unread(f"a message or list where a value was due: {node}")
        return source

    def _described(self, node: Select) -> tuple[str, FieldDescriptor]:
        source, kind = self._of(node.of)
        if kind.message is None or kind.repeated or node.field not in kind.message.fields_by_name:
            raise Unread(f"no field {node.field} there")
        return source, kind.message.fields_by_name[node.field]

    def _select(self, node: Select) -> tuple[str, Kind]:
        source, described = self._described(node)
        if node.of == _THIS and node.field in self.known.values:
            return self.known.values[node.field], kind_of(described)
        return f"{source}.{described.name}", kind_of(described)

    def _index(self, node: Index) -> tuple[str, Kind]:
        source, kind = self._of(node.of)
        if not kind.repeated:
            raise Unread("an index into no list")
        return f"_at({source}, {self._plain(node.position)})", Kind(kind.message)

    def _choice(self, node: Choice) -> tuple[str, Kind]:
        condition, then = self._plain(node.condition), self._plain(node.then)
        return f"({then} if {condition} else {self._plain(node.otherwise)})", PLAIN

    def _binary(self, node: Binary) -> str:
        (left, left_kind), (right, right_kind) = self._of(node.left), self._of(node.right)
        if node.operator in _ORDERED and left_kind.is_time and right_kind.is_time:
            return (
                f"({self._time(node.left, left)} {node.operator} {self._time(node.right, right)})"
            )
        if node.operator == "in" and left_kind.is_plain and right_kind == Kind(None, True):
            return f"({left} in {right})"
        if node.operator == "in" or not (left_kind.is_plain and right_kind.is_plain):
            raise Unread(f"{node.operator} between messages or lists")
        return f"({left} {_OPERATORS.get(node.operator, node.operator)} {right})"

    def _time(self, node: Node, source: str) -> str:
        if isinstance(node, Select) and node.of == _THIS and node.field in self.known.times:
            return self.known.times[node.field]
        return f"_time({source})"

    def _call(self, node: Call) -> str:
        match node.function, node.arguments:
            case "has", (Select() as selected,):
                return self._has(selected)
            case "size", (of,):
                source, kind = self._of(of)
                if kind.message is not None and not kind.repeated:
                    raise Unread("the size of a message")
                return f"len({source})"
            case "matches", (of, Literal(source=pattern)):
                return f"({self.constants.pattern(pattern[1:-1])}({self._plain(of)}) is not None)"
            case "unique", (Macro(macro="map") as mapped,):
                return self._unique(mapped)
        raise Unread(f"{node.function} of {len(node.arguments)}")

    def _has(self, node: Select) -> str:
        source, described = self._described(node)
        if node.of == _THIS and node.field in self.known.present:
            return f"({self.known.present[node.field]} is not None)"
        if described.has_presence:
            return f"{source}.HasField({described.name!r})"
        return f"bool({self._select(node)[0]})"

    def _inside(self, node: Macro) -> tuple[str, str, "Translation"]:
        source, kind = self._of(node.of)
        if not kind.repeated:
            raise Unread(f"{node.macro} over no list")
        variable = f"each{len(self.kinds)}"
        kinds = {**self.kinds, node.variable: Kind(kind.message)}
        names = {**self.names, node.variable: variable}
        known = Locals() if node.variable == _THIS.name else self.known
        return source, variable, Translation(self.constants, kinds, names, known)

    def _quantified(self, node: Macro) -> str:
        source, variable, inner = self._inside(node)
        word = "all" if node.macro == "all" else "any"
        return f"{word}({inner._plain(node.body)} for {variable} in {source})"

    def _unique(self, node: Macro) -> str:
        source, variable, inner = self._inside(node)
        return f"(len({{{inner._plain(node.body)} for {variable} in {source}}}) == len({source}))"


def _is_truth(node: Node) -> bool:
    """Whether it can yield nothing but true or false."""
    match node:
        case Not() | Binary(operator="||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in"):
            return True
        case Call():
            return node.function in {"has", "matches", "unique"}
        case Macro():
            return node.macro != "map"
    return False
