"""Puts a backup back, where nothing is."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.backup import book, manifest
from gateway.backup.manifest import BackupError, Manifest
from gateway.backup.opened import opened
from gateway.backup.snapshot import sync
from gateway.backup.verifying import require_own
from gateway.config import GatewayConfig
from gateway.store import mark
from gateway.store.lock import FolderInUse, FolderLock
from gateway.store.opening import FILE, is_file, require_driver
from gateway.store.sqlite_open import require_known, version


def restore(path: Path, config: GatewayConfig) -> Manifest:
    """Puts the store of a backup where the configuration says that the gateway's store is.

    Nothing is ever overwritten. The mark beside the store goes: however new the copy is, the gateway then
    accepts nothing before all peers have said how far they hold its log. Raises BackupError, StoreError,
    OSError.
    """
    with opened(path) as folder:
        made = manifest.read(folder)
        require_own(made, config)
        damaged = manifest.damage(folder, made)
        if damaged:
            raise BackupError("\n".join([*damaged, "the backup is damaged: use another one"]))
        with closing(
            sqlite3.connect(f"{(folder / FILE).resolve().as_uri()}?mode=ro", uri=True)
        ) as db:
            require_known(version(db), folder / FILE)
        _put(folder / FILE, config)
    if all(known.place != str(path.resolve()) for known in book.read(config.data_dir)):
        book.note(
            config.data_dir, made, path
        )  # what was known of backups may be lost with the disk
    return made


def _put(source: Path, config: GatewayConfig) -> None:
    try:
        lock = FolderLock(config.data_dir)
    except FolderInUse as error:
        raise BackupError(str(error)) from None
    try:
        if is_file(config.store):
            _put_file(source, config.data_dir)
        else:
            require_driver()
            from gateway.store.postgres_copy import fill  # noqa: PLC0415  # not everyone has its driver

            fill(source, config.store)
        (config.data_dir / mark.FILE).unlink(missing_ok=True)
        sync(config.data_dir)
    finally:
        lock.release()


def _put_file(source: Path, data_dir: Path) -> None:
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        if (data_dir / name).exists():
            raise BackupError(
                f"{data_dir / name}: a store is there, and nothing is ever overwritten: move {FILE}, "
                f"{FILE}-wal and {FILE}-shm aside first; keep them, they may have more than the backup"
            )
    fresh = data_dir / f".{FILE}.new"
    shutil.copyfile(source, fresh)
    fresh.chmod(0o600)
    sync(fresh)
    (data_dir / mark.FILE).unlink(missing_ok=True)  # never a new store beside an old mark
    fresh.rename(data_dir / FILE)
