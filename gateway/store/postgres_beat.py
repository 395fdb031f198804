"""The life of a holder of the lease: it shows it, and notices when another one should go on."""

import asyncio
import time
from collections.abc import Callable

from gateway.store.postgres_errors import ERRORS, told
from gateway.store.postgres_lease import BEAT, BEAT_SECONDS, Fenced, Lease
from gateway.store.postgres_sql import Connection
from gateway.store.postgres_way import Newest, Way

BEAT_PATIENCE_SECONDS = 2.0
STEP_DOWN_SECONDS = 10.0
"""Without a beat, or with commits that fail. Peers and readers would stay with a gateway that can give
them nothing new."""


class Heart:
    """Beats until it calls `lose` with the reason."""

    def __init__(self, way: Way, lease: Lease, lose: Callable[[str], None]) -> None:
        self._way, self._lease, self._lose = way, lease, lose
        self._connection: Connection | None = None
        self._at: Newest | None = None
        self._beaten = time.monotonic()
        self._failing: tuple[float, str] | None = None

    def committed(self) -> None:
        """From any thread: the way to the database is good."""
        self._failing = None

    def failed(self, why: str) -> None:
        """From any thread: a commit could not be made, or it can't be known."""
        if self._failing is None:
            self._failing = time.monotonic(), why

    async def run(self) -> None:
        """Until the lease is lost, or may be."""
        why = ""
        while not why:
            why = await self._beat()
            await asyncio.sleep(BEAT_SECONDS)
        self._lose(why)

    async def _beat(self) -> str:
        """Why it may not go on; empty if it may."""
        try:
            connection = await self._connected()
            async with asyncio.timeout(BEAT_PATIENCE_SECONDS):
                await self._lease.beat(connection)
        except Fenced as fenced:
            return str(fenced)
        except ERRORS as error:
            self._drop()
            if time.monotonic() - self._beaten > STEP_DOWN_SECONDS:
                return f"{told(error)}, and another gateway may have taken over"
            return ""
        self._beaten = time.monotonic()
        failing = self._failing
        if failing and self._beaten - failing[0] > STEP_DOWN_SECONDS:
            return (
                f"no commit for {STEP_DOWN_SECONDS:g} s ({failing[1]}), and another may be able to"
            )
        return ""

    async def _connected(self) -> Connection:
        """To the primary; what leads to an old one is given up."""
        if self._connection is None or self._connection.is_closed() or self._at != self._way.newest:
            self._drop()
            self._connection = await self._way.connect(BEAT, {"synchronous_commit": "off"})
            self._at = self._way.newest
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
