"""Which fields an expression names, found in its text: CEL itself does not know our types.

An expression is read token by token. A chain such as `body.place.admin_code` is followed through the
descriptors; in `body.lines.exists(l, l.quantity.value > 0)` the variable `l` stands for a line.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from gateway.sharing.values import DURATION, TIMESTAMP, group_of

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<string>[bB]?[rR][bB]?(?:\"\"\".*?\"\"\"|'''.*?'''|"[^"\n]*"|'[^'\n]*')
      |[bB]?(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?|0[xX][0-9a-fA-F]+[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||.)""",
    re.VERBOSE | re.DOTALL,
)
MACROS = frozenset({"all", "exists", "exists_one", "existsOne", "filter", "map"})
_OPAQUE = frozenset({TIMESTAMP, DURATION})


class PathError(ValueError):
    """An expression names something that is not there; the text says what, and what to do."""


class Token(NamedTuple):
    """A piece of an expression: "string", "number", "name" or "sign", and its text."""

    kind: str
    text: str


@dataclass(slots=True)
class Named:
    """Fields that an expression names, of the header and of the body: the first of each chain."""

    header: set[str] = field(default_factory=set)
    body: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a chain has come to, in each of the types that go along: a message or a field of one."""

    messages: tuple[Descriptor, ...]
    fields: tuple[FieldDescriptor, ...] = ()


def tokens(expression: str) -> list[Token]:
    """The tokens of an expression that CEL can read."""
    found = (Token(m.lastgroup or "", m.group()) for m in _TOKEN.finditer(expression))
    return [token for token in found if token.kind != "space"]


def bound_in(expression: str) -> frozenset[str]:
    """Variables that macros such as `.exists(v, …)` bring with them."""
    read = tokens(expression)
    return frozenset(
        read[at + 2].text
        for at in range(len(read) - 3)
        if read[at].text in MACROS and read[at + 1].text == "(" and read[at + 3].text == ","
    )


def named(expression: str, header: Descriptor, bodies: Sequence[Descriptor]) -> Named:
    """Follows every chain. Raises PathError for a field that no type has, or that is in a group."""
    return _Reading(tokens(expression), header, bodies).run()


class _Reading:
    def __init__(self, read: list[Token], header: Descriptor, bodies: Sequence[Descriptor]) -> None:
        self._tokens, self._named = read, Named()
        self._roots = {"header": (header,), "body": tuple(bodies)}
        self._bound: dict[str, _Spot | None] = {}

    def run(self) -> Named:
        for place, token in enumerate(self._tokens):
            if token.kind == "name" and self._text(place - 1) != ".":
                self._begin(place)
        return self._named

    def _text(self, place: int) -> str:
        return self._tokens[place].text if 0 <= place < len(self._tokens) else ""

    def _begin(self, place: int) -> None:
        name = self._text(place)
        if name in self._bound:
            spot = self._bound[name]
            if spot is not None:
                self._follow(name, place, spot)
        elif name in self._roots:
            first = self._text(place + 2)
            if self._text(place + 1) != "." or self._text(place + 3) == "(":
                raise PathError(f"{name} alone says nothing; name a field of it, as {name}.…")
            self._follow(name, place, _Spot(self._roots[name]))
            getattr(self._named, name).add(first)

    def _follow(self, path: str, place: int, spot: _Spot) -> None:
        """Goes along a chain whose last token so far is at `place`."""
        while True:
            following = self._text(place + 1)
            if following == "[":
                place = self._closing(place + 1)
                spot, path = _Spot(spot.messages), f"{path}[]"
            elif following == "." and self._text(place + 3) == "(":
                self._macro(place + 2, spot)
                return
            elif following == "." and spot.messages:
                place += 2
                path = f"{path}.{self._text(place)}"
                spot = _step(spot, self._text(place), path)
            elif following == ".":
                raise PathError(f"{path} has no fields; end it there")
            else:
                self._compare(path, spot, place)
                return

    def _closing(self, place: int) -> int:
        depth = 0
        for at in range(place, len(self._tokens)):
            depth += (self._text(at) == "[") - (self._text(at) == "]")
            if not depth:
                return at
        return len(self._tokens)

    def _macro(self, place: int, spot: _Spot) -> None:
        """Binds the variable of `.exists(v, …)` to the elements."""
        if self._text(place) in MACROS and self._text(place + 3) == ",":
            self._bound[self._text(place + 2)] = _Spot(spot.messages, spot.fields)

    def _compare(self, path: str, spot: _Spot, place: int) -> None:
        """An enum is compared with names of its values."""
        enums = [f.enum_type for f in spot.fields if f.enum_type is not None]
        if not enums or len(enums) != len(spot.fields):
            return
        for token in self._operands(path, place):
            _require_value(path, token, enums)

    def _operands(self, path: str, place: int) -> Iterator[Token]:
        operator = self._text(place + 1)
        if operator in ("==", "!="):
            yield from self._tokens[place + 2 : place + 3]
        elif operator == "in" and self._text(place + 2) == "[":
            yield from self._tokens[place + 3 : self._closing(place + 2)]
        start = place - 2 * path.count(".") - 1
        if "[" not in path and self._text(start) in ("==", "!="):
            yield from self._tokens[max(0, start - 1) : start]


def _step(spot: _Spot, name: str, path: str) -> _Spot:
    """One field further, in all types that have it. Raises PathError if none has."""
    found = [m.fields_by_name[name] for m in spot.messages if name in m.fields_by_name]
    owners = ", ".join(sorted(m.full_name for m in spot.messages))
    if not found:
        known = sorted({n for m in spot.messages for n in m.fields_by_name})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise PathError(f"{path} names no field of {owners}; {hint}")
    groups = sorted({group for f in found if (group := group_of(f))})
    if groups and all(group_of(f) for f in found):
        raise PathError(
            f"{path} is in the group {groups[0]}, which conditions don't see (an auditor could not "
            "decide again once it is destroyed); use a field outside of groups"
        )
    inner = [f.message_type for f in found if f.message_type is not None]
    messages = tuple(m for m in inner if m.full_name not in _OPAQUE)
    return _Spot(messages, tuple(found))


def _require_value(path: str, token: Token, enums: Sequence[EnumDescriptor]) -> None:
    names = {name for enum in enums for name in enum.values_by_name}
    if token.kind == "number":
        raise PathError(
            f"{path} is an enum: compare it with a name, as {min(names)!r}, not {token.text}"
        )
    if token.kind == "string" and token.text[1:-1] not in names:
        near = difflib.get_close_matches(token.text[1:-1].upper(), names, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(names))}"
        raise PathError(f"{path} is never {token.text}; {hint}")
