"""A store copied from one kind to the other: a database as of one instant into a SQLite file, and back."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.store.port import StoreError
from gateway.store.postgres_errors import ERRORS, told
from gateway.store.postgres_lease import LOOK
from gateway.store.postgres_open import (
    migrate,
    require_known,
    require_safe,
    scripts,
    version,
)
from gateway.store.postgres_sql import Connection, plain
from gateway.store.postgres_way import way
from gateway.store.sql import marks
from gateway.store.sqlite_open import SCHEMA, SCHEMA_VERSION

ROWS = 1000
_NUMBERED = ("log", "type", "evidence")
NOT_EMPTY = "there is a store in the database already: name an empty one in `store`"


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


def _columns(file: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in file.execute(f"PRAGMA table_info({table})")]


def copy(dsn: str, path: Path) -> None:
    """Makes the file, unless there is no store in the database. Raises StoreError."""
    try:
        asyncio.run(_copy(dsn, path))
    except ERRORS as error:
        raise told(error) from error


async def _copy(dsn: str, path: Path) -> None:
    connection = await way(dsn).connect(LOOK)
    try:
        found = await version(connection)
        require_known(found, len(scripts()))
        if not found:
            return
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.executescript(SCHEMA.read_text(encoding="utf-8"))
            file.execute("PRAGMA synchronous=OFF")
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                for (table,) in file.execute(_TABLES).fetchall():
                    await _table(connection, file, table)
            version_row = ("schema", SCHEMA_VERSION)
            file.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", version_row)
    finally:
        await connection.close()


async def _table(connection: Connection, file: sqlite3.Connection, table: str) -> None:
    names = _columns(file, table)
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = await connection.cursor(f"SELECT {columns} FROM {table}")
    file.execute("BEGIN")
    while rows := await cursor.fetch(ROWS):
        query = f"INSERT INTO {table} ({columns}) VALUES ({marks(names)})"
        file.executemany(query, map(tuple, rows))
    file.execute("COMMIT")


def fill(path: Path, dsn: str) -> None:
    """Copies a SQLite store into an empty database, all of it or nothing. Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            asyncio.run(_fill(file, dsn))
    except ERRORS as error:
        raise told(error) from error


async def _fill(file: sqlite3.Connection, dsn: str) -> None:
    connection = await way(dsn).connect(LOOK)
    try:
        await require_safe(connection)
        await migrate(connection, scripts())
        async with connection.transaction():
            await connection.execute("LOCK TABLE lease")  # nobody begins a log there meanwhile
            if await connection.fetchval("SELECT count(*) FROM meta"):
                raise StoreError(NOT_EMPTY, lasting=True)
            for (table,) in file.execute(_TABLES).fetchall():
                await _load(file, connection, table)
    finally:
        await connection.close()


async def _load(file: sqlite3.Connection, connection: Connection, table: str) -> None:
    names = _columns(file, table)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = file.execute(f"SELECT {columns} FROM {table}")
    while some := rows.fetchmany(ROWS):
        await connection.copy_records_to_table(table, columns=names, records=map(plain, some))
    if table in _NUMBERED:
        number = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"
        sequence = f"pg_get_serial_sequence('{table}', 'id')"
        await connection.execute(f"SELECT setval({sequence}, {number}, false)")
