"""Reads a SQLite file without leaving anything beside it."""

import sqlite3
from pathlib import Path

from gateway.audit.reading import open_readonly


def open_untouched(path: Path) -> sqlite3.Connection:
    """A connection that only reads.

    A file without a write-ahead log was closed in order: nobody writes it, and it is read as it is, since
    SQLite would otherwise leave a log and its index behind.
    """
    if path.with_name(f"{path.name}-wal").exists():
        return open_readonly(path)
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None
    )
