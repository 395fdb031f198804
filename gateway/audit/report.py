"""What an audit says."""

from collections.abc import Callable
from dataclasses import dataclass, field

Progress = Callable[[str, int, int], None]
"""(log, entries read, of)"""


@dataclass(frozen=True, slots=True)
class AuditedLog:
    """One log: entries read, the root that they make (hex), and the verdict in a word."""

    log: str
    entries: int
    root: str
    verdict: str


@dataclass(slots=True)
class AuditReport:
    """What was read, and everything that is wrong.

    `doubts` are what a clock that was set could explain, too: they are named, and fail nothing.
    """

    participant: str
    logs: list[AuditedLog] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems
