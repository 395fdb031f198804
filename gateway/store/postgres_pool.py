"""Connections that read, and small writes beside the commits."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg

from gateway.store.postgres_errors import ERRORS, lost, told
from gateway.store.postgres_lease import POOL
from gateway.store.postgres_sql import Connection, Found, plain, streamed, translated
from gateway.store.postgres_thread import Background
from gateway.store.postgres_way import CONNECT_SECONDS, Way

READERS = 8
Result = TypeVar("Result")


class _Kept(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """Nothing that a reader does has to be undone when the connection goes back."""

    def get_reset_query(self) -> str:
        return ""


class PostgresPool:
    """Reads from any thread, each statement on a connection of its own. Raises StoreError."""

    def __init__(self, background: Background, way: Way) -> None:
        self._background, self._way = background, way
        self._pool: Any = None
        self._newest = way.newest

    async def open(self) -> None:
        """Connects. Raises errors of asyncpg, OSError."""

        async def connect(*_: object, **__: object) -> Connection:
            return await self._way.connect(POOL, kind=_Kept)

        self._newest = self._way.newest
        self._pool = await asyncpg.create_pool(
            connect=connect, min_size=1, max_size=READERS, connection_class=_Kept
        )

    async def close(self) -> None:
        """Ends the connections."""
        if self._pool is not None:
            self._pool.terminate()

    async def _take(self) -> Connection:
        """A connection to the primary: none of before a failover, which may lead to the old one."""
        if self._newest != self._way.newest:
            self._newest = self._way.newest
            await self._pool.expire_connections()
        return await self._pool.acquire(timeout=CONNECT_SECONDS)

    def run(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Has work done that may be done twice: again if the connection turns out to be broken."""

        async def once() -> Result:
            connection = await self._take()
            try:
                return await work(connection)
            finally:
                await self._pool.release(connection)

        try:
            return self._background.raw(once())
        except ERRORS as error:
            if not lost(error):
                raise told(error) from error
        return self._background.run(once())

    def execute(self, query: str, arguments: Sequence[Any] = (), /) -> Found:
        """Runs a statement that reads."""
        text, values = translated(query), plain(arguments)
        return Found(self.run(lambda connection: connection.fetch(text, *values)))

    @contextmanager
    def stream(self, query: str, arguments: Sequence[Any]) -> Iterator[Iterator[tuple[Any, ...]]]:
        """Rows that are read as they are asked for."""

        async def begin() -> tuple[Connection, Any]:
            connection = await self._take()
            try:
                transaction = connection.transaction(readonly=True)
                await transaction.start()
            except BaseException:
                await self._pool.release(connection)
                raise
            return connection, transaction

        async def end(connection: Connection, transaction: Any) -> None:
            try:
                if not connection.is_closed():
                    await transaction.rollback()
            finally:
                await self._pool.release(connection)

        connection, transaction = self._background.run(begin())
        try:
            with streamed(self._background, connection, query, arguments) as rows:
                yield rows
        finally:
            self._background.run(end(connection, transaction))
