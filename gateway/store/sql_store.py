"""What a store reads, in SQL: the same for SQLite and PostgreSQL."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial

from gateway.log.merkle import Tree
from gateway.store import sql_ahead, sql_alarms, sql_logs, sql_published
from gateway.store.alarm_book import KeptAlarm
from gateway.store.early import Early
from gateway.store.port import (
    AcceptedEntry,
    Change,
    CorruptStore,
    Cosigned,
    Entry,
    Head,
    Standing,
)
from gateway.store.retained import Retained
from gateway.store.sql import Reads, Sql, marks, padded
from gateway.store.sql_about import entries_about
from gateway.store.sql_activation import activations
from gateway.store.sql_names import Ids, Names
from gateway.store.sql_read import ENTRIES, entries_of, page_of
from gateway.store.sql_write import write_beside, write_entries
from gateway.store.tail import Committed, Tail


class SqlStore(ABC):
    """The ports of gateway.store.port, but for how a commit is made."""

    retained: Retained
    tenure = ""
    """What tells the time since this process has had the store for itself."""
    _ids: Ids
    _writer: Sql
    """The writing thread's connection."""

    def __init__(self, errors: Callable[[], AbstractContextManager[None]]) -> None:
        """`errors` raises the store's errors instead of the database's."""
        self._errors, self._tail = errors, Tail()

    @property
    @abstractmethod
    def _reader(self) -> Reads:
        """A connection for the calling thread to read with."""

    @property
    def warnings(self) -> list[str]:
        """What an operator has to see to, though all works."""
        return []

    @abstractmethod
    def commit(self, change: Change) -> None:
        """Writes everything or nothing; durable on return. A failure leaves the tail as it was."""

    @abstractmethod
    def made(self) -> bool:
        """Whether the commit that was doubtful is in the store; for good."""

    @abstractmethod
    def settle(self) -> None:
        """Once, before anything is read: makes durable what an earlier process left."""

    @abstractmethod
    def tidy(self) -> None:
        """Work that is due behind a commit."""

    @abstractmethod
    def set_meta(self, values: dict[str, str]) -> None:
        """Sets small values; durable on return. Raises StoreError."""

    @abstractmethod
    def close(self) -> None:
        """Closes; no call may follow."""

    def written(self) -> bool:
        """Whether a commit that raised Doubtful was made."""
        raise NotImplementedError  # SQLite is never in doubt

    def on_loss(self, tell: Callable[[str], None]) -> None:  # noqa: B027  # nobody takes a file away
        """Calls `tell`, from some thread, once another gateway writes into this store, or may."""

    def meta(self, key: str) -> str:
        """A small value; empty if there is none."""
        with self._errors():
            query = "SELECT value FROM meta WHERE key = ?"
            found = self._reader.execute(query, (key,)).fetchone()
            return str(found[0]) if found else ""

    def _names(self) -> Names:
        return self._ids.names

    def _write(self, change: Change) -> Committed:
        committed = write_entries(self._writer, change, self._ids)
        write_beside(self._writer, change, self._ids)
        return committed

    def _committed(self, change: Change, committed: Committed) -> None:
        """Keeps in memory what readers will ask for first."""
        if change.quarantined or change.upkeep.erased:
            self._tail.clear()
        scattered = {*change.filled, *(log for log, _ in change.early)}
        self._tail.add(committed, scattered)

    # LogReader

    def heads(self) -> dict[str, Head]:
        """All logs held; their trees are rebuilt from what is stored. Raises CorruptStore."""
        return {head.log: self._grown(head) for head in self.stored_heads()}

    def _grown(self, head: Head) -> Head:
        try:
            return replace(head, frontier=self.tree(head.log).frontier(sum(head.counts)))
        except LookupError as error:
            raise CorruptStore(f"{head.log}: {error}; run `yrd audit verify`", head.log) from None

    def stored_heads(self) -> list[Head]:
        """All logs held, without their trees: as many entries as the counts sum up to."""
        with self._errors():
            return sql_logs.heads(self._reader)

    def tree(self, log: str) -> Tree:
        """Roots and proofs of a log."""
        return Tree(partial(self.tile, log))

    def entries(self, log: str, start: int, stop: int) -> list[Entry]:
        """Entries [start, stop) of a log, in order, or the first ones that fit into PAGE_BYTES.

        Raises CorruptStore where one is missing.
        """
        found = self._tail.entries(log, start, stop)
        if found is not None:
            return found
        with self._errors():
            where = "e.log = ? AND e.idx >= ? AND e.idx < ? ORDER BY e.idx"
            query = (self._ids.log(log), start, stop)
            found, whole = page_of(self._reader, ENTRIES + where, query, self._names)
        due = stop - start if whole else len(found)
        if len(found) != due or (found and found[-1].sequence != start + due - 1):
            what = f"{log}: entries [{start}, {stop}) are not all there"
            raise CorruptStore(what, log, start)
        return found

    def tile(self, log: str, level: int, index: int) -> list[bytes]:
        """Hashes for merkle.ReadTile."""
        with self._errors():
            return sql_logs.tile(self._reader, self._ids.log(log), level, index)

    def cosigned(self, log: str) -> list[Cosigned]:
        """Newest cosigned checkpoint of each peer."""
        with self._errors():
            return sql_logs.cosigned(self._reader, self._ids.log(log), log)

    # FeedReader

    def last_offset(self) -> int:
        """Offset of the newest entry, 0 if there is none."""
        with self._errors():
            found = self._reader.execute("SELECT max(offset) FROM entry").fetchone()
            return int(found[0] or 0)

    def received(self, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries behind an offset, or the first ones that fit into PAGE_BYTES."""
        found = self._tail.received(after, limit)
        if found is not None:
            return found
        with self._errors():
            where = "e.offset > ? ORDER BY e.offset LIMIT ?"
            query = (after, limit)
            return page_of(self._reader, ENTRIES + where, query, self._names)[0]

    def find(self, message_id: bytes) -> list[Entry]:
        """Entries with that message_id, one for each log that has one."""
        with self._errors():
            where = "e.offset IN (SELECT offset FROM naming WHERE message_id = ?) ORDER BY e.offset"
            return entries_of(self._reader, ENTRIES + where, (message_id,), self._names)

    def cursor(self, system: str, name: str) -> int | None:
        """Where a named cursor stands."""
        with self._errors():
            found = self._reader.execute(
                "SELECT offset FROM cursor WHERE system = ? AND name = ?", (system, name)
            ).fetchone()
            return int(found[0]) if found else None

    # UrgentReader and EarlyIndex

    def urgent(self, log: str, priority: int, start: int, stop: int, most: int) -> list[int]:
        """Indices of the newest entries of that priority in [start, stop), newest first."""
        with self._errors():
            number = self._ids.log(log)
            return sql_ahead.urgent(self._reader, number, priority, start, stop, most)

    def entries_at(self, log: str, indices: Sequence[int]) -> list[Entry]:
        """Those of the entries that are here, in any order."""
        with self._errors():
            asked = padded(indices)
            where = f"e.log = ? AND e.idx IN ({marks(asked)})"
            query = (self._ids.log(log), *asked)
            return entries_of(self._reader, ENTRIES + where, query, self._names)

    def early(self, log: str, start: int, stop: int) -> dict[int, Early]:
        """Those of the entries [start, stop) that came ahead, by index."""
        with self._errors():
            return sql_ahead.early(self._writer, self._ids.log(log), start, stop)

    def hashes(self, log: str, indices: Sequence[int]) -> dict[int, bytes]:
        """Leaf hashes of those of the entries that are here."""
        with self._errors():
            return sql_ahead.hashes(self._writer, self._ids.log(log), indices)

    def index_at(self, offset: int) -> int:
        """Index in its log of the entry at an offset."""
        with self._errors():
            query = "SELECT idx FROM entry WHERE offset = ?"
            return int(self._writer.execute(query, (offset,)).fetchone()[0])

    # ObjectionIndex

    def about(self, message_id: bytes, limit: int) -> list[Entry]:
        """Up to `limit` objections to a message and answers to them, in the order of receipt."""
        with self._errors():
            return entries_about(self._reader, message_id, limit, self._names)

    # AlarmBook

    def unsettled(self) -> list[KeptAlarm]:
        """All alarms that nobody has settled, oldest first, without their data."""
        with self._errors():
            return sql_alarms.unsettled(self._reader)

    def alarms(self, after: int, limit: int) -> list[KeptAlarm]:
        """Up to `limit` alarms with a higher number, oldest first, with their data."""
        with self._errors():
            return sql_alarms.alarms(self._reader, after, limit)

    # ActivationReader

    def activations(self, log: str) -> list[Entry]:
        """Entries of a log of type AgreementActivation, in order."""
        with self._errors():
            return activations(self._reader, self._ids.log(log), self._names)

    # PublishIndex

    def accepted(self, log: str, message_ids: Sequence[bytes]) -> dict[bytes, AcceptedEntry]:
        """Those of the messages that the log has."""
        if log not in self._ids.logs or not message_ids:
            return {}
        with self._errors():
            return sql_published.accepted(self._writer, self._ids.log(log), message_ids)

    def dispositions(self, offsets: Sequence[int]) -> dict[int, int]:
        """Dispositions of the entries stored at these offsets."""
        with self._errors():
            return sql_published.dispositions(self._writer, offsets)

    def standings(
        self, log: str, entities: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Standing]:
        """Where those of the (type, entity_id) stand that the own log has."""
        with self._errors():
            return sql_published.standings(self._writer, self._ids.types, entities)
