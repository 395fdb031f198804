"""What a failure of PostgreSQL means for the gateway."""

import asyncio

import asyncpg
import pytest

from gateway.store.port import CorruptStore, StoreError
from gateway.store.postgres_errors import lost, told
from gateway.store.postgres_open import require_safe, warnings

AWAY = [
    ConnectionRefusedError("refused"),
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError("closed"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.AdminShutdownError("terminating"),
    asyncpg.CannotConnectNowError("starting up"),
    asyncpg.ReadOnlySQLTransactionError("it is a replica"),
    asyncpg.TooManyConnectionsError("too many"),
]
OTHER: list[tuple[Exception, bool, str]] = [
    (asyncpg.DiskFullError("no space left"), False, "database or disk is full"),
    (asyncpg.UniqueViolationError("twice"), False, "PostgreSQL: twice"),
    (asyncpg.DataCorruptedError("invalid page"), True, "invalid page"),
    (asyncpg.PostgresIOError("could not fsync"), True, "could not fsync"),
    (asyncpg.InvalidPasswordError("password failed"), True, "check `store`"),
    (asyncpg.InvalidCatalogNameError("no such database"), True, "check `store`"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_a_server_that_is_away_may_come_back(error: Exception) -> None:
    assert lost(error)
    found = told(error)
    assert (found.lasting, "can't be reached" in str(found)) == (False, True)


@pytest.mark.parametrize(("error", "lasting", "words"), OTHER)
def test_other_failures_leave_the_connection(error: Exception, lasting: bool, words: str) -> None:
    assert not lost(error)
    found = told(error)
    assert (found.lasting, words in str(found)) == (lasting, True)
    assert isinstance(found, CorruptStore) == isinstance(error, asyncpg.DataCorruptedError)


class Server:
    """A connection to a server with these settings."""

    def __init__(self, **settings: str) -> None:
        self._settings = {
            "server_version_num": "150018",
            "fsync": "on",
            "full_page_writes": "on",
        } | settings

    async def fetchval(self, query: str) -> str:
        return self._settings[query.removeprefix("SHOW ")]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"fsync": "off"}, "fsync is off.*set it to on"),
        ({"full_page_writes": "off"}, "full_page_writes is off"),
        ({"server_version_num": "120005"}, "version 12; it must be 13 or newer"),
    ],
)
def test_a_server_that_would_lose_what_was_acknowledged_is_refused(
    settings: dict[str, str], words: str
) -> None:
    with pytest.raises(StoreError, match=words) as refused:
        asyncio.run(require_safe(Server(**settings)))
    assert refused.value.lasting


@pytest.mark.parametrize(
    ("several", "names", "warned"),
    [(True, "", True), (True, "ANY 1 (a, b)", False), (False, "", False)],
)
def test_a_failover_that_may_lose_something_is_warned_of(
    several: bool, names: str, warned: bool
) -> None:
    found = asyncio.run(warnings(Server(synchronous_standby_names=names), several))
    assert [("set it to a standby" in words) for words in found] == [True] * warned
