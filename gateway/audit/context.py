"""What the checks of tables look at, as of one instant."""

import sqlite3
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.audit.reading import scalar
from gateway.audit.signatures import Keys
from gateway.log.checkpoint import log_origin
from gateway.store.port import Head

COUNTED = ("naming", "entity", "about", "activation", "urgent", "disclosure", "erased")
"""Tables made from entries, whose rows are compared with what the entries ask for."""


class Extent(NamedTuple):
    """How many rows there are, and the first and last number of them."""

    rows: int
    first: int
    last: int


@dataclass(slots=True)
class Context:
    """`tally`: rows that entries ask for, by table; `damaged`: entries that could not be asked."""

    connection: sqlite3.Connection
    keys: Keys
    ids: dict[str, int]
    heads: dict[str, Head]
    types: dict[int, str]
    counts: dict[str, int]
    offsets: Extent
    held: dict[int, Extent]
    nodes: dict[tuple[int, int], Extent]
    now_us: int
    tally: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    damaged: int = 0

    @property
    def own(self) -> str:
        """The participant's own log."""
        return log_origin(self.keys.participant)

    @property
    def grown(self) -> int:
        """Entries that came since the audit began."""
        newest = int(scalar(self.connection, "SELECT max(offset) FROM entry") or 0)
        return max(0, newest - self.offsets.last)

    def log_name(self, number: object) -> str:
        """Name of a log by its number."""
        named = {found: log for log, found in self.ids.items()}
        return named.get(number, f"log {number}, which has no name")  # type: ignore[call-overload, no-any-return]  # any value may stand there


def take(connection: sqlite3.Connection, keys: Keys) -> Context:
    """Reads it in one transaction. Raises sqlite3.Error."""
    connection.execute("BEGIN")
    try:
        rows = connection.execute(
            "SELECT id, origin, checkpoint, whole, redacted, withheld, quarantined, "
            "(SELECT count(*) FROM ahead a WHERE a.log = log.id) FROM log"
        ).fetchall()
        entries = "SELECT log, count(*), min(idx), max(idx) FROM entry GROUP BY log"
        nodes = "SELECT log, level, count(*), min(idx), max(idx) FROM node GROUP BY log, level"
        offsets = "SELECT count(*), coalesce(min(offset), 1), coalesce(max(offset), 0) FROM entry"
        return Context(
            connection,
            keys,
            {row[1]: row[0] for row in rows},
            {row[1]: _head(row) for row in rows},
            dict(connection.execute("SELECT id, name FROM type")) | {0: ""},
            {table: scalar(connection, f"SELECT count(*) FROM {table}") for table in COUNTED},
            Extent(*connection.execute(offsets).fetchone()),
            {row[0]: Extent(*row[1:]) for row in connection.execute(entries)},
            {(row[0], row[1]): Extent(*row[2:]) for row in connection.execute(nodes)},
            time.time_ns() // 1000,
        )
    finally:
        connection.execute("COMMIT")


def _head(row: tuple[object, ...]) -> Head:
    """Numbers that are none count as none, and what should be there is then found missing."""
    whole, redacted, withheld, bad, ahead = (n if isinstance(n, int) else 0 for n in row[3:])
    log, checkpoint = str(row[1]), str(row[2])
    return Head(log, checkpoint=checkpoint, counts=(whole, redacted, withheld, bad), ahead=ahead)
