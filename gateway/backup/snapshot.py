"""A store as of one instant, as a file of its own, while its gateway writes."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from gateway.audit.reading import open_readonly
from gateway.backup.manifest import BackedLog, BackupError
from gateway.store.opening import FILE, is_file, require_driver
from gateway.store.sqlite_open import require_known, version

Progress = Callable[[str, int, int], None]
"""(what, done, of)"""
PAGES = 1024
ROOM_BESIDE = 16 << 20
"""Bytes beside the store's own: settings, the manifest, SQLite's journal."""


def take(store: str, data_dir: Path, target: Path, progress: Progress, copies: int = 1) -> None:
    """Makes the file, durable on return, if there is room for so many of them.

    Raises BackupError, StoreError, sqlite3.Error, OSError.
    """
    if is_file(store):
        _require_room(data_dir / FILE, target.parent, copies)
        _copy_file(data_dir / FILE, target, progress)
    else:
        require_driver()
        from gateway.store.postgres_copy import copy  # noqa: PLC0415  # not everyone has its driver

        copy(store, target)
        if not target.exists():
            raise BackupError("store: there is none in the database yet: nothing to back up")
    sync(target)


def _copy_file(source: Path, target: Path, progress: Progress) -> None:
    with closing(open_readonly(source)) as reading, closing(sqlite3.connect(target)) as writing:
        require_known(version(reading), source)
        # held from here on, the snapshot stays what it is; otherwise each commit of the gateway would have
        # the copy begin anew
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM meta").fetchone()
        reading.backup(
            writing,
            pages=PAGES,
            progress=lambda _, left, of: progress("copy", of - left, of),
        )
        reading.execute("ROLLBACK")
        # one file that can be read from anywhere, also from what can't be written to
        writing.execute("PRAGMA journal_mode=DELETE")


def _require_room(source: Path, folder: Path, copies: int) -> None:
    if not source.exists():
        raise BackupError(f"{source}: no store: the gateway has never run, or data_dir is wrong")
    wal = source.with_name(f"{source.name}-wal")
    size = source.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    needed = copies * size + ROOM_BESIDE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupError(
            f"{folder}: {free >> 20} MiB are free, and the backup needs {needed >> 20} MiB: make room, or "
            "choose another place with --out"
        )


def logs_of(path: Path, own: str) -> tuple[int, tuple[BackedLog, ...]]:
    """Version of a snapshot's tables, and its logs, the own one first. Raises sqlite3.Error."""
    query = "SELECT origin, whole + redacted + withheld + quarantined, checkpoint FROM log"
    with closing(open_readonly(path)) as connection:
        rows = connection.execute(query).fetchall()
        found = [BackedLog(origin=o, size=size, checkpoint=note) for o, size, note in rows]
        found.sort(key=lambda log: (log.origin != own, log.origin))
        return int(version(connection) or 0), tuple(found)


def sync(path: Path) -> None:
    """Makes a file, or what stands in a folder, durable. Raises OSError."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
