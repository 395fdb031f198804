"""What retention writes: disclosures destroyed, duties to destroy some, what was provided, what was found.

Times are microseconds since 1970 (UTC).
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple


class Erased(NamedTuple):
    """A disclosure that is destroyed. `notice`: the 16 bytes of the erasure notice's message_id.

    No notice: it was not destroyed but lost with a disk, and no peer had it to give it back. No group
    either: the entry itself is lost but for its hash.

    A clause ("agreement/clause"): it is a peer's, and the clause's term is over; `notice` then names the
    entry that brought the clause into force.
    """

    offset: int
    group: str
    time_us: int
    notice: bytes
    clause: str = ""


class Provided(NamedTuple):
    """A peer has our entries up to `stop`, given under these agreements (对外提供记录)."""

    peer: str
    stop: int
    time_us: int
    agreements: str = ""


def provision_digest(*columns: str | int) -> bytes:
    """SHA-256 of a row of the provision ledger: peer, start, stop, first, last, agreements."""
    return sha256("\n".join(map(str, columns)).encode()).digest()


class Incident(NamedTuple):
    """How an incident stands by the reports of one log.

    `revision` and `ended` are of the newest report that is no correction; `time_us` is the newest
    reported_time of all of them.
    """

    entity_id: str
    log: str
    revision: int
    ended: bool
    time_us: int


class Confirmed(NamedTuple):
    """A peer's confirmation of one of our notices (16 bytes), by its offset."""

    notice: bytes
    peer: str
    offset: int


@dataclass(slots=True)
class Findings:
    """What was found in the entries up to an offset; `notices` are (16 bytes, offset)."""

    offset: int
    incidents: list[Incident] = field(default_factory=list)
    notices: list[tuple[bytes, int]] = field(default_factory=list)
    confirmed: list[Confirmed] = field(default_factory=list)


@dataclass(slots=True)
class Upkeep:
    """Retention's part of one commit. `redacted`, `duties` and `done` are offsets of entries.

    `forgotten_us`: provisions that ended before it are deleted; 0: none.
    """

    erased: list[Erased] = field(default_factory=list)
    redacted: list[int] = field(default_factory=list)
    duties: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    provided: list[Provided] = field(default_factory=list)
    findings: Findings | None = None
    forgotten_us: int = 0

    def empty(self) -> bool:
        """Whether there is nothing to write. What is written with entries need not be asked for."""
        some = self.erased or self.done or self.provided or self.findings
        return not (some or self.forgotten_us)
