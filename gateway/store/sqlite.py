"""The store on SQLite: write-ahead log, synchronous=FULL, one writer, a reader for each thread."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from gateway.log.checkpoint import log_origin
from gateway.log.merkle import TILE, Tree
from gateway.log.sealing import MOST_PARTS
from gateway.store import sqlite_ahead, sqlite_alarms
from gateway.store.port import (
    AcceptedEntry,
    Change,
    CorruptStore,
    Cosigned,
    Early,
    Entry,
    Head,
    KeptAlarm,
    NewEntry,
    Standing,
    StoreError,
)
from gateway.store.sqlite_about import about_rows, entries_about
from gateway.store.sqlite_activation import ACTIVATION, activations, index_activations
from gateway.store.sqlite_checkpoints import Checkpoints
from gateway.store.sqlite_errors import told
from gateway.store.sqlite_read import ENTRIES, entries_of, page_of
from gateway.store.sqlite_upkeep import SqliteRetained, write_upkeep
from gateway.store.tail import Tail
from yrd.exchange.v1.message_pb2 import Disposition

SCHEMA_VERSION = "3"
ROWS = 200
READER_CACHE = "PRAGMA cache_size=-8000"


class SqliteStore:
    """Implements every port of gateway.store.port."""

    def __init__(self, path: Path, participant: str) -> None:
        """Opens or makes the store. Raises StoreError, also if it belongs to someone else."""
        self._path, self._own = path, log_origin(participant)
        self._tail = Tail()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        with _store_errors():
            self._writer = self._connect()
            self._checkpoints = Checkpoints(self._writer, path)
            schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
            self._writer.executescript(schema)
            self._claim(participant)
            self._logs: dict[str, int] = dict(self._writer.execute("SELECT origin, id FROM log"))
            self._types: dict[str, int] = dict(self._writer.execute("SELECT name, id FROM type"))
        self._names = _Names(self._logs, self._types)
        self.retained = SqliteRetained(lambda: self._reader, _store_errors, lambda: self._names)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=30
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-64000")
        return connection

    def _claim(self, participant: str) -> None:
        expected = {"participant": participant, "schema": SCHEMA_VERSION}
        for key, value in expected.items():
            self._writer.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
            found = self._writer.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            if found[0] != value:
                raise StoreError(
                    f"{self._path}: {key} is {found[0]!r}, this gateway is {value!r}; "
                    "check data_dir",
                    lasting=True,
                )

    @property
    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
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
        with _store_errors():
            found = self._reader.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return str(found[0]) if found else ""

    def set_meta(self, values: dict[str, str]) -> None:
        """Sets small values; durable on return. Raises StoreError."""
        with _store_errors(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
            connection.execute("COMMIT")

    # Committer

    def commit(self, change: Change) -> None:
        """Writes everything or nothing; durable on return. A failure leaves the tail as it was."""
        with _store_errors():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                self._write(change)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                self._reload_names()
                raise
        self._checkpoints.committed(len(change.entries))
        if change.quarantined or change.upkeep.erased:
            self._tail.clear()
        scattered = {*change.filled, *(log for log, _ in change.early)}
        self._tail.add([entry for entry, _ in change.entries], scattered)

    def settle(self) -> None:
        """Makes durable what an earlier process has left in the write-ahead log. Raises StoreError."""
        try:
            with _store_errors():
                self._checkpoints.settle()
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}", lasting=True) from error

    def tidy(self) -> None:
        """Moves what was committed into the database, if it is due. Raises StoreError."""
        with _store_errors():
            self._checkpoints.run_if_due()

    def _reload_names(self) -> None:
        """Forgets ids of logs and types that the rolled-back transaction had made.

        Readers go on meanwhile: they see the old names or the new ones, never some of them.
        """
        self._logs = dict(self._writer.execute("SELECT origin, id FROM log"))
        self._types = dict(self._writer.execute("SELECT name, id FROM type"))
        self._names = _Names(self._logs, self._types)

    def _write(self, change: Change) -> None:
        for head in change.heads.values():
            self._write_head(head)
        new = change.entries
        self._insert("entry", 9, list(self._entry_rows(new)))
        self._insert("naming", 3, list(self._naming_rows(new)))
        self._insert("about", 2, about_rows(new))
        self._insert(
            "entity",
            4,
            list(self._entity_rows(new)),
            "ON CONFLICT DO UPDATE SET revision = excluded.revision, state = excluded.state",
        )
        parts = [
            (entry.offset * MOST_PARTS + place, part.group, part.data)
            for entry, _ in new
            for place, part in enumerate(entry.parts)
        ]
        self._insert("disclosure", 3, parts)
        self._insert("urgent", 3, sqlite_ahead.urgent_rows(new, self._logs))
        self._insert("ahead", 4, list(sqlite_ahead.early_rows(change, self._logs)))
        sqlite_ahead.forget_filled(self._writer, change, self._logs)
        if ACTIVATION in self._types:
            index_activations(self._writer, self._logs, new)
        nodes = [(self._logs[log], n.level, n.index, n.hash) for log, n in change.nodes]
        self._insert("node", 4, nodes)
        self._write_marks(change)

    def _insert(
        self, table: str, width: int, rows: Sequence[tuple[object, ...]], conflict: str = ""
    ) -> None:
        """Inserts many rows a statement: each step gives up the interpreter lock once."""
        one = f"({_marks(range(width))})"
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            if len(some) == ROWS:
                values = ",".join([one] * ROWS)
                flat = list(chain.from_iterable(some))
                self._writer.execute(f"INSERT INTO {table} VALUES {values} {conflict}", flat)
            else:
                self._writer.executemany(f"INSERT INTO {table} VALUES {one} {conflict}", some)

    def _write_marks(self, change: Change) -> None:
        run = self._writer.executemany
        write_upkeep(self._writer, change.upkeep, self._logs)
        run(
            "UPDATE entry SET disposition = ? WHERE offset = ?",
            [(Disposition.DISPOSITION_QUARANTINED, offset) for offset in change.quarantined],
        )
        run(
            "INSERT OR REPLACE INTO cosigned VALUES (?,?,?,?)",
            [(self._logs[c.log], c.cosigner, c.size, c.note) for c in change.cosigned.values()],
        )
        run(
            "INSERT INTO cursor VALUES (?,?,?) ON CONFLICT DO UPDATE "
            "SET offset = max(offset, excluded.offset)",
            [(system, name, offset) for (system, name), offset in change.cursors.items()],
        )
        sqlite_alarms.write(self._writer, change)

    def _write_head(self, head: Head) -> None:
        self._writer.execute(
            "INSERT INTO log (origin, checkpoint, whole, redacted, withheld, quarantined) "
            "VALUES (?,?,?,?,?,?) ON CONFLICT (origin) DO UPDATE SET "
            "checkpoint = excluded.checkpoint, "
            "whole = excluded.whole, redacted = excluded.redacted, "
            "withheld = excluded.withheld, quarantined = excluded.quarantined",
            (head.log, head.checkpoint, *head.counts),
        )
        if head.log not in self._logs:
            found = self._writer.execute("SELECT id FROM log WHERE origin = ?", (head.log,))
            self._logs[head.log] = found.fetchone()[0]
            self._names = _Names(self._logs, self._types)

    def _type_id(self, name: str) -> int:
        if name not in self._types:
            made = self._writer.execute("INSERT INTO type (name) VALUES (?) RETURNING id", (name,))
            self._types[name] = made.fetchone()[0]
            self._names = _Names(self._logs, self._types)
        return self._types[name]

    def _entry_rows(self, new: Sequence[NewEntry]) -> Iterator[tuple[object, ...]]:
        types = {kind: self._type_id(kind) for kind in {entry.type for entry, _ in new} if kind}
        types[""] = 0
        logs = self._logs
        for (offset, log, index, digest, leaf, kind, disposition, received, _), naming in new:
            content = naming.digest if naming else None
            yield (
                offset,
                logs[log],
                index,
                digest,
                leaf,
                types[kind],
                disposition,
                received,
                content,
            )

    def _naming_rows(self, new: Sequence[NewEntry]) -> Iterator[tuple[object, ...]]:
        logs = self._logs
        for (offset, log, *_), naming in new:
            if naming:
                yield naming.message_id, logs[log], offset

    def _entity_rows(self, new: Sequence[NewEntry]) -> Iterator[tuple[object, ...]]:
        types = self._types
        for entry, naming in new:
            if naming and naming.entity_id:
                yield types[entry.type], naming.entity_id, *naming.standing

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
        with _store_errors():
            rows = self._reader.execute(
                "SELECT origin, checkpoint, whole, redacted, withheld, quarantined, "
                "(SELECT count(*) FROM ahead a WHERE a.log = log.id) FROM log"
            )
            return [
                Head(origin, checkpoint=note, counts=(whole, redacted, withheld, bad), ahead=ahead)
                for origin, note, whole, redacted, withheld, bad, ahead in rows
            ]

    def tree(self, log: str) -> Tree:
        """Roots and proofs of a log."""
        return Tree(partial(self.tile, log))

    def node(self, log: str, level: int, index: int) -> bytes | None:
        """One stored node."""
        with _store_errors():
            found = self._reader.execute(
                "SELECT hash FROM node WHERE log = ? AND level = ? AND idx = ?",
                (self._logs.get(log, -1), level, index),
            ).fetchone()
            return found[0] if found else None

    def entries(self, log: str, start: int, stop: int) -> list[Entry]:
        """Entries [start, stop) of a log, in order, or the first ones that fit into PAGE_BYTES.

        Raises CorruptStore where one is missing.
        """
        found = self._tail.entries(log, start, stop)
        if found is not None:
            return found
        with _store_errors():
            where = "e.log = ? AND e.idx >= ? AND e.idx < ? ORDER BY e.idx"
            query = (self._logs.get(log, -1), start, stop)
            found, whole = page_of(self._reader, ENTRIES + where, query, lambda: self._names)
        due = stop - start if whole else len(found)
        if len(found) != due or (found and found[-1].sequence != start + due - 1):
            what = f"{log}: entries [{start}, {stop}) are not all there"
            raise CorruptStore(what, log, start)
        return found

    def tile(self, log: str, level: int, index: int) -> list[bytes]:
        """Hashes for merkle.ReadTile."""
        table = "entry WHERE log = ?" if level == 0 else f"node WHERE level = {level:d} AND log = ?"
        with _store_errors():
            rows = self._reader.execute(
                f"SELECT hash FROM {table} AND idx >= ? AND idx < ? ORDER BY idx",
                (self._logs.get(log, -1), index * TILE, (index + 1) * TILE),
            )
            return [row[0] for row in rows]

    def cosigned(self, log: str) -> list[Cosigned]:
        """Newest cosigned checkpoint of each peer."""
        with _store_errors():
            rows = self._reader.execute(
                "SELECT cosigner, size, note FROM cosigned WHERE log = ? ORDER BY cosigner",
                (self._logs.get(log, -1),),
            )
            return [Cosigned(log, *row) for row in rows]

    # FeedReader

    def last_offset(self) -> int:
        """Offset of the newest entry, 0 if there is none."""
        with _store_errors():
            found = self._reader.execute("SELECT max(offset) FROM entry").fetchone()
            return int(found[0] or 0)

    def received(self, after: int, limit: int) -> list[Entry]:
        """Up to `limit` entries behind an offset, or the first ones that fit into PAGE_BYTES."""
        found = self._tail.received(after, limit)
        if found is not None:
            return found
        with _store_errors():
            where = "e.offset > ? ORDER BY e.offset LIMIT ?"
            query = (after, limit)
            return page_of(self._reader, ENTRIES + where, query, lambda: self._names)[0]

    def find(self, message_id: bytes) -> list[Entry]:
        """Entries with that message_id, one for each log that has one."""
        with _store_errors():
            where = "e.offset IN (SELECT offset FROM naming WHERE message_id = ?) ORDER BY e.offset"
            return entries_of(self._reader, ENTRIES + where, (message_id,), lambda: self._names)

    def cursor(self, system: str, name: str) -> int | None:
        """Where a named cursor stands."""
        with _store_errors():
            found = self._reader.execute(
                "SELECT offset FROM cursor WHERE system = ? AND name = ?", (system, name)
            ).fetchone()
            return int(found[0]) if found else None

    # UrgentReader and EarlyIndex

    def urgent(self, log: str, priority: int, start: int, stop: int, most: int) -> list[int]:
        """Indices of the newest entries of that priority in [start, stop), newest first."""
        with _store_errors():
            number = self._logs.get(log, -1)
            return sqlite_ahead.urgent(self._reader, number, priority, start, stop, most)

    def entries_at(self, log: str, indices: Sequence[int]) -> list[Entry]:
        """Those of the entries that are here, in any order."""
        with _store_errors():
            where = f"e.log = ? AND e.idx IN ({_marks(indices)})"
            query = (self._logs.get(log, -1), *indices)
            return entries_of(self._reader, ENTRIES + where, query, lambda: self._names)

    def early(self, log: str, start: int, stop: int) -> dict[int, Early]:
        """Those of the entries [start, stop) that came ahead, by index."""
        with _store_errors():
            return sqlite_ahead.early(self._writer, self._logs.get(log, -1), start, stop)

    def hashes(self, log: str, indices: Sequence[int]) -> dict[int, bytes]:
        """Leaf hashes of those of the entries that are here."""
        with _store_errors():
            return sqlite_ahead.hashes(self._writer, self._logs.get(log, -1), indices)

    def index_at(self, offset: int) -> int:
        """Index in its log of the entry at an offset."""
        with _store_errors():
            query = "SELECT idx FROM entry WHERE offset = ?"
            return int(self._writer.execute(query, (offset,)).fetchone()[0])

    # ObjectionIndex

    def about(self, message_id: bytes, limit: int) -> list[Entry]:
        """Up to `limit` objections to a message and answers to them, in the order of receipt."""
        with _store_errors():
            return entries_about(self._reader, message_id, limit, lambda: self._names)

    # AlarmBook

    def unsettled(self) -> list[KeptAlarm]:
        """All alarms that nobody has settled, oldest first, without their data."""
        with _store_errors():
            return sqlite_alarms.unsettled(self._reader)

    def alarms(self, after: int, limit: int) -> list[KeptAlarm]:
        """Up to `limit` alarms with a higher number, oldest first, with their data."""
        with _store_errors():
            return sqlite_alarms.alarms(self._reader, after, limit)

    # ActivationReader

    def activations(self, log: str) -> list[Entry]:
        """Entries of a log of type AgreementActivation, in order."""
        with _store_errors():
            return activations(self._reader, self._logs.get(log, -1), lambda: self._names)

    # PublishIndex

    def accepted(self, log: str, message_ids: Sequence[bytes]) -> dict[bytes, AcceptedEntry]:
        """Those of the messages that the log has."""
        log_id = self._logs.get(log)
        if log_id is None or not message_ids:
            return {}
        with _store_errors():
            rows = self._writer.execute(
                "SELECT n.message_id, e.idx, e.hash, e.received, e.digest FROM naming n "
                "JOIN entry e ON e.offset = n.offset WHERE n.log = ? AND n.message_id IN "
                f"({_marks(message_ids)})",
                (log_id, *message_ids),
            )
            return {row[0]: AcceptedEntry(*row[1:]) for row in rows}

    def dispositions(self, offsets: Sequence[int]) -> dict[int, int]:
        """Dispositions of the entries stored at these offsets."""
        with _store_errors():
            query = f"SELECT offset, disposition FROM entry WHERE offset IN ({_marks(offsets)})"
            return dict(self._writer.execute(query, tuple(offsets)))

    def standings(
        self, log: str, entities: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Standing]:
        """Where those of the (type, entity_id) stand that the own log has."""
        known: dict[tuple[str, str], Standing] = {}
        with _store_errors():
            by_type: dict[str, list[str]] = {}
            for type_name, entity_id in entities:
                by_type.setdefault(type_name, []).append(entity_id)
            for name in by_type.keys() & self._types.keys():
                ids = by_type[name]
                rows = self._writer.execute(
                    "SELECT entity_id, revision, state FROM entity WHERE type = ? AND entity_id IN "
                    f"({_marks(ids)})",
                    (self._types[name], *ids),
                )
                known.update({(name, entity): Standing(*found) for entity, *found in rows})
        return known


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


class _Names:
    """Names of logs and types by their ids."""

    def __init__(self, logs: dict[str, int], types: dict[str, int]) -> None:
        self.log = {number: name for name, number in logs.items()}
        self.type = {number: name for name, number in types.items()} | {0: ""}


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise told(error) from error
    except UnicodeDecodeError as error:
        raise CorruptStore(f"text of the database is damaged: {error}") from None
