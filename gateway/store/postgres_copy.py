"""A database as of one instant, copied into a SQLite file."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.store.postgres_errors import ERRORS, told
from gateway.store.postgres_lease import LOOK
from gateway.store.postgres_open import connect, require_known, scripts, version
from gateway.store.postgres_sql import Connection
from gateway.store.sql import marks
from gateway.store.sqlite_open import SCHEMA, SCHEMA_VERSION

ROWS = 1000


def copy(dsn: str, path: Path) -> None:
    """Makes the file, unless there is no store in the database. Raises StoreError."""
    try:
        asyncio.run(_copy(dsn, path))
    except ERRORS as error:
        raise told(error) from error


async def _copy(dsn: str, path: Path) -> None:
    connection = await connect(dsn, LOOK)
    try:
        found = await version(connection)
        require_known(found, len(scripts()))
        if not found:
            return
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.executescript(SCHEMA.read_text(encoding="utf-8"))
            file.execute("PRAGMA synchronous=OFF")
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
                    await _table(connection, file, table)
            version_row = ("schema", SCHEMA_VERSION)
            file.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", version_row)
    finally:
        await connection.close()


async def _table(connection: Connection, file: sqlite3.Connection, table: str) -> None:
    names = [row[1] for row in file.execute(f"PRAGMA table_info({table})")]
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = await connection.cursor(f"SELECT {columns} FROM {table}")
    file.execute("BEGIN")
    while rows := await cursor.fetch(ROWS):
        query = f"INSERT INTO {table} ({columns}) VALUES ({marks(names)})"
        file.executemany(query, map(tuple, rows))
    file.execute("COMMIT")
