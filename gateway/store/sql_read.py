"""Rows of the entry table as Entry values, with their disclosures."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from gateway.log.sealing import MOST_PARTS, SealedPart
from gateway.store.port import PAGE_BYTES, CorruptStore, Entry
from gateway.store.sql import Queries, Reads
from gateway.store.sql_names import Names
from yrd.exchange.v1.message_pb2 import Disposition

ENTRIES = (
    "SELECT e.offset, e.log, e.idx, e.hash, e.leaf, e.type, e.disposition, e.received "
    "FROM entry e WHERE "
)


ERASED = b"\0"
"""What a destroyed disclosure begins with; a serialised message never does."""

_DISPOSITIONS = {number: number for number in Disposition.values()}


def entries_of(
    connection: Queries,
    query: str,
    arguments: tuple[object, ...],
    names: Callable[[], Names],
) -> list[Entry]:
    """Runs a query that begins with ENTRIES.

    Names are asked for behind it: a commit just before may have brought rows with new ones.
    """
    rows = connection.execute(query, arguments).fetchall()
    return _entries(connection, rows, names)


def page_of(
    connection: Reads,
    query: str,
    arguments: tuple[object, ...],
    names: Callable[[], Names],
) -> tuple[list[Entry], bool]:
    """The first entries of such a query that fit into PAGE_BYTES, one at least; whether that is all."""
    rows, taken, whole = list[tuple[Any, ...]](), 0, True
    with connection.stream(query, arguments) as found:
        for row in found:
            if taken >= PAGE_BYTES:
                whole = False
                break
            rows.append(row)
            taken += len(row[4] or b"")
    count = _fitting(connection, rows)
    return _entries(connection, rows[:count], names), whole and count == len(rows)


def _fitting(connection: Queries, rows: list[tuple[Any, ...]]) -> int:
    """How many of the rows fit with their disclosures, of which only the lengths are read."""
    sizes: Counter[int] = Counter()
    for number, length in _disclosures(connection, [row[0] for row in rows], "id, length(data)"):
        sizes[number // MOST_PARTS] += length
    taken = 0
    for count, row in enumerate(rows):
        if taken >= PAGE_BYTES:
            return count
        taken += len(row[4] or b"") + sizes[row[0]]
    return len(rows)


def _entries(
    connection: Queries, rows: list[tuple[Any, ...]], names: Callable[[], Names]
) -> list[Entry]:
    parts = _parts(connection, [row[0] for row in rows])
    known = names()
    return [_entry(row, parts, known) for row in rows]


def _entry(row: tuple[Any, ...], parts: dict[int, tuple[SealedPart, ...]], names: Names) -> Entry:
    offset, log, index, digest, leaf, kind, disposition, received = row
    try:
        return Entry(
            offset,
            names.log[log],
            index,
            digest,
            leaf,
            names.type[kind],
            _DISPOSITIONS[disposition],
            received,
            parts.get(offset, ()),
        )
    except KeyError as error:
        name = names.log.get(log, f"log number {log}")
        what = f"{name}: entry {index} has {error}, which names no log, type or disposition"
        raise CorruptStore(what, name, index) from None


def _parts(connection: Queries, offsets: list[int]) -> dict[int, tuple[SealedPart, ...]]:
    """Disclosures of the entries."""
    found: dict[int, tuple[SealedPart, ...]] = {}
    for number, group, data in _disclosures(connection, offsets, "id, grp, data"):
        if data[:1] != ERASED:
            offset = number // MOST_PARTS
            found[offset] = (*found.get(offset, ()), SealedPart(group, data))
    return found


def _disclosures(
    connection: Queries, offsets: list[int], columns: str
) -> Iterator[tuple[Any, ...]]:
    """Rows of the entries' disclosures; one range scan where their offsets lie close together."""
    if not offsets:
        return
    wanted, first, last = frozenset(offsets), min(offsets), max(offsets)
    near = last - first < 2 * len(offsets)  # not so if urgent entries were picked out of a log
    for start, stop in [(first, last)] if near else [(offset, offset) for offset in offsets]:
        rows = connection.execute(
            f"SELECT {columns} FROM disclosure WHERE id BETWEEN ? AND ?",
            (start * MOST_PARTS, stop * MOST_PARTS + MOST_PARTS - 1),
        )
        for row in rows:
            if row[0] // MOST_PARTS in wanted:
                yield row
