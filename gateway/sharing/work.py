"""How much work evaluating an expression can be: CEL itself sets no limit. Pure.

An agreement can be a peer's, so an expression of two thousand characters must not keep a gateway busy
for hours: loops in loops, values that grow from loop to loop, and vast regular expressions are found in
the text. What is left is bounded by a count of steps before an entry is looked at, so that everyone who
decides on it again comes to the same answer.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from gateway.sharing.paths import MACROS, Token, tokens

MAX_NESTED = 3
MAX_STEPS = 2_000_000
"""Of about 0.1 µs each."""
_LETTER_STEPS, _CLASS_STEPS = 20, 3000
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_CLASS = re.compile(r"\\[a-zA-Z]|\(\?")


class WorkError(ValueError):
    """It is too much; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Work:
    """What makes an expression long: its own length, loops, and how deep they lie in each other.

    `items`: elements of all lists that are written out. `grows`: values can become longer in each loop.
    """

    length: int
    loops: int = 0
    nested: int = 0
    items: int = 0
    grows: bool = False

    def require_bounded(self, seen: Any) -> None:
        """Raises WorkError if evaluating it on these values could take too many steps."""
        if not self.loops:
            return
        widest = max(1, self.items, _widest(seen))
        repeated = (self.length * widest) ** self.loops if self.grows else widest**self.nested
        if self.length * repeated > MAX_STEPS:
            raise WorkError(
                f"could take more than {MAX_STEPS} steps with lists of up to {widest} elements: write "
                "fewer loops in each other, or compare fewer things in them"
            )


def work_of(expression: str) -> Work:
    """Reads an expression that CEL can read. Raises WorkError for what could never be bounded."""
    read = tokens(expression)
    length = len(read) + sum(_patterns(read))
    found = [token.text for token in read]
    loops, nested = _loops(found)
    if nested > MAX_NESTED:
        raise WorkError(f"has {nested} loops in each other; write at most {MAX_NESTED}")
    if length > MAX_STEPS:
        raise WorkError("has regular expressions that are too large; write smaller repetitions")
    signs = [token.text for token in read if token.kind == "sign"]
    items = signs.count(",") + signs.count("[") + signs.count("{")
    return Work(length, loops, nested, items, "map" in found or (nested > 1 and "+" in signs))


def _loops(found: Sequence[str]) -> tuple[int, int]:
    """Number of macros that loop, and how many lie in each other."""
    loops, nested, depth, inside = 0, 0, 0, list[bool]()
    for at, text in enumerate(found):
        if text == "(":
            looping = at > 1 and found[at - 1] in MACROS and found[at - 2] == "."
            loops, depth = loops + looping, depth + looping
            nested = max(nested, depth)
            inside.append(looping)
        elif text == ")" and inside:
            depth -= inside.pop()
    return loops, nested


def _patterns(read: Sequence[Token]) -> Iterator[int]:
    """Steps of each regular expression. Raises WorkError for one that is no text."""
    for at, token in enumerate(read):
        if token == Token("name", "matches") and _text(read, at + 1) == "(":
            close = _closing(read, at + 1)
            if read[close - 1].kind != "string" or _text(read, close - 2) not in ("(", ","):
                raise WorkError("matches() takes its pattern as a text; write it out in quotes")
            yield _steps(read[close - 1].text)


def _text(read: Sequence[Token], at: int) -> str:
    return read[at].text if 0 <= at < len(read) else ""


def _closing(read: Sequence[Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(read)):
        depth += (read[at].text == "(") - (read[at].text == ")")
        if not depth:
            return at
    return len(read) - 1


def _steps(pattern: str) -> int:
    counts = (int(most or least) for least, most in _COUNT.findall(pattern))
    classes = len(_CLASS.findall(pattern))
    return (_LETTER_STEPS * len(pattern) + _CLASS_STEPS * classes) * prod(max(1, n) for n in counts)


def _widest(seen: Any) -> int:
    """Length of the longest list in these values."""
    if isinstance(seen, dict):
        return max(map(_widest, seen.values()), default=0)
    if isinstance(seen, list):
        return max(len(seen), max(map(_widest, seen), default=0))
    return 0
