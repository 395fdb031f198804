"""A store that fails: who is told, what goes on, and what is not trusted any more."""

import asyncio
import gc
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Unavailable
from gateway.store.port import StoreError
from gateway.store.pulse import Pulse
from gateway.store.round import Round
from gateway.store.sqlite import SqliteStore
from gateway.store.sqlite_errors import told
from gateway.store.writer import Writer
from tests.support.damage import failing
from tests.support.entries import OURS, RESOURCE, entry
from tests.support.holding import slow_disk
from tests.support.waiting import until


@dataclass(frozen=True, slots=True)
class Append:
    """A job that adds one entry, or with `nothing` only marks the round as not empty."""

    lazy: bool = False
    weight: int = 1
    kind: str = ""

    def stage(self, round_: Round) -> int:
        """Its offset."""
        offset = round_.last_offset + 1
        added = entry(offset, kind=self.kind) if self.kind else entry(offset)
        round_.append(OURS, [added])
        return offset


@asynccontextmanager
async def writing(folder: Path) -> AsyncIterator[Writer]:
    store = SqliteStore(folder / "gateway.db", "310000")
    writer = Writer(store, Pulse(), lambda: 0, lambda _: None)
    try:
        yield writer
    finally:
        await asyncio.to_thread(writer.stop)
        store.close()


def broken() -> StoreError:
    return StoreError("disk I/O error", lasting=True)


def full() -> StoreError:
    return StoreError("database or disk is full", lasting=False)


async def test_what_was_queued_behind_a_failed_sync_is_not_tried_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(tmp_path) as writer:
        disk = slow_disk(monkeypatch)
        first = writer.enqueue(Append())
        await asyncio.to_thread(disk.reached.wait, 20)
        second = writer.enqueue(Append())  # waits for the next round
        mend = failing(monkeypatch, "_write", broken)
        monkeypatch.setattr(writer, "_fail", _mending(writer, mend))
        disk.free.set()
        for job in (first, second):
            with pytest.raises(Unavailable):
                await job
        assert "restart" in writer.problem
        assert writer.last_offset == 0


def _mending(writer: Writer, mend: Any) -> Any:
    """The disk is well again right after its failure: it would take the next round."""
    original = writer._fail

    def fail(batch: Any, error: StoreError) -> None:
        original(batch, error)
        mend()

    return fail


async def test_a_sync_that_fails_behind_a_commit_ends_accepting_but_not_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(tmp_path) as writer:
        failing(monkeypatch, "tidy", broken)
        assert await writer.submit(Append()) == 1
        await asyncio.to_thread(until, lambda: bool(writer.problem), "it stops accepting")
        with pytest.raises(Unavailable, match="mend the disk"):
            await writer.submit(Append())


async def test_a_full_disk_behind_a_commit_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(tmp_path) as writer:
        failing(monkeypatch, "tidy", full)
        assert [await writer.submit(Append()) for _ in range(3)] == [1, 2, 3]
        assert not writer.problem


async def test_what_is_left_to_the_writer_fails_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    async with writing(tmp_path) as writer:
        mend = failing(monkeypatch, "commit", full)
        writer.leave(Append())
        with pytest.raises(Unavailable):
            await writer.submit(Append())
        mend()
        assert await writer.submit(Append()) == 1
        writer.stop_accepting("no more")
        writer.leave(Append())
    gc.collect()
    await asyncio.sleep(0)
    assert unheard == []


class Interposed:
    """A connection that lets a test look while it answers a query."""

    def __init__(self, connection: sqlite3.Connection, query: str, look: Any) -> None:
        self._connection, self._query, self._look = connection, query, look

    def execute(self, query: str, *arguments: Any) -> Any:
        if query.startswith(self._query):
            self._look()
        return self._connection.execute(query, *arguments)

    def stream(self, query: str, arguments: Any) -> Any:
        return closing(self.execute(query, arguments))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _raising(failure: Callable[[], Exception]) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise failure()

    return fail


async def test_readers_go_on_while_a_failed_commit_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(tmp_path) as writer:
        await writer.submit(Append())
        store: Any = writer._store
        store._tail.clear()
        seen: list[int] = []
        look = Interposed(
            store._writer, "SELECT name, id", lambda: seen.append(len(store.entries(OURS, 0, 1)))
        )
        monkeypatch.setattr(store, "_writer", look)
        monkeypatch.setattr("gateway.store.sql_store.write_beside", _raising(full))
        with pytest.raises(Unavailable):
            await writer.submit(Append(kind=RESOURCE))
        assert seen == [1]


async def test_a_reader_knows_the_type_of_an_entry_that_was_committed_a_moment_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with writing(tmp_path) as writer:
        await writer.submit(Append())
        store: Any = writer._store
        job = asyncio.run_coroutine_threadsafe

        def commit_meanwhile() -> None:
            job(writer.submit(Append(kind=RESOURCE)), loop).result(20)
            store._tail.clear()

        loop = asyncio.get_running_loop()

        def read() -> list[str]:
            store._local.connection = Interposed(store._reader, "SELECT e.offset", commit_meanwhile)
            store._tail.clear()
            return [found.type for found in store.received(0, 10)]

        assert (await asyncio.to_thread(read))[-1] == RESOURCE


@pytest.mark.parametrize(
    ("name", "text", "lasting"),
    [
        ("SQLITE_FULL", "database or disk is full", False),
        ("SQLITE_IOERR_SHMSIZE", "disk I/O error", False),
        ("SQLITE_IOERR_FSYNC", "disk I/O error", True),
        ("SQLITE_IOERR_WRITE", "disk I/O error", True),
        ("SQLITE_CORRUPT", "database disk image is malformed", True),
        ("SQLITE_BUSY", "database is locked", False),
    ],
)
def test_what_a_failure_means(name: str, text: str, lasting: bool) -> None:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorname = name
    found = told(error)
    assert found.lasting == lasting
    assert ("full" in str(found)) == (name in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"))
