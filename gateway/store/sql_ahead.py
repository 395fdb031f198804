"""Urgent entries, and entries ahead of their place, in SQL."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.store.early import Early, EarlyProof
from gateway.store.port import Change
from gateway.store.sql import Queries, Sql, marks, padded
from yrd.exchange.v1.message_pb2 import Priority

URGENT = (Priority.PRIORITY_LIFE_SAFETY, Priority.PRIORITY_URGENT)
"""Priorities that may go ahead of others, the most urgent first."""


def early_rows(change: Change, logs: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """Rows of `ahead`."""
    for (log, index), proof in change.early.items():
        yield logs[log], index, proof.checkpoint, proof.path


def forget_filled(connection: Sql, change: Change, logs: Mapping[str, int]) -> None:
    """Entries that have their place now need no proof of their own."""
    for log, size in change.filled.items():
        connection.execute("DELETE FROM ahead WHERE log = ? AND idx < ?", (logs[log], size))


def urgent(
    connection: Queries, log: int, priority: int, start: int, stop: int, most: int
) -> list[int]:
    """UrgentReader.urgent."""
    rows = connection.execute(
        "SELECT idx FROM urgent WHERE log = ? AND priority = ? AND idx >= ? AND idx < ? "
        "ORDER BY idx DESC LIMIT ?",
        (log, priority, start, stop, most),
    )
    return [row[0] for row in rows]


def early(connection: Queries, log: int, start: int, stop: int) -> dict[int, Early]:
    """EarlyIndex.early."""
    rows = connection.execute(
        "SELECT a.idx, e.offset, e.hash, e.disposition, a.checkpoint, a.path FROM ahead a "
        "JOIN entry e ON e.log = a.log AND e.idx = a.idx "
        "WHERE a.log = ? AND a.idx >= ? AND a.idx < ?",
        (log, start, stop),
    )
    return {
        index: Early(offset, digest, disposition, EarlyProof(checkpoint, path))
        for index, offset, digest, disposition, checkpoint, path in rows
    }


def hashes(connection: Sql, log: int, indices: Sequence[int]) -> dict[int, bytes]:
    """EarlyIndex.hashes."""
    asked = padded(indices)
    query = f"SELECT idx, hash FROM entry WHERE log = ? AND idx IN ({marks(asked)})"
    rows = connection.execute(query, (log, *asked))
    return dict(rows.fetchall())
