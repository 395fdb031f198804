"""A disk that takes its time: commits that wait until the test lets them go on."""

import threading
from dataclasses import dataclass, field

import pytest

from gateway.store.port import Change
from gateway.store.sqlite import SqliteStore


@dataclass(frozen=True, slots=True)
class Disk:
    """`reached` once a commit has come to it; it goes on once `free` is set."""

    reached: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)


def slow_disk(patch: pytest.MonkeyPatch) -> Disk:
    """Makes every further commit wait."""
    disk, original = Disk(), SqliteStore.commit

    def commit(store: SqliteStore, change: Change) -> None:
        disk.reached.set()
        assert disk.free.wait(30)
        original(store, change)

    patch.setattr(SqliteStore, "commit", commit)
    return disk
