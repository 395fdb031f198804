"""What an earlier process has left in the write-ahead log is durable before the store is used."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store.port import Change, Head, StoreError
from gateway.store.sqlite import SqliteStore
from tests.support.entries import OURS, entry

FILE = "gateway.db"


def left_behind(folder: Path, count: int) -> SqliteStore:
    """A store that is not closed in order, with as many entries in its write-ahead log."""
    store = SqliteStore(folder / FILE, "310000")
    for offset in range(1, count + 1):
        head = Head(OURS, counts=(offset, 0, 0, 0))
        store.commit(Change(entries=[entry(offset)], heads={OURS: head}))
    return store


def in_the_database_itself(folder: Path) -> int:
    """Entries that are there without the write-ahead log."""
    alone = folder / "alone.db"
    alone.write_bytes((folder / FILE).read_bytes())
    with closing(sqlite3.connect(alone)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_it_is_moved_into_the_database(tmp_path: Path) -> None:
    left_behind(tmp_path, 3)
    assert in_the_database_itself(tmp_path) == 0
    SqliteStore(tmp_path / FILE, "310000").settle()
    assert in_the_database_itself(tmp_path) == 3


def test_a_reader_of_older_pages_holds_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = left_behind(tmp_path, 1)
    synced: list[str] = []
    real = os.fsync

    def fsync(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").readlink().name)
        real(file)

    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as audit:
        audit.execute("BEGIN")
        assert audit.execute("SELECT count(*) FROM entry").fetchone() == (1,)
        store.commit(Change(entries=[entry(2)], heads={OURS: Head(OURS, counts=(2, 0, 0, 0))}))
        monkeypatch.setattr(os, "fsync", fsync)
        SqliteStore(tmp_path / FILE, "310000").settle()
        assert synced == [f"{FILE}-wal"]


def test_a_disk_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = left_behind(tmp_path, 1)

    def fails() -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(store._checkpoints, "settle", fails)
    with pytest.raises(StoreError, match="Input/output error") as found:
        store.settle()
    assert found.value.lasting
