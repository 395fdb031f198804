"""Parts of a condition that can't all hold: they ask one field for values that exclude each other. Pure.

Only what compares a field with texts or numbers is looked at (==, !=, in, <, <=, >, >=). What is found
can't hold; that nothing is found says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from gateway.sharing.paths import Token

Literal = str | int | float
"""Whole numbers stay whole: the large ones among them are no floats."""
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class Asked(NamedTuple):
    """A comparison of a field: `sign` with `literals`, of which only "in" may have several."""

    path: str
    sign: str
    literals: tuple[Literal, ...]


@dataclass(slots=True)
class _Fits:
    """What may be the value of one field."""

    allowed: set[Literal] | None = None
    refused: set[Literal] = field(default_factory=set)
    least: float = -inf
    most: float = inf
    open_ended: set[float] = field(default_factory=set)
    """Bounds that do not fit themselves."""

    def narrow(self, asked: Asked) -> None:
        """Takes another comparison into account."""
        if asked.sign in ("==", "in"):
            named = set(asked.literals)
            self.allowed = named if self.allowed is None else self.allowed & named
        elif asked.sign == "!=":
            self.refused.update(asked.literals)
        elif not isinstance(bound := asked.literals[0], str):
            if asked.sign[0] == ">":
                self.least = max(self.least, bound)
            else:
                self.most = min(self.most, bound)
            if len(asked.sign) == 1:
                self.open_ended.add(bound)

    def nothing(self) -> bool:
        """Whether no value fits."""
        if self.allowed is not None:
            return not any(self._bounded(value) for value in self.allowed - self.refused)
        return not (
            self.least < self.most or (self.least == self.most and self._bounded(self.least))
        )

    def _bounded(self, value: Literal) -> bool:
        if isinstance(value, str):
            return True
        return self.least <= value <= self.most and value not in self.open_ended


def contradiction(parts: Iterable[Sequence[Token]]) -> str:
    """The field of which parts that && joins ask what excludes each other; empty if none is found."""
    fits: dict[str, _Fits] = defaultdict(_Fits)
    for part in parts:
        asked = _comparison(part)
        if asked is not None:
            fits[asked.path].narrow(asked)
    return next((path for path, fit in fits.items() if fit.nothing()), "")


def _comparison(part: Sequence[Token]) -> Asked | None:
    at = next((at for at, t in enumerate(part) if t.text in _TURNED or t.text == "in"), 0)
    left, sign, right = part[:at], part[at].text if part else "", part[at + 1 :]
    if sign == "in":
        path, values = _path(left), _list(right)
        return Asked(path, sign, values) if path and values is not None else None
    for path, value, turned in (
        (_path(left), _literal(right), sign),
        (_path(right), _literal(left), _TURNED.get(sign, "")),
    ):
        if path and value is not None:
            return Asked(path, turned, (value,))
    return None


def _path(read: Sequence[Token]) -> str:
    """A chain such as header.mode; empty for anything else."""
    names = all(t.kind == "name" for t in read[::2]) and len(read) % 2 == 1 and len(read) > 1
    return "".join(t.text for t in read) if names and all(t.text == "." for t in read[1::2]) else ""


def _list(read: Sequence[Token]) -> tuple[Literal, ...] | None:
    if not read or (read[0].text, read[-1].text) != ("[", "]"):
        return None
    inner = read[1:-1]
    values = [_literal([token]) for token in inner[::2]]
    found = tuple(value for value in values if value is not None)
    commas = all(token.text == "," for token in inner[1::2])
    return found if commas and len(found) == len(values) else None


def _literal(read: Sequence[Token]) -> Literal | None:
    """A plain text or a number; None for anything else."""
    sign = -1 if len(read) == 2 and read[0].text == "-" else 1
    if not read or len(read) > (2 if sign < 0 else 1):
        return None
    kind, text = read[-1]
    if kind == "string" and len(read) == 1:
        plain = text[0] in "'\"" and text[:3] not in ("'''", '"""') and "\\" not in text
        return text[1:-1] if plain else None
    if kind == "number" and not text.lower().startswith("0x"):
        digits = text.rstrip("uU")
        return sign * (int(digits) if digits.isdecimal() else float(digits))
    return None
