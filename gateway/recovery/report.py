"""What a recovery found and did, or why it could not."""

from collections.abc import Sequence
from dataclasses import dataclass, field


class RecoveryError(Exception):
    """The log can't be recovered like this; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class PeerHeld:
    """What one peer held of our log, and the verdict on it in words."""

    participant: str
    size: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An entry of which these groups of fields are lost."""

    index: int
    groups: Sequence[str]


@dataclass(slots=True)
class RecoveryReport:
    """Sizes of the own log before and after.

    `lost` are ranges [start, stop) of entries of which nothing but the hash is left.
    """

    participant: str
    before: int = 0
    after: int = 0
    peers: list[PeerHeld] = field(default_factory=list)
    whole: int = 0
    incomplete: list[Incomplete] = field(default_factory=list)
    lost: list[tuple[int, int]] = field(default_factory=list)

    @property
    def lost_count(self) -> int:
        """Number of entries of which only hashes are left."""
        return sum(stop - start for start, stop in self.lost)

    def add_lost(self, index: int) -> None:
        """Notes that nothing but the hash of an entry is left."""
        if self.lost and self.lost[-1][1] == index:
            self.lost[-1] = self.lost[-1][0], index + 1
        else:
            self.lost.append((index, index + 1))
