"""The store on PostgreSQL: one leased connection that writes, a pool that reads."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, suppress

from gateway.store.port import Change, DoubtfulCommit, LeaseHeld
from gateway.store.postgres_beat import Heart
from gateway.store.postgres_errors import ERRORS, Unreachable
from gateway.store.postgres_lease import (
    LOOK,
    Lease,
    Seen,
    look,
    new_holder,
    tenure_mark,
)
from gateway.store.postgres_open import migrate, scripts
from gateway.store.postgres_pool import PostgresPool
from gateway.store.postgres_sql import Connection
from gateway.store.postgres_sure import Unreplicated, surely
from gateway.store.postgres_thread import Background
from gateway.store.postgres_way import way
from gateway.store.postgres_writer import LeasedConnection
from gateway.store.sql_names import Ids, Names
from gateway.store.sql_owner import require_owner
from gateway.store.sql_store import SqlStore
from gateway.store.sql_upkeep import SqlRetained

VACUUM_SECONDS = 600.0


class PostgresStore(SqlStore):
    """Implements every port of gateway.store.port. `seen`: a lease whose holder is known to be dead."""

    def __init__(self, dsn: str, participant: str, seen: Seen | None = None) -> None:
        """Takes the lease. Raises LeaseHeld if another one has it, StoreError."""
        super().__init__(nullcontext)
        self._way, self._lease = way(dsn), Lease(new_holder())
        self._background = Background()
        self._pool = PostgresPool(self._background, self._way)
        self._leased = LeasedConnection(self._background, self._way, self._lease)
        self._heart = Heart(self._way, self._lease, self._lose)
        self._writer = self._leased.sql
        self._beating: Future[None] | None = None
        self._loss = ""
        self._tell_loss: Callable[[str], None] = lambda _: None
        try:
            self._background.run(self._begin(seen))
            self.tenure = tenure_mark(self._lease.tenure)
            owner = {"participant": participant}
            require_owner(self._writer, owner, "the database", "`store`")
            self._ids = Ids(self._writer)
        except BaseException:
            self.close()
            raise
        self.retained = PostgresRetained(self._pool, self._names)
        self._beating = self._background.begin(self._heart.run())

    async def _begin(self, seen: Seen | None) -> None:
        connection = await self._way.connect(LOOK)
        try:
            await migrate(connection, scripts())
            await self._lease.take(connection, await _free(connection, seen))
        finally:
            connection.terminate()
        await self._pool.open()

    @property
    def _reader(self) -> PostgresPool:
        return self._pool

    @property
    def warnings(self) -> list[str]:
        """What an operator has to see to."""
        return self._leased.warnings

    def on_loss(self, tell: Callable[[str], None]) -> None:
        """Calls `tell`, from some thread, once another gateway has taken the lease, or may have."""
        self._tell_loss = tell
        if self._loss:
            tell(self._loss)

    def _lose(self, why: str) -> None:
        self._loss = why
        self._tell_loss(why)

    def close(self) -> None:
        """Lets others have the lease; no call may follow."""

        async def end() -> None:
            if self._beating is not None and not self._loss:
                with suppress(*ERRORS):
                    connection = await self._way.connect(LOOK)
                    await self._lease.release(connection)
                    connection.terminate()
            await self._pool.close()

        if self._beating is not None:
            self._beating.cancel()
        self._leased.drop()
        self._background.raw(end())
        self._background.close()

    def set_meta(self, values: dict[str, str]) -> None:
        """Sets small values; durable on return. Raises StoreError."""
        query = "INSERT INTO meta VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

        async def write(connection: Connection) -> None:
            async with connection.transaction():
                await self._lease.lock(connection)
                await connection.executemany(query, list(values.items()))

        self._pool.run(lambda connection: surely(connection, lambda: write(connection)))

    def commit(self, change: Change) -> None:
        """Writes everything or nothing; durable on return. A failure leaves the tail as it was.

        Raises DoubtfulCommit if the way to the database broke in the midst of it.
        """
        with self._noticed():
            self._leased.begin()
            kept = self._ids.kept()
            try:
                committed = self._write(change)
            except BaseException:
                self._leased.rollback()
                self._ids.restore(kept)
                raise
            self._leased.commit()
        self._committed(change, committed)

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        """Who can't commit for long lets another gateway try."""
        try:
            yield
        except (Unreachable, Unreplicated, DoubtfulCommit) as error:
            self._heart.failed(str(error))
            raise
        self._heart.committed()

    def made(self) -> bool:
        """Whether the commit that was doubtful is in the database; for good. Raises StoreError."""
        with self._noticed():
            made = self._leased.made()
        self._ids.reload(self._writer)
        self._tail.clear()  # what it lacks is read from the tables
        return made

    def settle(self) -> None:
        """Nothing is ever left that is not durable."""

    def tidy(self) -> None:
        """The server does that itself."""


async def _free(connection: Connection, dead: Seen | None) -> Seen:
    """The lease, if it may be taken. Raises LeaseHeld."""
    seen = await look(connection)
    if seen.holder and seen != dead:
        raise LeaseHeld(seen.holder)
    return seen


class PostgresRetained(SqlRetained):
    """Beside what it reads: the end of what was destroyed."""

    def __init__(self, pool: PostgresPool, names: Callable[[], Names]) -> None:
        super().__init__(lambda: pool, nullcontext, names)
        self._pool = pool

    def scrub(self) -> bool:
        """Takes away rows as they were before they were destroyed. False if a reader may still see them."""
        return self._pool.run(_vacuum)


async def _vacuum(connection: Connection) -> bool:
    newest = await connection.fetchval("SELECT pg_current_xact_id()::xid")
    for table in ("disclosure", "entry"):
        await connection.execute(f"VACUUM {table}", timeout=VACUUM_SECONDS)
    query = "SELECT count(*) FROM pg_stat_activity WHERE age(backend_xmin) > age($1::xid)"
    return bool(await connection.fetchval(query, newest) == 0)
