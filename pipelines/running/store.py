"""What the live loop keeps: states, offset, results to be published, length of the archive.

One SQLite file, one transaction for each step, synchronous=FULL. A state is kept a row for each of its
slots, so that a step reads and writes what it touches, however much there is.
"""

import fcntl
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.facts.state import Part
from yrd.exchange.v1.message_pb2 import Draft

_SCHEMA = """
CREATE TABLE IF NOT EXISTS part (
    key TEXT NOT NULL, slot TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (key, slot)
);
CREATE TABLE IF NOT EXISTS position (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archive (file TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS view (
    entity_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, content TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY, draft BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rejected (id INTEGER PRIMARY KEY, data BLOB NOT NULL, reason TEXT NOT NULL);
"""


VERSION = 2
"""Of the tables and what stands in them."""


class StoreUnusable(Exception):
    """The store can't be used by this process; the text says why, and the remedy."""


class AlreadyRunning(StoreUnusable):
    """Another pipeline uses this store."""


@dataclass(slots=True)
class Step:
    """All that one step writes."""

    offset: int | None = None
    parts: Mapping[Part, bytes] = field(default_factory=dict)
    archived: Mapping[str, int] = field(default_factory=dict)
    views: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    outbox: Iterable[Draft] = ()
    rejected: Iterable[tuple[bytes, str]] = ()


class LiveStore:
    """Opens the store for this process alone. Raises StoreUnusable."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_suffix(".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"{path}: another pipeline runs on this store; stop it, or use a store of your own"
            ) from None
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._require_same_version(path)
        self._db.executescript(_SCHEMA)
        self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _require_same_version(self, path: Path) -> None:
        """Raises StoreUnusable for a store whose states this version would not find."""
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if tables and version != VERSION:
            self.close()
            raise StoreUnusable(
                f"{path}: written by another version of the pipeline (store {version}, this is {VERSION}): "
                "move the pipeline's whole folder aside to read everything anew; what was published stands"
            )

    def close(self) -> None:
        """Closes and gives the lock back."""
        self._db.close()
        self._lock.close()

    def offset(self) -> int:
        """Up to where the feed has been taken in."""
        found = self._db.execute("SELECT value FROM position WHERE name = 'offset'").fetchone()
        return int(found[0]) if found else 0

    def parts(self, wanted: Iterable[Part]) -> dict[Part, bytes]:
        """Those of some parts that there are, each a serialised State of one slot."""
        found: dict[Part, bytes] = {}
        for part in wanted:
            query = "SELECT data FROM part WHERE key = ? AND slot = ?"
            row = self._db.execute(query, part).fetchone()
            if row is not None:
                found[part] = row[0]
        return found

    def scope(self, scope: str) -> Iterator[tuple[str, bytes]]:
        """All parts of a scope: keys, with serialised States of one slot."""
        query = "SELECT key, data FROM part WHERE key >= ? AND key < ?"
        yield from self._db.execute(query, (f"{scope}|", f"{scope}}}"))

    def archived(self) -> dict[str, int]:
        """Archive files with their good lengths."""
        return dict(self._db.execute("SELECT file, bytes FROM archive").fetchall())

    def view(self, entity_id: str) -> tuple[int, str]:
        """Last revision of a view, and what it said; (0, "") if there was none."""
        found = self._db.execute(
            "SELECT revision, content FROM view WHERE entity_id = ?", (entity_id,)
        ).fetchone()
        return (int(found[0]), str(found[1])) if found else (0, "")

    def views(self, begin: str, said: str = "") -> list[str]:
        """Entity ids of views that begin so, and what they said begins with `said`; sorted."""
        query = (
            "SELECT entity_id FROM view WHERE entity_id >= ? AND entity_id < ?"
            " AND substr(content, 1, ?) = ? ORDER BY entity_id"
        )
        behind = begin[:-1] + chr(ord(begin[-1]) + 1)
        rows = self._db.execute(query, (begin, behind, len(said), said))
        return [row[0] for row in rows.fetchall()]

    def outbox(self) -> list[tuple[int, Draft]]:
        """Results not known to be published, oldest first."""
        rows = self._db.execute("SELECT id, draft FROM outbox ORDER BY id").fetchall()
        return [(number, Draft.FromString(data)) for number, data in rows]

    def commit(self, step: Step) -> None:
        """Writes all of a step or nothing."""
        run = self._db.executemany
        with self._transaction():
            if step.offset is not None:
                run("INSERT OR REPLACE INTO position VALUES ('offset', ?)", [(step.offset,)])
            parts = [(*part, data) for part, data in step.parts.items()]
            run("INSERT OR REPLACE INTO part VALUES (?,?,?)", parts)
            run("INSERT OR REPLACE INTO archive VALUES (?,?)", step.archived.items())
            rows = [(entity, *known) for entity, known in step.views.items()]
            run("INSERT OR REPLACE INTO view VALUES (?,?,?)", rows)
            drafts = [(d.SerializeToString(),) for d in step.outbox]
            run("INSERT INTO outbox (draft) VALUES (?)", drafts)
            run("INSERT INTO rejected (data, reason) VALUES (?,?)", step.rejected)

    def published(self, numbers: Iterable[int]) -> None:
        """Takes results out of the outbox."""
        with self._transaction():
            self._db.executemany("DELETE FROM outbox WHERE id = ?", [(n,) for n in numbers])

    def refused(self, number: int, data: bytes, reason: str) -> None:
        """Puts a result that will never be taken among what was rejected, out of the outbox."""
        with self._transaction():
            self._db.execute("INSERT INTO rejected (data, reason) VALUES (?,?)", (data, reason))
            self._db.execute("DELETE FROM outbox WHERE id = ?", (number,))

    def reissue(self, number: int, draft: Draft, view: tuple[str, int, str]) -> None:
        """Puts a result with a new revision in the place of one whose revision was stale."""
        with self._transaction():
            data = draft.SerializeToString()
            self._db.execute("UPDATE outbox SET draft = ? WHERE id = ?", (data, number))
            self._db.execute("INSERT OR REPLACE INTO view VALUES (?,?,?)", view)

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._db.execute("ROLLBACK" if kind else "COMMIT")
