"""Regular expressions that Python's re, RE2 and Rust's regex crate mean alike."""

import re

from schemas.quick.cel import Unread
from schemas.quick.patterns import ALIKE

_CLASS = re.compile(r"\\.|\[\^?((?:[^\]\\]|\\.)*)\]")
_SETS = ("[", "&&", "--", "~~")  # what only Rust has within a class
NEVER = r"[^\s\S]"


def whole(pattern: str) -> str:
    """The pattern for Rust, for a text as a whole. Raises Unread.

    `pattern` begins with "^" and ends with "$".
    """
    if not ALIKE.fullmatch(pattern) or "(?" in pattern:
        raise Unread(f"pattern {pattern!r}")
    if any(mark in inside for inside in _CLASS.findall(pattern) for mark in _SETS):
        raise Unread(f"pattern {pattern!r}")
    return rf"\A(?:{pattern[1:-1]})\z".replace(r"\d", "[0-9]")


def whole_or_never(pattern: str) -> str:
    """The same for a pattern without "^" and "$"; one that matches nothing if it can't be told."""
    try:
        return whole(f"^{pattern.removeprefix('^').removesuffix('$')}$")
    except Unread:
        return NEVER
