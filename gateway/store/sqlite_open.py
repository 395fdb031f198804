"""Opening a store on SQLite: its pragmas, its tables, and whose it is."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing
from itertools import chain
from pathlib import Path
from typing import Any

from gateway.store.sql import marks
from gateway.store.sql_owner import require_owner

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = "3"
ROWS, FEW_ROWS = 200, 32
PAGE_BYTES = 8192
"""A message of 1 KB fits in better than into SQLite's 4,096: 1 µs less for each in large commits."""
LONG_BYTES = 16_384
"""A prepared statement keeps what was bound to it last: long values go by the one of a single row."""
STATEMENTS = 400
"""Statements kept prepared; a commit of few rows has one for each table and number of rows."""


class Connection(sqlite3.Connection):
    """SQLite as gateway.store.sql has it."""

    def insert(self, table: str, rows: Sequence[tuple[Any, ...]], conflict: str = "") -> None:
        """Inserts many rows a statement: each gives up the interpreter lock, and waits to get it back.

        Statements are kept by their text, so there are only so many numbers of rows: up to FEW_ROWS,
        and ROWS.
        """
        start = 0
        while start < len(rows):
            left = len(rows) - start
            size = ROWS if left >= ROWS else min(left, FEW_ROWS)
            some = rows[start : start + size]
            start += size
            one = f"({marks(some[0])})"
            if size < ROWS and _long(some):
                self.executemany(f"INSERT INTO {table} VALUES {one} {conflict}", some)
                continue
            values = ",".join([one] * size)
            flat = list(chain.from_iterable(some))
            self.execute(f"INSERT INTO {table} VALUES {values} {conflict}", flat)

    def stream(
        self, query: str, arguments: Sequence[Any]
    ) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        """Rows that are read as they are asked for."""
        return closing(self.execute(query, arguments))


def _long(rows: Sequence[tuple[Any, ...]]) -> bool:
    return any(type(v) is bytes and len(v) > LONG_BYTES for v in chain.from_iterable(rows))


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
    """Makes the tables of a new store. Raises StoreError if it belongs to someone else."""
    connection.executescript(SCHEMA.read_text(encoding="utf-8"))
    expected = {"participant": participant, "schema": SCHEMA_VERSION}
    require_owner(connection, expected, str(path), "data_dir")
