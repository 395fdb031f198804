"""Moving a store from its file into the database that takes its place."""

from pathlib import Path

from gateway.store.lock import FolderLock
from gateway.store.opening import FILE, is_file, require_driver
from gateway.store.port import StoreError
from gateway.store.sqlite import SqliteStore

MOVED = f"{FILE}.moved"


def move(data_dir: Path, participant: str, store: str) -> Path:
    """Copies the file's content into an empty database, then gives the file another name: nobody may go
    on with it. Returns where it is now. Raises StoreError, FolderInUse, OSError.
    """
    if is_file(store):
        raise StoreError("`store` names no database: set it to postgresql://… first", lasting=True)
    require_driver()
    from gateway.store.postgres_copy import fill  # noqa: PLC0415  # not everyone has its driver

    path, moved = data_dir / FILE, data_dir / MOVED
    if not path.exists():
        raise StoreError(f"{path}: no store: nothing to move; check data_dir", lasting=True)
    lock = FolderLock(data_dir)
    try:
        # closed in order, it has everything in the one file
        SqliteStore(path, participant).close()
        fill(path, store)
        return path.rename(moved)
    finally:
        lock.release()
