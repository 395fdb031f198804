"""What an error of SQLite says about the disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.store.port import CorruptStore, StoreError

_LASTING = ("disk i/o error", "malformed", "not a database")
_NO_ROOM = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"})
"""The second is what a full disk looks like when the index of the write-ahead log has to grow."""


def told(error: sqlite3.DatabaseError) -> StoreError:
    """The store's error: lasting after a failed write or sync, and where bytes are damaged.

    A full disk is not lasting: there may be room again.
    """
    if getattr(error, "sqlite_errorname", "") in _NO_ROOM:
        return StoreError("database or disk is full", lasting=False)
    text = str(error).lower()
    return StoreError(str(error), lasting=any(word in text for word in _LASTING))


@contextmanager
def store_errors() -> Iterator[None]:
    """Raises the store's errors instead of SQLite's."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise told(error) from error
    except UnicodeDecodeError as error:
        raise CorruptStore(f"text of the database is damaged: {error}") from None
