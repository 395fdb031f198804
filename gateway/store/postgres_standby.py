"""Waiting for a database that another gateway writes into: until it has ended, or shows no life."""

import asyncio
import logging
import time
from pathlib import Path

from gateway.store.mark import Mark
from gateway.store.port import StoreError
from gateway.store.postgres_errors import ERRORS, told
from gateway.store.postgres_lease import (
    LOOK,
    LOOK_SECONDS,
    Patience,
    Seen,
    connected,
    look,
    tenure_mark,
)
from gateway.store.postgres_open import require_known, scripts, version
from gateway.store.postgres_sql import Connection
from gateway.store.postgres_way import way

logger = logging.getLogger(__name__)
LOOK_PATIENCE_SECONDS = 2.0
LEASE_VERSION = 2


class _Meta:
    """What the mark asks of a store, as it was read just now."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def meta(self, key: str) -> str:
        """A small value; empty if there is none."""
        return self._values.get(key, "")

    def set_meta(self, values: dict[str, str]) -> None:
        """Nobody who only looks on sets any."""
        raise NotImplementedError


class Standby:
    """Looks at a database, and keeps the mark beside its own data as the active gateway does.

    So it knows, when it takes over, that the store is the one that was in use a moment ago.
    """

    def __init__(self, dsn: str, data_dir: Path, log: str) -> None:
        self._way, self._data_dir, self._log = way(dsn), data_dir, log
        self._patience = Patience()
        self._connection: Connection | None = None
        self._over, self._told = False, ""
        self._noted = ("", 0)

    def wait(self) -> Seen | None:
        """The lease once it may be taken; None if there is no store yet. Raises lasting StoreErrors."""
        return asyncio.run(self._wait())

    async def _wait(self) -> Seen | None:
        try:
            while True:
                try:
                    async with asyncio.timeout(LOOK_PATIENCE_SECONDS):
                        seen = await self._look()
                except ERRORS as error:
                    self._interrupted(told(error))
                else:
                    if seen is None or self._over:
                        return seen
                    self._tell(f"standby of {seen.holder}")
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._drop()

    async def _look(self) -> Seen | None:
        if self._connection is None:
            self._connection = await self._way.connect(LOOK)
            found, known = await version(self._connection), len(scripts())
            require_known(found, known)
            if found < LEASE_VERSION:  # there has been none to hold
                return Seen(0, 0, "", 0) if found else None
        seen = await look(self._connection)
        if seen.holder:
            await self._follow(self._connection, seen)
        lives = await connected(self._connection)
        self._over = self._patience.over(seen, lives, time.monotonic())
        return seen

    async def _follow(self, connection: Connection, seen: Seen) -> None:
        """Only a store that the holder itself has found to be the newest is noted as such."""
        values = dict(await connection.fetch("SELECT key, value FROM meta"))
        if values.get("run", "").startswith(tenure_mark(seen.tenure)):
            size = await connection.fetchval(
                "SELECT whole + redacted + withheld + quarantined FROM log WHERE origin = $1",
                self._log,
            )
            noted = values["run"], int(size or 0)
            if noted != self._noted:
                self._data_dir.mkdir(parents=True, exist_ok=True)
                Mark(self._data_dir, _Meta(values)).follow(noted[1])
                self._noted = noted

    def _interrupted(self, error: StoreError) -> None:
        if error.lasting:
            raise error
        self._patience.interrupted()
        self._drop()
        self._tell(str(error))

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _tell(self, what: str) -> None:
        if what != self._told:
            self._told = what
            logger.info("waiting_for_store", extra={"detail": what})
