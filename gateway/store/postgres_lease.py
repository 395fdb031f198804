"""The lease: which gateway may write into a database that several could open.

One row says whose tenure it is. Every commit locks that row, and only as long as it names the writer's
own tenure; a takeover changes it, waits for the commit that is under way, and leaves none behind. So
a gateway that was cut off, stopped or slow can't add anything any more, whatever it believes, and
no clock is compared with another one's.
"""

import os
import secrets
import socket
from typing import NamedTuple

import asyncpg

from gateway.store.port import LeaseHeld, StoreError
from gateway.store.postgres_sql import Connection
from gateway.store.postgres_sure import surely

BEAT_SECONDS, LOOK_SECONDS = 0.5, 0.5
LEASE_SECONDS, GONE_SECONDS = 4.0, 1.5
"""A holder whose beat has stood still for so long, while the database answered, is taken for dead.

The second one holds if it has no session any more: its process has ended, or the server has.
"""
WRITER, POOL, BEAT, LOOK = "yrd writer", "yrd pool", "yrd beat", "yrd look"


_HELD = "SELECT tenure FROM lease WHERE tenure = $1 AND holder = $2 FOR KEY SHARE"
_NAMED = f"WITH held AS ({_HELD}) UPDATE last_commit SET id = $3 FROM held RETURNING id"


class Fenced(StoreError):
    """The lease was lost: another gateway writes now."""

    remedy = "this one becomes its standby"

    def __init__(self) -> None:
        super().__init__(
            "another gateway has taken this database over; it writes now, and this one may not",
            lasting=True,
        )


class Seen(NamedTuple):
    """The lease as it stands. No holder: it is free."""

    tenure: int
    session: int
    holder: str
    beat: int


class Patience:
    """Looks at a lease again and again until its holder is dead, by one's own clock alone."""

    def __init__(self) -> None:
        self._seen: Seen | None = None
        self._since = 0.0

    def over(self, seen: Seen, connected: bool, now: float) -> bool:
        """Whether the lease may be taken. `now` is monotonic, in seconds."""
        if seen != self._seen:
            self._seen, self._since = seen, now
        patience = LEASE_SECONDS if connected else GONE_SECONDS
        return not seen.holder or now - self._since >= patience

    def interrupted(self) -> None:
        """The database did not answer: the holder may not have reached it either."""
        self._seen = None


def tenure_mark(tenure: int) -> str:
    """What the ids of runs begin with that a holder gives its store (gateway/store/mark.py)."""
    return f"{tenure:08x}"


def new_holder() -> str:
    """A name that says where to look for a process, and is nobody else's."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


async def look(connection: Connection) -> Seen:
    """The lease as it stands."""
    row = await connection.fetchrow("SELECT tenure, session, holder, beat FROM lease")
    return Seen(*row)


async def connected(connection: Connection) -> bool:
    """Whether the holder has a session that shows that it lives."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = current_user AND application_name = $1"
    )
    return bool(await connection.fetchval(query, BEAT))


class Lease:
    """The lease that this process holds, from `take` on."""

    def __init__(self, holder: str) -> None:
        self.holder, self.tenure, self.session = holder, -1, -1

    async def take(self, connection: Connection, seen: Seen) -> None:
        """Takes it over as it was seen. Raises LeaseHeld if it has moved since, Unreplicated."""
        try:
            taken = await self._claim(connection, seen)
        except asyncpg.LockNotAvailableError:
            await _end_others(connection, WRITER, POOL)  # one hangs in the midst of a commit
            taken = await self._claim(connection, seen)
        if taken is None:
            raise LeaseHeld((await look(connection)).holder)
        self.tenure, self.session = taken

    async def _claim(self, connection: Connection, seen: Seen) -> tuple[int, int] | None:
        await connection.execute("SET lock_timeout = '1s'")
        query = (
            "UPDATE lease SET tenure = tenure + 1, session = 0, holder = $1, beat = beat + 1 "
            "WHERE tenure = $2 AND session = $3 AND beat = $4 RETURNING tenure, session"
        )
        values = self.holder, seen.tenure, seen.session, seen.beat
        # once this is at the synchronous replica, all that was written before is there, too
        taken = await surely(connection, lambda: connection.fetchrow(query, *values))
        return None if taken is None else (taken[0], taken[1])

    async def resume(self, connection: Connection) -> None:
        """Begins a new session: whatever an earlier one had under way has ended on return, this way
        or that, and is at the synchronous replica if it was made. Raises Fenced, Unreplicated."""
        if (await look(connection))[::2] != (self.tenure, self.holder):
            raise Fenced
        await _end_others(connection, WRITER)
        query = (
            "UPDATE lease SET session = session + 1, beat = beat + 1 "
            "WHERE tenure = $1 AND holder = $2 RETURNING session"
        )
        values = self.tenure, self.holder
        session = await surely(connection, lambda: connection.fetchval(query, *values))
        if session is None:
            raise Fenced
        self.session = session

    async def lock(self, connection: Connection) -> None:
        """Keeps the lease from moving until the transaction ends. Raises Fenced."""
        if await connection.fetchval(_HELD, self.tenure, self.holder) is None:
            raise Fenced

    async def lock_and_name(self, connection: Connection, name: str) -> None:
        """The same for a transaction that can be found by its name afterwards. Raises Fenced."""
        if await connection.fetchval(_NAMED, self.tenure, self.holder, name) is None:
            raise Fenced

    async def beat(self, connection: Connection) -> None:
        """Shows that the holder lives. Raises Fenced."""
        beaten = await connection.execute(
            "UPDATE lease SET beat = beat + 1 WHERE tenure = $1 AND holder = $2",
            self.tenure,
            self.holder,
        )
        if beaten != "UPDATE 1":
            raise Fenced

    async def release(self, connection: Connection) -> None:
        """Lets another one have it at once."""
        await connection.execute(
            "UPDATE lease SET holder = '', beat = beat + 1 WHERE tenure = $1 AND holder = $2",
            self.tenure,
            self.holder,
        )


async def _end_others(connection: Connection, *names: str) -> None:
    """Ends sessions that may hang in the midst of a transaction, and would be waited for."""
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = current_user AND pid <> pg_backend_pid() AND application_name = ANY($1)",
        names,
    )
