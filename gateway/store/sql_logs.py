"""Logs as they stand in SQL: heads, tiles of their trees, receipts."""

from gateway.log.merkle import TILE
from gateway.store.port import Cosigned, Head
from gateway.store.sql import Queries


def heads(connection: Queries) -> list[Head]:
    """All logs held, without their trees: as many entries as the counts sum up to."""
    rows = connection.execute(
        "SELECT origin, checkpoint, whole, redacted, withheld, quarantined, "
        "(SELECT count(*) FROM ahead a WHERE a.log = log.id) FROM log"
    )
    return [
        Head(origin, checkpoint=note, counts=(whole, redacted, withheld, bad), ahead=ahead)
        for origin, note, whole, redacted, withheld, bad, ahead in rows
    ]


def tile(connection: Queries, log: int, level: int, index: int) -> list[bytes]:
    """LogReader.tile."""
    table = "entry WHERE log = ?" if level == 0 else f"node WHERE level = {level:d} AND log = ?"
    rows = connection.execute(
        f"SELECT hash FROM {table} AND idx >= ? AND idx < ? ORDER BY idx",
        (log, index * TILE, (index + 1) * TILE),
    )
    return [row[0] for row in rows]


def cosigned(connection: Queries, log: int, origin: str) -> list[Cosigned]:
    """LogReader.cosigned."""
    rows = connection.execute(
        "SELECT cosigner, size, note FROM cosigned WHERE log = ? ORDER BY cosigner", (log,)
    )
    return [Cosigned(origin, *row) for row in rows]
