"""Which of several servers a gateway takes for the primary."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from gateway.store import postgres_way
from gateway.store.postgres_way import Newest, NotPrimary, Way, single

THREE = "postgresql://yrd:p%40ss@db1:5432,db2,[::1]:5433/yrd?sslmode=verify-full"


class Fake:
    """A connection to nowhere."""

    def __init__(self) -> None:
        self.open = True

    def terminate(self) -> None:
        self.open = False


Answer = tuple[int, int] | Exception | None
"""Cluster and timeline; None: silent."""


class Servers:
    """What each host answers."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.answers: Sequence[Answer] = ()
        self.made: list[Fake] = []
        patch.setattr(postgres_way, "_connected", self._connected)
        patch.setattr(postgres_way, "OTHERS_SECONDS", 0.01)

    async def _connected(self, dsn: str, *_: Any) -> Any:
        answer = self.answers[int(dsn[-1])]
        if answer is None:
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        self.made.append(Fake())
        return postgres_way._Found(Newest(*answer), self.made[-1], dsn)  # type: ignore[misc]

    def connect(self, way: Way, *answers: Answer) -> int:
        """The host that was chosen; all other connections are closed."""
        self.answers, self.made = answers, []
        chosen = asyncio.run(way.connect("test"))
        assert [one for one in self.made if one.open] == [chosen]
        return self.made.index(chosen)


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Servers:
    return Servers(monkeypatch)


def test_each_host_is_asked_alone() -> None:
    assert single(THREE) == [
        "postgresql://yrd:p%40ss@db1:5432/yrd?sslmode=verify-full",
        "postgresql://yrd:p%40ss@db2/yrd?sslmode=verify-full",
        "postgresql://yrd:p%40ss@[::1]:5433/yrd?sslmode=verify-full",
    ]
    assert single("postgresql:///yrd?host=/run") == ["postgresql:///yrd?host=/run"]


def test_a_host_that_is_silent_away_or_a_standby_keeps_nobody_from_the_others(
    servers: Servers,
) -> None:
    way = Way("postgresql://h0,h1,h2,h3")
    assert servers.connect(way, None, OSError("away"), NotPrimary("a standby"), (7, 1)) == 0


def test_of_two_primaries_the_one_that_was_promoted_last_is_right(servers: Servers) -> None:
    way = Way("postgresql://h0,h1")
    assert servers.connect(way, (7, 1), (7, 2)) == 1
    with pytest.raises(NotPrimary, match=r"h0 was the primary before a failover.*pg_rewind"):
        servers.connect(way, (7, 1), OSError("away"))
    assert servers.connect(way, (7, 3), OSError("away")) == 0
    assert way.newest == Newest(7, 3)
    assert servers.connect(way, (8, 1), OSError("away")) == 0  # another cluster: pg_upgrade made it


def test_hosts_of_two_clusters_are_refused(servers: Servers) -> None:
    with pytest.raises(NotPrimary, match="must name one database"):
        servers.connect(Way("postgresql://h0,h1"), (7, 1), (8, 1))


def test_what_is_wrong_at_all_is_told(servers: Servers) -> None:
    with pytest.raises(OSError, match="away"):
        servers.connect(Way("postgresql://h0"), OSError("away"))
