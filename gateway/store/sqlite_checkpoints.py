"""Moving what was committed from the write-ahead log into the database, with every failure told.

SQLite does so by itself behind a commit, but keeps to itself when a sync of it fails. So the gateway
does it, and once more when it starts: pages that a killed process had written and never synced look
committed to the next one. They must be durable before a peer is given them, or a power cut later
takes back what the peer holds.
"""

import sqlite3

DUE_PAGES = 4000
_COMMIT_ROWS = 8
"""A commit writes pages of its own, about as many as so many rows."""


class Checkpoints:
    """Of one writing connection. All methods raise sqlite3.DatabaseError, and commits stay durable."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("PRAGMA wal_autocheckpoint=0")
        self._rows = 0
        self._pages_per_row = 1.0

    def settle(self) -> bool:
        """Makes durable whatever an earlier process has left; false if another process hinders it."""
        busy, frames, moved = self._run("FULL")
        return not busy and frames == moved

    def committed(self, rows: int) -> None:
        """Takes note of a commit of about so many rows."""
        self._rows += rows + _COMMIT_ROWS

    def run_if_due(self) -> None:
        """Moves everything once about DUE_PAGES have gathered; how many a row makes is measured."""
        if self._rows * self._pages_per_row < DUE_PAGES:
            return
        _, frames, moved = self._run("PASSIVE")
        self._pages_per_row = max(0.1, frames / self._rows)
        if moved == frames:  # else a reader is still on older pages, and it is due again
            self._rows = 0

    def _run(self, mode: str) -> tuple[int, int, int]:
        busy, frames, moved = self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        return busy, frames, moved
