"""Reads a store for an audit: read-only, while its gateway may run, whatever its bytes have become."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from gateway.audit.report import Lost
from gateway.log.sealing import MOST_PARTS

_QUERY = (
    "SELECT offset, idx, hash, leaf, type, disposition, received, digest FROM entry "
    "WHERE log = ? AND idx >= ? AND idx < ? ORDER BY idx"
)
_PARTS = (
    "SELECT e.offset, d.id, d.grp, d.data FROM entry e CROSS JOIN disclosure d "
    f"ON d.id BETWEEN e.offset * {MOST_PARTS} AND e.offset * {MOST_PARTS} + {MOST_PARTS - 1} "
    "WHERE e.log = ? AND e.idx >= ? AND e.idx < ?"
)
_ERASED = (
    "SELECT r.offset, r.grp, r.notice FROM entry e CROSS JOIN erased r ON r.offset = e.offset "
    "WHERE e.log = ? AND e.idx >= ? AND e.idx < ?"
)


class Row(NamedTuple):
    """A row of the entry table; of other kinds than these where bytes are damaged."""

    offset: int
    idx: int
    hash: bytes
    leaf: bytes | None
    type: int
    disposition: int
    received: int
    digest: bytes | None


class Part(NamedTuple):
    """A row of the disclosure table; `place` among those of its entry."""

    place: int
    group: str
    data: bytes


class Task(NamedTuple):
    """A range of one log to be checked: [start, stop), start a multiple of 256.

    `scattered`: only those entries of the range that came ahead of their place; without a tree.
    `lossy`: entries of an own log were lost with a disk, so what led to a state may not be known.
    """

    log: str
    log_id: int
    own: bool
    start: int
    stop: int
    scattered: bool = False
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """The rows of a task, in order; by offset, their disclosures and the groups destroyed.

    `lost`: groups by offset that were not destroyed but lost with a disk, as a recovery noted; "" stands
    for the entry itself.
    """

    task: Task
    rows: list[Row]
    parts: dict[int, list[Part]]
    erased: dict[int, list[str]]
    types: dict[int, str]
    lost: dict[int, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """What became of a task. `tally` counts what other tables must have, by table.

    `lost`: what a recovery could not bring back.
    """

    task: Task
    problems: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    tally: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tiles: list[bytes] = field(default_factory=list)
    rest: list[bytes] = field(default_factory=list)
    damaged: int = 0
    lost: list[Lost] = field(default_factory=list)


def open_readonly(path: Path) -> sqlite3.Connection:
    """A connection that can't write. Text that is no UTF-8 is read as other text, not refused."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
    connection.isolation_level = None
    connection.text_factory = lambda data: data.decode(errors="replace")
    connection.execute("PRAGMA cache_size=-16000")
    return connection


def read_chunk(connection: sqlite3.Connection, task: Task, types: dict[int, str]) -> Chunk:
    """Rows and disclosures as of one instant. Raises sqlite3.Error."""
    connection.execute("BEGIN")
    try:
        where = task.log_id, task.start, task.stop
        rows = list(map(Row._make, connection.execute(_QUERY, where)))
        parts: dict[int, list[Part]] = {}
        for offset, number, group, data in connection.execute(_PARTS, where):
            parts.setdefault(offset, []).append(Part(number % MOST_PARTS, group, data))
        erased: dict[int, list[str]] = {}
        lost: dict[int, list[str]] = {}
        for offset, group, notice in connection.execute(_ERASED, where):
            erased.setdefault(offset, []).append(group)
            if not notice:
                lost.setdefault(offset, []).append(group)
    finally:
        connection.execute("COMMIT")
    return Chunk(task, rows, parts, erased, types, lost)


def scalar(connection: sqlite3.Connection, query: str, *arguments: object) -> Any:
    """The first column of the first row."""
    return connection.execute(query, arguments).fetchone()[0]
