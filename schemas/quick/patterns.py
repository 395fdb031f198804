"""Constants of the functions that are made: regular expressions, sets, and functions by name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.quick.cel import Unread
from schemas.quick.functions import FUNCTIONS

# what RE2 and Python's re mean alike; "$" is only taken at the end, "." not at all
ALIKE = re.compile(r"\^(?:[^\\.$^]|\\[d.+\[\]]|\[\^?[^\]\\]*\])*\$")


@dataclass(slots=True)
class Constants:
    """Names for values that the source refers to."""

    values: dict[str, Any] = field(default_factory=lambda: dict(FUNCTIONS))

    def pattern(self, text: str) -> str:
        """The name of a function that gives None unless a string matches. Raises Unread."""
        if not ALIKE.fullmatch(text) or "(?" in text:
            raise Unread(f"pattern {text!r}")
        return self.function(re.compile(rf"{text[:-1]}\Z", re.ASCII).match)

    def members(self, values: Iterable[Any]) -> str:
        """The name of a set."""
        return self.function(frozenset(values))

    def function(self, value: Any) -> str:
        """The name of a function, or of anything else."""
        name = f"_c{len(self.values)}"
        self.values[name] = value
        return name

    def hold(self, conditions: Iterable[str], variable: str, value: Any) -> bool:
        """Whether all conditions hold with that value in the variable."""
        names = {**self.values, variable: value}
        # the source is made of the contract's own rules, never of what is received
        return all(eval(condition, names) for condition in conditions)
