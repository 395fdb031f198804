"""The one connection that writes, in transactions that hold the lease."""

from itertools import count

import asyncpg

from gateway.store.port import DoubtfulCommit, StoreError
from gateway.store.postgres_errors import ERRORS, lost, told
from gateway.store.postgres_lease import WRITER, Lease
from gateway.store.postgres_open import require_safe, warnings
from gateway.store.postgres_sql import Connection, PostgresSql, Tables
from gateway.store.postgres_sure import Unreplicated, surely
from gateway.store.postgres_thread import Background
from gateway.store.postgres_way import Way

_LAST = "SELECT id FROM last_commit"


class SetBack(StoreError):
    """The database has lost commits that were acknowledged."""

    remedy = (
        "stop the gateway, run `yrd gateway recover --config FILE`: the peers hold the log; start"
    )

    def __init__(self) -> None:
        super().__init__(
            "the database is not as the last commit left it: a failover to a replica that lacked some, or "
            "an old copy that was put back under the gateway",
            lasting=True,
        )


class LeasedConnection:
    """Connects anew when it is needed. For the writing thread. Every method raises StoreError."""

    def __init__(self, background: Background, way: Way, lease: Lease) -> None:
        self._background, self._way, self._lease = background, way, lease
        self._connection: Connection | None = None
        self._tables = Tables()
        self._in_transaction = False
        self._names, self._name = count(1), ""
        self._left: str | None = None
        """The name of the last commit that was made, as it must stand in the database."""
        self.warnings: list[str] = []
        """What an operator has to see to."""
        self.sql = PostgresSql(background, self.current, self._tables)

    def current(self) -> Connection:
        """The connection; within a transaction the one that it began on."""
        found = self._connection
        if found is None or (found.is_closed() and not self._in_transaction):
            found = self._background.run(self._open())
        return found

    async def _open(self) -> Connection:
        connection = await self._way.connect(WRITER)
        try:
            await require_safe(connection)
            await self._lease.resume(connection)
            await self._require_last(connection)
            await self._tables.learn(connection)
            self.warnings = await warnings(connection, self._way.several)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection
        return connection

    async def _require_last(self, connection: Connection) -> None:
        """Raises SetBack unless all is there that was committed, and no more than what is in doubt."""
        found = await connection.fetchval(_LAST)
        if self._left is not None and found not in (self._left, self._name):
            raise SetBack
        self._left = found

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
        self._name = f"{self._lease.holder}/{next(self._names)}"

        async def locked() -> None:
            await connection.execute("BEGIN")
            await self._lease.lock_and_name(connection, self._name)

        try:
            self._background.raw(locked())
        except StoreError:
            self.drop()
            raise

    def commit(self) -> None:
        """Raises DoubtfulCommit if it can't be known whether it was made."""
        self._in_transaction = False
        try:
            connection = self._sure()
            tag = self._background.raw(surely(connection, lambda: connection.execute("COMMIT")))
        except Unreplicated as error:
            self.drop()
            raise DoubtfulCommit(str(error)) from error
        except ERRORS as error:
            self.drop()
            if lost(error):
                raise DoubtfulCommit(str(told(error))) from error
            raise told(error) from error
        if tag != "COMMIT":
            raise StoreError("PostgreSQL has rolled the commit back", lasting=False)
        self._left = self._name

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
        try:
            return bool(self._background.raw(connection.fetchval(_LAST)) == self._name)
        except ERRORS as error:
            self.drop()
            raise told(error) from error

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
