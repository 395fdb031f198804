"""Ports for retention: what personal data are held, and what is known of their term and their end."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from gateway.store.port import Entry
from gateway.store.upkeep import Confirmed, Erased, Incident


class Disclosed(NamedTuple):
    """One disclosure that is held. `place` orders them: offset of the entry, then place in it."""

    place: int
    offset: int
    sequence: int
    type: str
    group: str
    leaf: bytes


class Provision(NamedTuple):
    """Entries [start, stop) of our log that a peer received between two instants (µs since 1970)."""

    peer: str
    start: int
    stop: int
    first_us: int
    last_us: int
    agreements: str


class Ended(NamedTuple):
    """What one run destroyed of a peer's log since the term of a clause ("agreement/clause") was over.

    `activation`: the 16 bytes of the message_id of the entry that brought the clause into force.
    """

    log: str
    clause: str
    activation: bytes
    time_us: int
    messages: int
    disclosures: int


class DisclosureReader(Protocol):
    """Finds disclosures. Safe from any thread."""

    def disclosed(self, log: str, after: int, limit: int) -> list[Disclosed]:
        """Up to `limit` disclosures of a log behind a place that are not destroyed."""
        ...

    def at(self, log: str, sequences: Sequence[int]) -> dict[int, Entry]:
        """Those entries of a log that are held, also ahead of their place, by sequence."""
        ...

    def erased(self, first: int, last: int) -> dict[int, dict[str, Erased]]:
        """Groups destroyed of entries with offsets from first to last, and by what."""
        ...

    def ended(self) -> list[Ended]:
        """What was destroyed since a clause's term was over, oldest first."""
        ...


class TraceReader(Protocol):
    """What was found in the logs so far. Safe from any thread."""

    def traced(self) -> int:
        """Offset up to which entries have been looked at."""
        ...

    def of_types(self, types: Sequence[str], after: int, upto: int) -> list[Entry]:
        """Readable entries of these types with offsets in (after, upto]."""
        ...

    def incidents(self, entity_ids: Sequence[str]) -> list[Incident]:
        """How these incidents stand, by every log that tells of them."""
        ...

    def notices(self) -> Mapping[bytes, tuple[int, tuple[Confirmed, ...]]]:
        """Own erasure notices: offset and confirmations of each, oldest first."""
        ...


class DutyReader(Protocol):
    """What is still to be done, and what was provided. Safe from any thread."""

    def duties(self) -> list[int]:
        """Offsets of the notices to act on, oldest first."""
        ...

    def provisions(self) -> list[Provision]:
        """What was given to whom and when, by peer, oldest first."""
        ...

    def has_erased(self) -> bool:
        """Whether anything was ever destroyed here."""
        ...

    def scrub(self) -> bool:
        """Empties the write-ahead log, which has pages as they were. False if readers hold it."""
        ...


class Retained(DisclosureReader, TraceReader, DutyReader, Protocol):
    """All of it in one."""
