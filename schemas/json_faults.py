"""Where in a JSON text something stands that strict reading refuses.

Looks at tokens only, without recursion, so that no nesting is too deep for it; the grammar is the
parser's to judge. Run after a text was refused, to say where and why.
"""

import re
from dataclasses import dataclass, field

MAX_DEPTH = 100
_MAX_DIGITS = 400

_TOKEN = re.compile(
    # a text without its end is one token, too: looked for anew from each quote in it, it took hours
    r'(?P<text>"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z))|(?P<open>[{\[])|(?P<close>[}\]])'
    # commas with the plain numbers behind them are one: each for itself, millions took many seconds
    r"|(?P<commas>(?:,\s*+(?:-?[0-9.]{1,300}+(?=[\s,\]}])\s*+)?)++)"
    r"|(?P<colon>:)|(?P<other>[^\s\",:{}\[\]]+)",
    re.DOTALL,
)
_HALF = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_CONSTANTS = frozenset(["NaN", "Infinity", "-Infinity"])


@dataclass(frozen=True, slots=True)
class Fault:
    """What is refused: its line from 1, the way to it ("needs[0].quantity"), and what to do."""

    line: int
    path: str
    words: str


@dataclass(slots=True)
class _Open:
    """An object or array that is not closed yet."""

    is_object: bool
    index: int = 0
    key: str | None = None
    keys: set[str] = field(default_factory=set)

    def step(self) -> str:
        if self.is_object:
            return "" if self.key is None else f".{self.key}"
        return f"[{self.index}]"


def find_fault(text: str) -> Fault | None:
    """The first fault of a text, or None."""
    stack: list[_Open] = []
    for token in _TOKEN.finditer(text):
        words = _refused(token, stack)
        if words:
            line = text.count("\n", 0, token.start()) + 1
            path = "".join(entry.step() for entry in stack[: MAX_DEPTH // 10]).lstrip(".")
            return Fault(line, path, words)
    return None


def has_half_characters(text: str) -> bool:
    """Whether an escape stands for half of a surrogate pair alone. Outside of texts there is no escape."""
    return "\\u" in text and _halves(text) is not None


def _refused(token: re.Match[str], stack: list[_Open]) -> str | None:
    """Takes in one token; what is wrong with it."""
    kind, written = token.lastgroup, token.group()
    top = stack[-1] if stack else None
    if kind == "open":
        stack.append(_Open(written == "{"))
        return _too_deep() if len(stack) > MAX_DEPTH else None
    if kind == "close" and stack:
        stack.pop()
    elif kind == "commas" and top is not None:
        top.key, top.index = None, top.index + written.count(",")
    elif kind == "text":
        return _refused_text(written, top)
    elif kind == "other":
        return _refused_value(written)
    return None


def _too_deep() -> str:
    return f"more than {MAX_DEPTH} objects and arrays one inside the other: no message is that deep"


def _refused_text(written: str, top: _Open | None) -> str | None:
    if top is not None and top.is_object and top.key is None:
        top.key = written[1:-1]
        if top.key in top.keys:
            return f"key {top.key!r} stands twice in one object: keep one"
        top.keys.add(top.key)
    half = _halves(written)
    return f"{half} is half a character: send the whole character" if half else None


def _halves(written: str) -> str | None:
    # an escaped backslash is no beginning of an escape
    found = _HALF.search(written.replace("\\\\", "  "))
    return found.group() if found else None


def _refused_value(written: str) -> str | None:
    if written in _CONSTANTS:
        return f"{written} is not a JSON number: leave the field out if it is unknown"
    if len(written) > _MAX_DIGITS:
        return f"a number of {len(written)} characters is too large: send what the field can hold"
    try:
        too_large = float(written) in (float("inf"), float("-inf"))
    except ValueError:
        return None
    return (
        f"{written} is too large for a number: send what the field can hold" if too_large else None
    )
