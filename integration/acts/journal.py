"""What was asked for under which key, durable before anything is sent; and the record of all acts.

One SQLite file. Of what is done with, the typed texts and drafts are destroyed: what was sent is in the
gateway's log, under its terms. The record only grows: the file itself refuses to change or delete a row.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from integration.acts.outcome import FINAL, State

SCHEMA = """
CREATE TABLE IF NOT EXISTS acts (
  key TEXT PRIMARY KEY, state TEXT NOT NULL, act TEXT NOT NULL, about TEXT NOT NULL, asked TEXT NOT NULL,
  person TEXT NOT NULL, begun_ms INTEGER NOT NULL, content TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS acts_open ON acts (state) WHERE state IN ('waiting', 'unsent');
CREATE TABLE IF NOT EXISTS record (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, key TEXT NOT NULL, what TEXT NOT NULL,
  person TEXT NOT NULL, act TEXT NOT NULL, about TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS record_stays BEFORE UPDATE ON record
  BEGIN SELECT RAISE(ABORT, 'the record of acts is never changed'); END;
CREATE TRIGGER IF NOT EXISTS record_is_kept BEFORE DELETE ON record
  BEGIN SELECT RAISE(ABORT, 'the record of acts is never shortened'); END;
"""
_OPEN = f"state IN ('{State.WAITING}', '{State.SENDING}')"


class JournalError(Exception):
    """The journal can't be used; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act under its key."""

    key: str
    state: State
    act: str
    about: str
    asked: str
    """SHA-256 (hex) of what was asked for: the same key with anything else is refused."""
    person: str
    begun_ms: int
    fields: Mapping[str, str] | None = None
    seen: Mapping[str, str] | None = None
    actor: Mapping[str, Any] | None = None
    """Role, means and credential in which the person acted."""
    drafts: list[str] | None = None
    """Serialised drafts in hex, once they are to be sent."""
    approver: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""

    def done(self) -> "Asked":
        """Without what is of no more use."""
        return replace(self, fields=None, seen=None, drafts=None)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the record."""

    number: int
    at_ms: int
    key: str
    what: str
    person: str
    act: str
    about: str
    detail: Mapping[str, Any]


class Journal:
    """The file. Each method is one transaction, durable on return; all raise JournalError."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        with self._told():
            path.touch(mode=0o600, exist_ok=True)
            self._db = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10
            )
            self._db.executescript(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                + SCHEMA
            )

    def begin(self, asked: Asked, at_ms: int, two_persons: Sequence[str]) -> Asked:
        """Keeps what is asked for; what stands under its key already is given back instead.

        `two_persons`: what asks for a second person.
        """
        with self._transaction():
            known = self._get(asked.key)
            if known is not None:
                return known
            self._put("INSERT", asked)
            detail = {"actor": asked.actor, "asked": asked.asked, "two_persons": [*two_persons]}
            self._note(asked, "asked", asked.person, at_ms, detail)
            return asked

    def change(self, asked: Asked, what: str, by: str, at_ms: int, **detail: object) -> Asked:
        """Keeps how it stands now, and notes who did what. What is done is stripped."""
        kept = asked.done() if asked.state in FINAL else asked
        with self._transaction():
            self._put("REPLACE", kept)
            self._note(kept, what, by, at_ms, detail)
        if kept is not asked:  # what was typed is in the log of writes no more, either
            with self._lock, self._told():
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return kept

    def get(self, key: str) -> Asked | None:
        """What stands under a key."""
        with self._transaction():
            return self._get(key)

    def open(self) -> list[Asked]:
        """What waits, or is not known to be sent; the oldest first."""
        with self._transaction():
            found = self._db.execute(
                f"SELECT content FROM acts WHERE {_OPEN} ORDER BY begun_ms, key"
            )
            return [_read(content) for (content,) in found]

    def record(self, after: int = 0, most: int = 1000) -> list[Line]:
        """The record behind a number, oldest first."""
        with self._transaction():
            found = self._db.execute(
                "SELECT * FROM record WHERE number > ? ORDER BY number LIMIT ?", (after, most)
            )
            return [_line(*row) for row in found]

    def close(self) -> None:
        """Ends."""
        with self._lock:
            self._db.close()

    def _get(self, key: str) -> Asked | None:
        row = self._db.execute("SELECT content FROM acts WHERE key = ?", (key,)).fetchone()
        return _read(row[0]) if row else None

    def _put(self, how: str, asked: Asked) -> None:
        content = json.dumps(asdict(asked), ensure_ascii=False)
        a = asked
        row = (a.key, a.state, a.act, a.about, a.asked, a.person, a.begun_ms, content)
        self._db.execute(f"{how} INTO acts VALUES (?,?,?,?,?,?,?,?)", row)

    def _note(
        self, asked: Asked, what: str, by: str, at_ms: int, detail: Mapping[str, object]
    ) -> None:
        row = (at_ms, asked.key, what, by, asked.act, asked.about, json.dumps(detail))
        self._db.execute(
            "INSERT INTO record (at_ms, key, what, person, act, about, detail) VALUES (?,?,?,?,?,?,?)",
            row,
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise JournalError(
                f"people.journal: {self._path}: {error}; check path, rights and disk"
            ) from None


def _read(content: str) -> Asked:
    found = json.loads(content)
    return Asked(**found | {"state": State(found["state"])})


def _line(
    number: int, at_ms: int, key: str, what: str, person: str, act: str, about: str, detail: str
) -> Line:
    return Line(number, at_ms, key, what, person, act, about, json.loads(detail))
