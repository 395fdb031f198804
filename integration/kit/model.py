"""What a case is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PROFILES = ("basic", "access", "peer", "full")
"""Each includes those before it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: an action's name, its argument, and what is expected of it.

    `caller` is a role of kit.yaml, `save` the name under which later steps find what came of it.
    """

    action: str
    argument: Any
    caller: str = "console"
    save: str = ""
    expect: Any = None


@dataclass(frozen=True, slots=True)
class Case:
    """One named case. `name` is unique in its group; `source` is the file that it stands in."""

    group: str
    name: str
    title: str
    profile: str
    about: str
    why: str
    look: str
    contract: tuple[str, ...]
    steps: tuple[Step, ...]
    alone: bool = False
    needs: tuple[str, ...] = ()
    source: str = ""

    @property
    def full_name(self) -> str:
        """Its group and name, for example "revisions/stale"."""
        return f"{self.group}/{self.name}"

    def within(self, profile: str) -> bool:
        """Whether a profile includes it."""
        return PROFILES.index(self.profile) <= PROFILES.index(profile)


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one file."""

    name: str
    title: str
    cases: tuple[Case, ...]


class Status(StrEnum):
    """How a case ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. `step` counts from 1; 0: no step is to blame."""

    case: Case
    status: Status
    seconds: float
    step: int = 0
    expected: str = ""
    came: str = ""


class Unmet(Exception):
    """What came is not what was expected."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"expected {expected}; came {came}")
        self.expected, self.came = expected, came


class Unfit(Exception):
    """A case can't be run against this target; the text says what is missing."""


class CaseFileError(Exception):
    """A file of cases that can't be used; the text names file, case, key and remedy."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases to run, and which are known to fail."""

    profile: str = "full"
    only: tuple[str, ...] = ()
    known_failing: Mapping[str, int] = field(default_factory=dict)
