"""Rows of the entry table as Entry values, with their disclosures."""

import sqlite3
from collections.abc import Callable
from typing import Any, Protocol

from gateway.log.sealing import MOST_PARTS, SealedPart
from gateway.store.port import CorruptStore, Entry
from yrd.exchange.v1.message_pb2 import Disposition

ENTRIES = (
    "SELECT e.offset, e.log, e.idx, e.hash, e.leaf, e.type, e.disposition, e.received "
    "FROM entry e WHERE "
)


ERASED = b"\0"
"""What a destroyed disclosure begins with; a serialised message never does."""

_DISPOSITIONS = {number: number for number in Disposition.values()}


class Names(Protocol):
    """Names of logs and types by their ids."""

    log: dict[int, str]
    type: dict[int, str]


def entries_of(
    connection: sqlite3.Connection,
    query: str,
    arguments: tuple[object, ...],
    names: Callable[[], Names],
) -> list[Entry]:
    """Runs a query that begins with ENTRIES.

    Names are asked for behind it: a commit just before may have brought rows with new ones.
    """
    rows = connection.execute(query, arguments).fetchall()
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


def _parts(connection: sqlite3.Connection, offsets: list[int]) -> dict[int, tuple[SealedPart, ...]]:
    """Disclosures of the entries; one range scan where their offsets lie close together."""
    found: dict[int, tuple[SealedPart, ...]] = {}
    if not offsets:
        return found
    wanted, first, last = frozenset(offsets), min(offsets), max(offsets)
    near = last - first < 2 * len(offsets)  # not so if urgent entries were picked out of a log
    for start, stop in [(first, last)] if near else [(offset, offset) for offset in offsets]:
        rows = connection.execute(
            "SELECT id, grp, data FROM disclosure WHERE id BETWEEN ? AND ?",
            (start * MOST_PARTS, stop * MOST_PARTS + MOST_PARTS - 1),
        )
        for number, group, data in rows:
            offset = number // MOST_PARTS
            if offset in wanted and data[:1] != ERASED:
                found[offset] = (*found.get(offset, ()), SealedPart(group, data))
    return found
