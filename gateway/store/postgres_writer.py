"""The one connection that writes, in transactions that hold the lease."""

from typing import Any

import asyncpg

from gateway.store.port import DoubtfulCommit, StoreError
from gateway.store.postgres_errors import ERRORS, lost, told
from gateway.store.postgres_lease import WRITER, Lease
from gateway.store.postgres_open import connect, require_safe
from gateway.store.postgres_sql import Connection, PostgresSql, Tables
from gateway.store.postgres_thread import Background


class LeasedConnection:
    """Connects anew when it is needed. For the writing thread. Every method raises StoreError."""

    def __init__(self, background: Background, dsn: str, lease: Lease) -> None:
        self._background, self._dsn, self._lease = background, dsn, lease
        self._connection: Connection | None = None
        self._tables = Tables()
        self._in_transaction = False
        self._xid = ""
        self.sql = PostgresSql(background, self.current, self._tables)

    def current(self) -> Connection:
        """The connection; within a transaction the one that it began on."""
        found = self._connection
        if found is None or (found.is_closed() and not self._in_transaction):
            found = self._background.run(self._open())
        return found

    async def _open(self) -> Connection:
        connection = await connect(self._dsn, WRITER)
        try:
            await require_safe(connection)
            await self._lease.resume(connection)
            await self._tables.learn(connection)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        return connection

    def begin(self) -> None:
        """Begins a transaction that ends before the lease can move."""
        try:
            self._lock(self.current())
        except ERRORS as error:
            self.drop()
            if not lost(error):
                raise told(error) from error
            self._again()
        self._in_transaction = True

    def _again(self) -> None:
        """The server may have been restarted while nothing was written."""
        try:
            self._lock(self.current())
        except ERRORS as error:
            self.drop()
            raise told(error) from error

    def _lock(self, connection: Connection) -> None:
        async def locked() -> str:
            await connection.execute("BEGIN")
            return await self._lease.lock(connection)

        try:
            self._xid = self._background.raw(locked())
        except StoreError:
            self.drop()
            raise

    def commit(self) -> None:
        """Raises DoubtfulCommit if it can't be known whether it was made."""
        self._in_transaction = False
        try:
            tag = self._background.raw(self._sure().execute("COMMIT"))
        except ERRORS as error:
            self.drop()
            if lost(error):
                raise DoubtfulCommit(str(told(error))) from error
            raise told(error) from error
        if tag != "COMMIT":
            raise StoreError("PostgreSQL has rolled the commit back", lasting=False)

    def rollback(self) -> None:
        """Gives the transaction up, whatever state the connection is in. Raises nothing."""
        self._in_transaction = False
        try:
            self._background.raw(self._sure().execute("ROLLBACK"))
        except ERRORS:
            self.drop()

    def made(self) -> bool:
        """Whether the commit that was doubtful is in the database; for good."""
        connection = self.current()  # a session later: the old one's transaction has ended
        query = "SELECT pg_xact_status(CAST(CAST($1 AS TEXT) AS xid8))"
        try:
            found: Any = self._background.raw(connection.fetchval(query, self._xid))
        except asyncpg.InvalidParameterValueError:
            return False  # the server has no memory of it
        except ERRORS as error:
            self.drop()
            raise told(error) from error
        return bool(found == "committed")

    def _sure(self) -> Connection:
        if self._connection is None:
            raise asyncpg.InterfaceError("connection is closed")
        return self._connection

    def drop(self) -> None:
        """Gives the connection up; the next call connects anew."""
        dropped, self._connection = self._connection, None
        self._in_transaction = False
        if dropped is not None:
            self._background.soon(dropped.terminate)
