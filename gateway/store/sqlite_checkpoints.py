"""Moving what was committed from the write-ahead log into the database, with every failure told.

SQLite does so by itself behind a commit, but keeps to itself when a sync of it fails. So the gateway
does it, and once more when it starts: pages that a killed process had written and never synced look
committed to the next one. They must be durable before a peer is given them, or a power cut later
takes back what the peer holds.
"""

import os
import sqlite3
from pathlib import Path

DUE_PAGES = 2000  # 16 MB
_COMMIT_ROWS = 8
"""A commit writes pages of its own, about as many as so many rows."""


class Checkpoints:
    """Of one writing connection. All methods raise sqlite3.DatabaseError, and commits stay durable."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._wal = connection, path.with_name(f"{path.name}-wal")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        self._rows = 0
        self._pages_per_row = 1.0

    def settle(self) -> None:
        """Makes durable whatever an earlier process has left. Raises OSError, too."""
        frames, moved = self._run()
        if frames != moved:  # somebody, an audit for example, still reads older pages
            log = os.open(self._wal, os.O_RDWR)
            try:
                os.fsync(log)
            finally:
                os.close(log)  # SQLite has no locks on this file that it could lose

    def committed(self, rows: int) -> None:
        """Takes note of a commit of about so many rows."""
        self._rows += rows + _COMMIT_ROWS

    def run_if_due(self) -> None:
        """Moves everything once about DUE_PAGES have gathered; how many a row makes is measured."""
        if self._rows * self._pages_per_row < DUE_PAGES:
            return
        frames, moved = self._run()
        self._pages_per_row = max(0.1, frames / self._rows)
        if moved == frames:  # else a reader is still on older pages, and it is due again
            self._rows = 0

    def _run(self) -> tuple[int, int]:
        """Moves what nobody hinders; pages in the write-ahead log, and how many of them are moved."""
        _, frames, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return frames, moved
