"""Reads the part of CEL (github.com/google/cel-spec) in which the contract's rules are written."""

import re
from collections.abc import Sequence
from typing import NamedTuple


class Unread(Exception):
    """A rule, or an expression of one, that is not read here: protovalidate's to judge."""


class Literal(NamedTuple):
    """A number, a string or a truth value, as Python source."""

    source: str


class Name(NamedTuple):
    """`this`, or a variable of a macro."""

    name: str


class Select(NamedTuple):
    """A field of a message."""

    of: "Node"
    field: str


class Index(NamedTuple):
    """An element of a list."""

    of: "Node"
    position: "Node"


class Call(NamedTuple):
    """A function; a method has its object as first argument."""

    function: str
    arguments: tuple["Node", ...]


class Macro(NamedTuple):
    """`list.all(x, …)`, `exists`, `map`."""

    macro: str
    of: "Node"
    variable: str
    body: "Node"


class Listed(NamedTuple):
    """A list."""

    items: tuple["Node", ...]


class Binary(NamedTuple):
    """An operator between two."""

    operator: str
    left: "Node"
    right: "Node"


class Not(NamedTuple):
    """A negation."""

    of: "Node"


class Choice(NamedTuple):
    """`condition ? then : otherwise`."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"


Node = Literal | Name | Select | Index | Call | Macro | Listed | Binary | Not | Choice

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.\d+|\d+u?)|(?P<string>'[^'\\]*'|\"[^\"\\]*\")|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>\|\||&&|==|!=|<=|>=|[-+<>!?:.,()\[\]]))"
)
_LEVELS: Sequence[frozenset[str]] = (
    frozenset(["||"]),
    frozenset(["&&"]),
    frozenset(["==", "!=", "<", "<=", ">", ">=", "in"]),
    frozenset(["+", "-"]),
)
_MACROS = frozenset(["all", "exists", "map"])
_END = ""


def parse(text: str) -> Node:
    """The expression as a tree. Raises Unread."""
    reader = _Reader(_tokens(text))
    node = reader.expression()
    reader.expect(_END)
    return node


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        token = _TOKEN.match(stripped, at)
        if token is None:
            raise Unread(f"at {stripped[at:]!r}")
        found.append(token[0].strip())
        at = token.end()
    return [*found, _END]


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at = tokens, 0

    def _peek(self) -> str:
        return self._tokens[self._at]

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def expect(self, token: str) -> None:
        """Takes that token. Raises Unread if another one is there."""
        if self._take() != token:
            raise Unread(f"{self._tokens[self._at - 1]!r} where {token!r} was due")

    def expression(self) -> Node:
        """A choice, or anything less."""
        condition = self._binary(0)
        if self._peek() != "?":
            return condition
        self._take()
        then = self.expression()
        self.expect(":")
        return Choice(condition, then, self.expression())

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._peek() in _LEVELS[level]:
            left = Binary(self._take(), left, self._binary(level + 1))
        return left

    def _unary(self) -> Node:
        if self._peek() == "!":
            self._take()
            return Not(self._unary())
        node = self._primary()
        while self._peek() in {".", "["}:
            node = self._member(node) if self._take() == "." else self._element(node)
        return node

    def _element(self, of: Node) -> Node:
        index = self.expression()
        self.expect("]")
        return Index(of, index)

    def _member(self, of: Node) -> Node:
        name = self._name()
        if self._peek() != "(":
            return Select(of, name)
        self._take()
        if name not in _MACROS:
            return Call(name, (of, *self._items(")")))
        variable = self._name()
        self.expect(",")
        body = self.expression()
        self.expect(")")
        return Macro(name, of, variable, body)

    def _name(self) -> str:
        token = self._take()
        if not token.isidentifier():
            raise Unread(f"{token!r} is no name")
        return token

    def _items(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while self._peek() != end:
            items.append(self.expression())
            if self._peek() != end:
                self.expect(",")
        self._take()
        return tuple(items)

    def _primary(self) -> Node:
        token = self._take()
        if token == "(":
            node = self.expression()
            self.expect(")")
            return node
        if token == "[":
            return Listed(self._items("]"))
        if token[:1].isdigit() or token[:1] in {"'", '"'}:
            return Literal(token.removesuffix("u") if token[0].isdigit() else token)
        if token in {"true", "false"}:
            return Literal(token.capitalize())
        if not token.isidentifier():
            raise Unread(f"{token!r} begins nothing")
        if self._peek() != "(":
            return Name(token)
        self._take()
        return Call(token, self._items(")"))
