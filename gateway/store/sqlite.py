"""The store on SQLite: write-ahead log, synchronous=FULL, one writer, a reader for each thread."""

import threading
from contextlib import closing
from pathlib import Path

from gateway.store.port import Change, StoreError
from gateway.store.sql_names import Ids
from gateway.store.sql_store import SqlStore
from gateway.store.sql_upkeep import SqlRetained
from gateway.store.sqlite_checkpoints import Checkpoints
from gateway.store.sqlite_errors import store_errors
from gateway.store.sqlite_open import Connection, claim, connect

READER_CACHE = "PRAGMA cache_size=-8000"
SCRUB_MS, BUSY_MS = 200, 30_000


class SqliteStore(SqlStore):
    """Implements every port of gateway.store.port."""

    _writer: Connection

    def __init__(self, path: Path, participant: str) -> None:
        """Opens or makes the store. Raises StoreError, also if it belongs to someone else."""
        super().__init__(store_errors)
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._local = threading.local()
        self._readers: list[Connection] = []
        self._readers_lock = threading.Lock()
        with store_errors():
            self._writer = connect(self._path)
            self._checkpoints = Checkpoints(self._writer, path)
            claim(self._writer, path, participant)
            self._ids = Ids(self._writer)
        self.retained = SqliteRetained(lambda: self._reader, store_errors, self._names)

    @property
    def _reader(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
            connection.execute("PRAGMA query_only=ON")
            connection.execute(READER_CACHE)  # there is a reader for each thread
            with self._readers_lock:
                self._readers.append(connection)
        return connection

    def close(self) -> None:
        """Closes all connections; no call may follow."""
        for connection in [*self._readers, self._writer]:
            connection.close()

    def set_meta(self, values: dict[str, str]) -> None:
        """Sets small values; durable on return. Raises StoreError."""
        with store_errors(), closing(connect(self._path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())
            connection.execute("COMMIT")

    def commit(self, change: Change) -> None:
        """Writes everything or nothing; durable on return. A failure leaves the tail as it was."""
        with store_errors():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                committed = self._write(change)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                self._ids.reload(self._writer)
                raise
        self._checkpoints.committed(len(change.entries))
        self._committed(change, committed)

    def made(self) -> bool:
        """It is never in doubt: what has failed was not made."""
        return False

    def settle(self) -> None:
        """Makes durable what an earlier process has left in the write-ahead log. Raises StoreError."""
        try:
            with store_errors():
                self._checkpoints.settle()
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}", lasting=True) from error

    def tidy(self) -> None:
        """Moves what was committed into the database, if it is due. Raises StoreError."""
        with store_errors():
            self._checkpoints.run_if_due()


class SqliteRetained(SqlRetained):
    """Beside what it reads: the end of what was destroyed."""

    def scrub(self) -> bool:
        """Empties the write-ahead log, which has pages as they were. False if readers hold it."""
        # it holds up commits while it waits for readers: not for long, then
        self._rows(f"PRAGMA busy_timeout={SCRUB_MS:d}", ())
        try:
            return bool(self._rows("PRAGMA wal_checkpoint(TRUNCATE)", ())[0][0] == 0)
        finally:
            self._rows(f"PRAGMA busy_timeout={BUSY_MS:d}", ())
