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


@dataclass(frozen=True, slots=True)
class Lost:
    """Entries [start, stop) of the own log of which a recovery could not bring back these groups.

    No groups: nothing but their hashes.
    """

    start: int
    stop: int
    groups: tuple[str, ...] = ()


def add_lost(known: list[Lost], found: Lost) -> None:
    """Puts it behind what is known; entries that lie side by side and lack the same become one."""
    if known and (known[-1].stop, known[-1].groups) == (found.start, found.groups):
        found = Lost(known.pop().start, found.stop, found.groups)
    known.append(found)


@dataclass(slots=True)
class AuditReport:
    """What was read, and everything that is wrong.

    `doubts` are what a clock that was set could explain, too: they are named, and fail nothing. `lost` is
    what a recovery noted that no peer could give back: that is no damage.
    """

    participant: str
    logs: list[AuditedLog] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems

    @property
    def lost_entries(self) -> int:
        """Number of own entries of which nothing but the hash is left."""
        return sum(lost.stop - lost.start for lost in self.lost if not lost.groups)

    @property
    def lost_in_part(self) -> int:
        """Number of own entries without some of their groups."""
        return sum(lost.stop - lost.start for lost in self.lost if lost.groups)
