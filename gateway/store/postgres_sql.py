"""The SQL that both databases read, as asyncpg wants it, and what it found."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from itertools import count
from typing import Any, TypeAlias

import asyncpg

from gateway.store.postgres_thread import Background

Connection: TypeAlias = asyncpg.Connection
STREAM_ROWS = 128
INSERT_BYTES = 16 << 20
_MARK, _OFFSET = re.compile(r"\?(\d*)"), re.compile(r"\boffset\b")
_COLUMNS = (
    "SELECT c.relname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
    "JOIN pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND a.attnum > 0 "
    "AND NOT a.attisdropped AND c.relnamespace = current_schema()::regnamespace "
    "ORDER BY c.relname, a.attnum"
)


@lru_cache(1000)
def translated(query: str) -> str:
    """Numbered parameters; and offset is a word of PostgreSQL's own."""
    numbers = count(1)
    marked = _MARK.sub(lambda mark: f"${mark[1] or next(numbers)}", query)
    return _OFFSET.sub('"offset"', marked)


def plain(values: Iterable[Any]) -> list[Any]:
    """Values as they can be stored. Text has no NUL in PostgreSQL: it gets the sign for one."""
    return [
        value.replace("\0", "\u2400") if isinstance(value, str) and "\0" in value else value
        for value in values
    ]


class Found:
    """What a statement found; all of it is here."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)

    def fetchone(self) -> Any:
        """The next row; None if there is none."""
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows


class Tables:
    """The types of the columns of every table."""

    def __init__(self) -> None:
        self._types: dict[str, list[str]] = {}

    async def learn(self, connection: Connection) -> None:
        """Reads them."""
        types: dict[str, list[str]] = {}
        for table, kind in await connection.fetch(_COLUMNS):
            types.setdefault(table, []).append(kind)
        self._types = types

    def insertion(self, table: str, conflict: str) -> str:
        """A statement that takes an array for each column."""
        types = self._types[table]
        arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(types, 1))
        return translated(f"INSERT INTO {table} SELECT * FROM unnest({arrays}) {conflict}")


class PostgresSql:
    """One connection as gateway.store.sql has it. `connection` is asked for at every call."""

    def __init__(
        self, background: Background, connection: Callable[[], Connection], tables: Tables
    ) -> None:
        self._background, self._connection, self._tables = background, connection, tables

    def execute(self, query: str, arguments: Sequence[Any] = (), /) -> Found:
        """Runs a statement. Raises StoreError."""
        work = self._connection().fetch(translated(query), *plain(arguments))
        return Found(self._background.run(work))

    def executemany(self, query: str, rows: Sequence[Sequence[Any]], /) -> None:
        """Runs a statement for each row, all at once."""
        if rows:
            work = self._connection().executemany(translated(query), map(plain, rows))
            self._background.run(work)

    def insert(self, table: str, width: int, values: list[Any], conflict: str = "") -> None:
        """Inserts some megabytes a statement."""
        query = self._tables.insertion(table, conflict) if values else ""
        for some in _portions(width, values):
            columns = [plain(some[column::width]) for column in range(width)]
            self._background.run(self._connection().execute(query, *columns))

    def stream(
        self, query: str, arguments: Sequence[Any]
    ) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        """Within a transaction only."""
        return streamed(self._background, self._connection(), query, arguments)


@contextmanager
def streamed(
    background: Background, connection: Connection, query: str, arguments: Sequence[Any]
) -> Iterator[Iterator[tuple[Any, ...]]]:
    """Rows by a cursor. The connection is in a transaction."""

    async def begin() -> Any:
        return await connection.cursor(translated(query), *plain(arguments))

    cursor = background.run(begin())

    def rows() -> Iterator[tuple[Any, ...]]:
        while some := background.run(cursor.fetch(STREAM_ROWS)):
            yield from some
            if len(some) < STREAM_ROWS:
                return

    yield rows()


def _portions(width: int, values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Whole rows, in portions of about INSERT_BYTES."""
    start = taken = 0
    for end in range(width, len(values) + 1, width):
        row = values[end - width : end]
        taken += sum(len(value) for value in row if isinstance(value, bytes))
        if taken >= INSERT_BYTES:
            yield values[start:end]
            start, taken = end, 0
    if start < len(values):
        yield values[start:]
