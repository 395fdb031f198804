"""The store on SQLite: write-ahead log, synchronous=FULL, one writer, a reader for each thread."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from gateway.log.merkle import Tree
from gateway.store import sqlite_ahead, sqlite_alarms, sqlite_logs, sqlite_published
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
    StoreError,
)
from gateway.store.sqlite_about import entries_about
from gateway.store.sqlite_activation import activations
from gateway.store.sqlite_checkpoints import Checkpoints
from gateway.store.sqlite_errors import store_errors
from gateway.store.sqlite_names import Ids, Names
from gateway.store.sqlite_open import claim, connect
from gateway.store.sqlite_read import ENTRIES, entries_of, marks, page_of
from gateway.store.sqlite_upkeep import SqliteRetained
from gateway.store.sqlite_write import write_beside, write_entries
from gateway.store.tail import Tail

READER_CACHE = "PRAGMA cache_size=-8000"


class SqliteStore:
    """Implements every port of gateway.store.port."""

    def __init__(self, path: Path, participant: str) -> None:
        """Opens or makes the store. Raises StoreError, also if it belongs to someone else."""
        self._path = path
        self._tail = Tail()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        with store_errors():
            self._writer = connect(self._path)
            self._checkpoints = Checkpoints(self._writer, path)
            claim(self._writer, path, participant)
            self._ids = Ids(self._writer)
        self.retained = SqliteRetained(lambda: self._reader, store_errors, self._names)

    def _names(self) -> Names:
        return self._ids.names

    @property
    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
            connection.execute("PRAGMA query_only=ON")
            connection.execute(READER_CACHE)  # there is a reader for each thread
            with self._readers_lock:
                self._readers.append(connection)
        return connection

    def close(self) -> None:
        """Closes all connections; no call may follow."""
        for connection in [*self._readers, self._writer]:
            connection.close()

    def meta(self, key: str) -> str:
        """A small value; empty if there is none."""
        with store_errors():
            found = self._reader.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return str(found[0]) if found else ""

    def set_meta(self, values: dict[str, str]) -> None:
        """Sets small values; durable on return. Raises StoreError."""
        with store_errors(), closing(connect(self._path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
            connection.execute("COMMIT")

    # Committer

    def commit(self, change: Change) -> None:
        """Writes everything or nothing; durable on return. A failure leaves the tail as it was."""
        with store_errors():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                self._write(change)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                self._ids.reload(self._writer)
                raise
        self._checkpoints.committed(len(change.entries))
        if change.quarantined or change.upkeep.erased:
            self._tail.clear()
        scattered = {*change.filled, *(log for log, _ in change.early)}
        self._tail.add([entry for entry, _ in change.entries], scattered)

    def settle(self) -> None:
        """Makes durable what an earlier process has left in the write-ahead log. Raises StoreError."""
        try:
            with store_errors():
                self._checkpoints.settle()
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}", lasting=True) from error

    def tidy(self) -> None:
        """Moves what was committed into the database, if it is due. Raises StoreError."""
        with store_errors():
            self._checkpoints.run_if_due()

    def _write(self, change: Change) -> None:
        write_entries(self._writer, change, self._ids)
        write_beside(self._writer, change, self._ids)

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
        with store_errors():
            return sqlite_logs.heads(self._reader)

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
        with store_errors():
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
        with store_errors():
            return sqlite_logs.tile(self._reader, self._ids.log(log), level, index)

    def cosigned(self, log: str) -> list[Cosigned]:
        """Newest cosigned checkpoint of each peer."""
        with store_errors():
            return sqlite_logs.cosigned(self._reader, self._ids.log(log), log)

    # FeedReader

    def last_offset(self) -> int:
        """Offset of the newest entry, 0 if there is none."""
        with store_errors():
            found = self._reader.execute("SELECT max(offset) FROM entry").fetchone()
            return int(found[0] or 0)

    def received(self, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries behind an offset, or the first ones that fit into PAGE_BYTES."""
        found = self._tail.received(after, limit)
        if found is not None:
            return found
        with store_errors():
            where = "e.offset > ? ORDER BY e.offset LIMIT ?"
            query = (after, limit)
            return page_of(self._reader, ENTRIES + where, query, self._names)[0]

    def find(self, message_id: bytes) -> list[Entry]:
        """Entries with that message_id, one for each log that has one."""
        with store_errors():
            where = "e.offset IN (SELECT offset FROM naming WHERE message_id = ?) ORDER BY e.offset"
            return entries_of(self._reader, ENTRIES + where, (message_id,), self._names)

    def cursor(self, system: str, name: str) -> int | None:
        """Where a named cursor stands."""
        with store_errors():
            found = self._reader.execute(
                "SELECT offset FROM cursor WHERE system = ? AND name = ?", (system, name)
            ).fetchone()
            return int(found[0]) if found else None

    # UrgentReader and EarlyIndex

    def urgent(self, log: str, priority: int, start: int, stop: int, most: int) -> list[int]:
        """Indices of the newest entries of that priority in [start, stop), newest first."""
        with store_errors():
            number = self._ids.log(log)
            return sqlite_ahead.urgent(self._reader, number, priority, start, stop, most)

    def entries_at(self, log: str, indices: Sequence[int]) -> list[Entry]:
        """Those of the entries that are here, in any order."""
        with store_errors():
            where = f"e.log = ? AND e.idx IN ({marks(indices)})"
            query = (self._ids.log(log), *indices)
            return entries_of(self._reader, ENTRIES + where, query, self._names)

    def early(self, log: str, start: int, stop: int) -> dict[int, Early]:
        """Those of the entries [start, stop) that came ahead, by index."""
        with store_errors():
            return sqlite_ahead.early(self._writer, self._ids.log(log), start, stop)

    def hashes(self, log: str, indices: Sequence[int]) -> dict[int, bytes]:
        """Leaf hashes of those of the entries that are here."""
        with store_errors():
            return sqlite_ahead.hashes(self._writer, self._ids.log(log), indices)

    def index_at(self, offset: int) -> int:
        """Index in its log of the entry at an offset."""
        with store_errors():
            query = "SELECT idx FROM entry WHERE offset = ?"
            return int(self._writer.execute(query, (offset,)).fetchone()[0])

    # ObjectionIndex

    def about(self, message_id: bytes, limit: int) -> list[Entry]:
        """Up to `limit` objections to a message and answers to them, in the order of receipt."""
        with store_errors():
            return entries_about(self._reader, message_id, limit, self._names)

    # AlarmBook

    def unsettled(self) -> list[KeptAlarm]:
        """All alarms that nobody has settled, oldest first, without their data."""
        with store_errors():
            return sqlite_alarms.unsettled(self._reader)

    def alarms(self, after: int, limit: int) -> list[KeptAlarm]:
        """Up to `limit` alarms with a higher number, oldest first, with their data."""
        with store_errors():
            return sqlite_alarms.alarms(self._reader, after, limit)

    # ActivationReader

    def activations(self, log: str) -> list[Entry]:
        """Entries of a log of type AgreementActivation, in order."""
        with store_errors():
            return activations(self._reader, self._ids.log(log), self._names)

    # PublishIndex

    def accepted(self, log: str, message_ids: Sequence[bytes]) -> dict[bytes, AcceptedEntry]:
        """Those of the messages that the log has."""
        if log not in self._ids.logs or not message_ids:
            return {}
        with store_errors():
            return sqlite_published.accepted(self._writer, self._ids.log(log), message_ids)

    def dispositions(self, offsets: Sequence[int]) -> dict[int, int]:
        """Dispositions of the entries stored at these offsets."""
        with store_errors():
            return sqlite_published.dispositions(self._writer, offsets)

    def standings(
        self, log: str, entities: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Standing]:
        """Where those of the (type, entity_id) stand that the own log has."""
        with store_errors():
            return sqlite_published.standings(self._writer, self._ids.types, entities)
