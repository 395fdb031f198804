"""Opening a store on SQLite: its pragmas, its tables, and whose it is."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing
from functools import cache
from pathlib import Path
from typing import Any

from gateway.store.port import StoreError
from gateway.store.sql_owner import require_owner

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = "4"
"""Of schema.sql. 4: table term_over. What is only added comes with schema.sql itself."""
OLDEST = 3
"""The oldest version that is brought up to date: those before were never released."""
ROWS, FEW_ROWS = 200, 32
PAGE_BYTES = 8192
"""A message of 1 KB fits in better than into SQLite's 4,096: 1 µs less for each in large commits."""
LONG_BYTES = 16_384
"""A prepared statement keeps what was bound to it last: long values go by the one of a single row."""
STATEMENTS = 400
"""Statements kept prepared; a commit of few rows has one for each table and number of rows."""

# Before Python 3.12 the module asks each value that is neither number nor text whether it adapts itself,
# and makes the error that says it doesn't, only to throw it away: 0.25 µs. A registered adapter comes first.
sqlite3.register_adapter(bytes, bytes.__bytes__)
sqlite3.register_adapter(type(None), {None: None}.__getitem__)


class Connection(sqlite3.Connection):
    """SQLite as gateway.store.sql has it."""

    def insert(self, table: str, width: int, values: list[Any], conflict: str = "") -> None:
        """Inserts many rows a statement: each gives up the interpreter lock, and waits to get it back.

        Statements are kept by their text, so there are only so many numbers of rows: up to FEW_ROWS,
        and ROWS.
        """
        start = 0
        while left := (len(values) - start) // width:
            rows = ROWS if left >= ROWS else min(left, FEW_ROWS)
            some = values[start : start + rows * width]
            start += len(some)
            if rows < ROWS and _long(some):
                each = [some[i : i + width] for i in range(0, len(some), width)]
                self.executemany(_insertion(table, width, 1, conflict), each)
            else:
                self.execute(_insertion(table, width, rows, conflict), some)

    def stream(
        self, query: str, arguments: Sequence[Any]
    ) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        """Rows that are read as they are asked for."""
        return closing(self.execute(query, arguments))


@cache
def _insertion(table: str, width: int, rows: int, conflict: str) -> str:
    one = f"({','.join('?' * width)})"
    return f"INSERT INTO {table} VALUES {','.join([one] * rows)} {conflict}"


def _long(values: Sequence[Any]) -> bool:
    return any(type(v) is bytes and len(v) > LONG_BYTES for v in values)


def connect(path: Path) -> Connection:
    """A connection that any thread may use, one at a time; a commit is on the disk when it returns."""
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        check_same_thread=False,
        timeout=30,
        cached_statements=STATEMENTS,
        factory=Connection,
    )
    # of a new store; an older one keeps its own
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-64000")
    return connection


def claim(connection: sqlite3.Connection, path: Path, participant: str) -> None:
    """Makes the tables of a new store, and brings those of an older one up to date, all or nothing.

    Raises StoreError if it belongs to someone else, or is of a version that can't be used.
    """
    found = version(connection)
    require_known(found, path)
    expected = {"participant": participant}
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{SCHEMA.read_text(encoding='utf-8')}")
        if found != SCHEMA_VERSION:
            now = ("schema", SCHEMA_VERSION)
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", now)
        require_owner(connection, expected, str(path), "data_dir")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version(connection: sqlite3.Connection) -> str:
    """Version of a store's tables; empty if it has none yet. Raises sqlite3.Error."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'meta'"
    if not connection.execute(query).fetchone()[0]:
        return ""
    found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return str(found[0]) if found else ""


def require_known(found: str, where: Path) -> None:
    """Raises StoreError if a store of that version can't be used by this program; says what to do."""
    if found in ("", SCHEMA_VERSION):
        return
    if not found.isdecimal():
        raise StoreError(
            f"{where}: its version is {found!r}, and should be a number: restore a backup, or move it "
            "aside and run `yrd gateway recover`",
            lasting=True,
        )
    if int(found) > int(SCHEMA_VERSION):
        raise StoreError(
            f"{where}: the store is of version {found}, and this program knows versions up to "
            f"{SCHEMA_VERSION}: install the version that was used last, or a newer one; nothing was changed",
            lasting=True,
        )
    if int(found) < OLDEST:
        raise StoreError(
            f"{where}: the store is of version {found}, of before the first release, and this program "
            f"reads version {OLDEST} and newer: move it aside and run `yrd gateway recover`: the peers "
            "hold the log",
            lasting=True,
        )
