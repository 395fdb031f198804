"""Ports of the store. One object may implement them all; each part of the gateway asks for one.

Times are microseconds since 1970 (UTC). Logs are named by their origin, for example "yrd/310000".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from gateway.log.merkle import Frontier, Node
from gateway.log.sealing import SealedPart
from gateway.store.alarm_book import AlarmBook, Evidence, Settlement
from gateway.store.early import EarlyIndex, EarlyProof
from gateway.store.upkeep import Upkeep

PAGE_BYTES = 8 << 20
"""About the most that is read of leaves and disclosures at once; a larger entry is read alone."""


class StoreError(Exception):
    """The store failed. `lasting`: it can't be trusted before a restart (a failed sync)."""

    remedy = "mend the disk, then restart"
    """What to do if it is lasting."""

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


class LeaseHeld(StoreError):
    """Another gateway writes into this store."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"another gateway ({holder}) writes into this store", lasting=True)
        self.holder = holder


class DoubtfulCommit(StoreError):
    """The way to the database broke in the midst of a commit: whether it was made has to be asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message, lasting=False)


class CorruptStore(StoreError):
    """Stored bytes contradict each other, at an entry of a log where that is known."""

    def __init__(self, message: str, log: str = "", index: int | None = None) -> None:
        super().__init__(message, lasting=True)
        self.log, self.index = log, index


class Entry(NamedTuple):
    """An entry as held here. `offset` is its place in the order of receipt, from 1; 0 if not yet.

    `leaf` is None and `type` empty if the entry is withheld from us. `disposition` is a
    yrd.exchange.v1.Disposition.
    """

    offset: int
    log: str
    sequence: int
    hash: bytes
    leaf: bytes | None
    type: str
    disposition: int
    received_us: int
    parts: tuple[SealedPart, ...] = ()


class Standing(NamedTuple):
    """Where an entity stands: its newest revision, and the state after it (schemas.states; may be empty)."""

    revision: int = 0
    state: str = ""


class Naming(NamedTuple):
    """What an own entry can be found by: message_id (16 bytes), digest of the draft, entity.

    `priority` is a yrd.exchange.v1.Priority; 0 for what is not to be found by it.
    """

    message_id: bytes
    digest: bytes
    entity_id: str
    standing: Standing
    priority: int = 0


NewEntry = tuple[Entry, Naming | None]
"""An entry to be stored, and its naming (None for withheld entries)."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a log stands here: its tree, newest checkpoint note, and entries by disposition.

    `ahead` entries are here beside those: they came before the gap in front of them was filled.
    """

    log: str
    frontier: Frontier = field(default_factory=Frontier)
    checkpoint: str = ""
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    ahead: int = 0

    @property
    def size(self) -> int:
        """Number of entries."""
        return self.frontier.size


class AcceptedEntry(NamedTuple):
    """What is known of an accepted message."""

    sequence: int
    hash: bytes
    sealed_us: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A peer's cosigned checkpoint of a log."""

    log: str
    cosigner: str
    size: int
    note: str


@dataclass(slots=True)
class Change:
    """All that one commit writes. `quarantined` are offsets of entries stored before.

    `early` are those of the entries, by log and index, that lie beyond a gap; of logs in `filled`,
    what lies below the number is no longer early.
    """

    entries: list[NewEntry] = field(default_factory=list)
    early: dict[tuple[str, int], EarlyProof] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    quarantined: list[int] = field(default_factory=list)
    nodes: list[tuple[str, Node]] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    cosigned: dict[tuple[str, str], Cosigned] = field(default_factory=dict)
    cursors: dict[tuple[str, str], int] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    settled: list[Settlement] = field(default_factory=list)
    upkeep: Upkeep = field(default_factory=Upkeep)

    def empty(self) -> bool:
        """Whether there is nothing to write."""
        some = self.heads or self.cosigned or self.cursors or self.evidence or self.settled
        return not some and self.upkeep.empty()


class Committer(Protocol):
    """Writes. Called from one thread only."""

    def commit(self, change: Change) -> None:
        """Writes everything or nothing; durable on return. Raises StoreError, DoubtfulCommit."""
        ...

    def made(self) -> bool:
        """Whether the commit that was doubtful is in the store; for good. Raises StoreError."""
        ...

    def settle(self) -> None:
        """Once, before anything is read: makes durable what an earlier process left. Raises StoreError."""
        ...

    def tidy(self) -> None:
        """Work that is due behind a commit, which is durable whatever comes of it. Raises StoreError."""
        ...


class LogReader(Protocol):
    """Reads logs. Safe from any thread."""

    def heads(self) -> dict[str, Head]:
        """All logs held."""
        ...

    def entries(self, log: str, start: int, stop: int) -> list[Entry]:
        """Entries [start, stop) of a log, in order, or the first ones that fit into PAGE_BYTES."""
        ...

    def tile(self, log: str, level: int, index: int) -> list[bytes]:
        """Hashes for merkle.ReadTile."""
        ...

    def cosigned(self, log: str) -> list[Cosigned]:
        """Newest cosigned checkpoint of each peer."""
        ...


class FeedReader(Protocol):
    """Reads entries of all logs in the order of receipt. Safe from any thread."""

    def last_offset(self) -> int:
        """Offset of the newest entry, 0 if there is none."""
        ...

    def received(self, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries behind an offset, or the first ones that fit into PAGE_BYTES."""
        ...

    def find(self, message_id: bytes) -> list[Entry]:
        """Entries with that message_id, one for each log that has one."""
        ...

    def cursor(self, system: str, name: str) -> int | None:
        """Where a named cursor stands."""
        ...


class ObjectionIndex(Protocol):
    """Finds objections (数据异议). Safe from any thread."""

    def about(self, message_id: bytes, limit: int) -> list[Entry]:
        """Up to `limit` objections to a message and answers to them, in the order of receipt."""
        ...


class PublishIndex(Protocol):
    """What a publisher has said before. Called from the writer's thread."""

    def accepted(self, log: str, message_ids: Sequence[bytes]) -> dict[bytes, AcceptedEntry]:
        """Those of the messages that the log has."""
        ...

    def standings(
        self, log: str, entities: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Standing]:
        """Where those of the (type, entity_id) stand that the log has."""
        ...


class HeldIndex(Protocol):
    """How entries stand. Called from the writer's thread."""

    def dispositions(self, offsets: Sequence[int]) -> dict[int, int]:
        """Dispositions of the entries stored at these offsets."""
        ...


class UrgentReader(Protocol):
    """Finds urgent entries of the own log. Safe from any thread."""

    def urgent(self, log: str, priority: int, start: int, stop: int, most: int) -> list[int]:
        """Indices of the newest entries of that priority in [start, stop), newest first."""
        ...

    def entries_at(self, log: str, indices: Sequence[int]) -> list[Entry]:
        """Those of the entries that are here, in any order."""
        ...


class OwnLog(LogReader, UrgentReader, Protocol):
    """What is read to serve one's own log."""


class RoundIndex(PublishIndex, HeldIndex, EarlyIndex, Protocol):
    """What a round asks of what is stored."""


class ActivationReader(Protocol):
    """Reads which agreements a log says are in force. Safe from any thread."""

    def activations(self, log: str) -> list[Entry]:
        """Entries of a log of type AgreementActivation, in order, as far as they are readable here."""
        ...


class Store(
    Committer,
    LogReader,
    FeedReader,
    ObjectionIndex,
    RoundIndex,
    UrgentReader,
    AlarmBook,
    ActivationReader,
    Protocol,
):
    """All ports in one."""

    def close(self) -> None:
        """Closes; no call may follow."""
        ...
