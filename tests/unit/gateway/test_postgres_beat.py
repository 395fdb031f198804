"""When a gateway that holds a store lets go of it."""

import asyncio
import time
from typing import Any

import pytest

from gateway.store import postgres_beat
from gateway.store.postgres_beat import Heart
from gateway.store.postgres_lease import Fenced
from gateway.store.postgres_way import Newest


class Connection:
    """Open until it is ended."""

    def __init__(self) -> None:
        self.open = True

    def terminate(self) -> None:
        self.open = False

    def is_closed(self) -> bool:
        return not self.open


class World:
    """A way to a database, and the lease in it, as a test has them."""

    def __init__(self) -> None:
        self.newest = Newest(7, 1)
        self.made: list[Connection] = []
        self.beats: list[Connection] = []
        self.fails: BaseException | None = None
        self.lost: list[str] = []
        self.heart = Heart(self, self, self.lost.append)  # type: ignore[arg-type]

    async def connect(self, *_: Any) -> Connection:
        self.made.append(Connection())
        return self.made[-1]

    async def beat(self, connection: Connection) -> None:
        if self.fails:
            raise self.fails
        self.beats.append(connection)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(postgres_beat, "BEAT_SECONDS", 0.001)
    return World()


async def until_lost(world: World) -> str:
    await asyncio.wait_for(world.heart.run(), 60)
    (why,) = world.lost
    return why


async def test_who_was_taken_over_is_told(world: World) -> None:
    world.fails = Fenced()
    assert "another gateway has taken this database over" in await until_lost(world)


@pytest.mark.parametrize("beats", [True, False])
async def test_who_can_not_write_for_long_lets_go(
    world: World, monkeypatch: pytest.MonkeyPatch, beats: bool
) -> None:
    if beats:
        world.heart.failed("the replica is away")
        world.heart.failed("still")
    else:
        world.fails = OSError("away")
    beating = asyncio.create_task(until_lost(world))
    await asyncio.sleep(0.05)
    assert not world.lost  # not at once
    monkeypatch.setattr(postgres_beat, "STEP_DOWN_SECONDS", 0.0)
    assert ("replica is away" if beats else "away, and another") in await beating


async def test_a_commit_that_is_made_ends_the_trouble(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.heart.failed("the replica is away")
    world.heart.committed()
    monkeypatch.setattr(postgres_beat, "STEP_DOWN_SECONDS", 0.0)
    beating = asyncio.create_task(world.heart.run())
    await _beaten(world, 3)
    assert not world.lost
    beating.cancel()


async def test_after_a_failover_it_beats_at_the_new_primary(world: World) -> None:
    beating = asyncio.create_task(world.heart.run())
    await _beaten(world, 2)
    world.newest = Newest(7, 2)  # somebody else has found it
    await _beaten(world, len(world.beats) + 2)
    old, new = world.made
    assert (old.open, new.open, world.beats[-1] is new) == (False, True, True)
    beating.cancel()


async def _beaten(world: World, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(world.beats) < count:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)
