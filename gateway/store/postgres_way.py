"""The way to a database that several servers have: to the one that is its primary now.

After a failover the old primary may come back and take itself for one. Each promotion begins a new
timeline, so of two that would write the one with the newer timeline is right, and a server with an older
one than was seen before is refused.
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg

from gateway.store.postgres_sql import Connection

CONNECT_SECONDS, COMMAND_SECONDS = 5.0, 10.0
OTHERS_SECONDS = 0.5
"""For the other servers to answer once one has."""
SETTINGS = {
    "lock_timeout": "5s",
    # a commit that waits for its replica must not be told to be made because a time is over
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "10s",
    "tcp_user_timeout": "10s",
    "timezone": "UTC",
}
_ABOUT = """
SELECT (SELECT system_identifier FROM pg_control_system()),
  CASE WHEN current_setting('transaction_read_only')::bool THEN ''
       ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END,
  current_setting('synchronous_commit')
"""
_LOCAL = "off", "local"

logger = logging.getLogger(__name__)


class NotPrimary(ConnectionError):
    """A server that answers, and must not be written to."""


class Newest(NamedTuple):
    """A cluster by its identifier, and how often it was promoted, and one."""

    system: int
    timeline: int


class _Found(NamedTuple):
    place: Newest
    connection: Connection
    host: str


class Way:
    """Connects, and remembers the newest timeline. For one event loop at a time."""

    def __init__(self, dsn: str) -> None:
        self._dsns = single(dsn)
        self.several = len(self._dsns) > 1
        self.newest: Newest | None = None
        """Of all primaries that it has connected to."""

    async def connect(
        self,
        name: str,
        settings: dict[str, str] | None = None,
        kind: type[Connection] = asyncpg.Connection,
    ) -> Connection:
        """A connection to the primary whose commits are on the disk, and at its synchronous replicas,
        when they return. Raises errors of asyncpg, OSError.
        """
        wanted = {**SETTINGS, "application_name": name, **(settings or {})}
        tasks = [asyncio.create_task(_connected(dsn, wanted, kind)) for dsn in self._dsns]
        chosen = None
        try:
            chosen = self._choose(await _answers(tasks))
        finally:
            for task in tasks:
                task.cancel()
            for other in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(other, _Found) and other is not chosen:
                    other.connection.terminate()
        return chosen.connection

    def _choose(self, answers: Sequence["_Found | BaseException"]) -> _Found:
        found = [answer for answer in answers if isinstance(answer, _Found)]
        if not found:
            failed = [answer for answer in answers if isinstance(answer, BaseException)]
            # what a server says of us matters more than that another one is away
            raise max(failed, key=lambda error: isinstance(error, asyncpg.PostgresError))
        if len({one.place.system for one in found}) > 1:
            hosts = " and ".join(one.host for one in found)
            raise NotPrimary(f"{hosts} are not of one cluster: `store` must name one database")
        best = max(found, key=lambda one: one.place.timeline)
        for one in found:
            if one.place.timeline < best.place.timeline:
                logger.error("old_primary", extra={"detail": _superseded(one, best.place)})
        known = self.newest
        if known and known.system == best.place.system and best.place.timeline < known.timeline:
            raise NotPrimary(_superseded(best, known))
        self.newest = best.place
        return best


@cache
def way(dsn: str) -> Way:
    """The one of this process: what it has seen it does not forget when the store is opened anew."""
    return Way(dsn)


def single(dsn: str) -> list[str]:
    """The same for each host alone: one that is silent must not keep us from the others."""
    parts = urlsplit(dsn)
    login, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return [dsn]
    return [parts._replace(netloc=f"{login}{at}{host}").geturl() for host in hosts.split(",")]


async def _connected(dsn: str, settings: dict[str, str], kind: type[Connection]) -> _Found:
    connection = await asyncpg.connect(
        dsn,
        timeout=CONNECT_SECONDS,
        command_timeout=COMMAND_SECONDS,
        connection_class=kind,
        server_settings=settings,
    )
    host = urlsplit(dsn).netloc.rpartition("@")[2]
    try:
        system, timeline, commit = await connection.fetchrow(_ABOUT)
        if not timeline:
            raise NotPrimary(f"{host} is a standby, or read-only")
        if commit in _LOCAL and "synchronous_commit" not in settings:
            await connection.execute("SET synchronous_commit = on")
    except BaseException:
        connection.terminate()
        raise
    return _Found(Newest(system, int(timeline, 16)), connection, host)


async def _answers(tasks: Sequence["asyncio.Task[_Found]"]) -> list[_Found | BaseException]:
    """Of all servers; or once one has been connected to, of those that answer within a moment."""
    pending, patience = set(tasks), None
    while pending:
        done, pending = await asyncio.wait(
            pending, timeout=patience, return_when=asyncio.FIRST_COMPLETED
        )
        if not done:
            break
        if any(task.exception() is None for task in done):
            patience = OTHERS_SECONDS
    return [task.exception() or task.result() for task in tasks if task not in pending]


def _superseded(one: _Found, newer: Newest) -> str:
    return (
        f"{one.host} was the primary before a failover (timeline {one.place.timeline}, the database is "
        f"at {newer.timeline}): stop it, and let it follow the new one (pg_rewind or pg_basebackup)"
    )
