"""Opening a store on SQLite: its pragmas, its tables, and whose it is."""

import sqlite3
from pathlib import Path

from gateway.store.port import StoreError

SCHEMA_VERSION = "3"


def connect(path: Path) -> sqlite3.Connection:
    """A connection that any thread may use, one at a time; a commit is on the disk when it returns."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-64000")
    return connection


def claim(connection: sqlite3.Connection, path: Path, participant: str) -> None:
    """Makes the tables of a new store. Raises StoreError if it belongs to someone else."""
    schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
    connection.executescript(schema)
    expected = {"participant": participant, "schema": SCHEMA_VERSION}
    for key, value in expected.items():
        connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
        found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if found[0] != value:
            raise StoreError(
                f"{path}: {key} is {found[0]!r}, this gateway is {value!r}; check data_dir",
                lasting=True,
            )
