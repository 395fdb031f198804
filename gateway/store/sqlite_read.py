"""Rows of the entry table as Entry values, with their disclosures."""

import sqlite3
from typing import Protocol

from gateway.log.sealing import SealedPart
from gateway.store.port import Entry

ENTRIES = (
    "SELECT e.offset, e.log, e.idx, e.hash, e.leaf, e.type, e.disposition, e.received "
    "FROM entry e WHERE "
)


class Names(Protocol):
    """Names of logs and types by their ids."""

    log: dict[int, str]
    type: dict[int, str]


def entries_of(
    connection: sqlite3.Connection, query: str, arguments: tuple[object, ...], names: Names
) -> list[Entry]:
    """Runs a query that begins with ENTRIES."""
    rows = connection.execute(query, arguments).fetchall()
    parts = _parts(connection, [row[0] for row in rows])
    return [
        Entry(
            offset,
            names.log[log],
            index,
            digest,
            leaf,
            names.type[kind],
            disposition,
            received,
            parts.get(offset, ()),
        )
        for offset, log, index, digest, leaf, kind, disposition, received in rows
    ]


def _parts(connection: sqlite3.Connection, offsets: list[int]) -> dict[int, tuple[SealedPart, ...]]:
    """Disclosures of the entries; one range scan, since offsets of a page lie close together."""
    found: dict[int, tuple[SealedPart, ...]] = {}
    if not offsets:
        return found
    wanted = frozenset(offsets)
    rows = connection.execute(
        "SELECT offset, grp, data FROM disclosure WHERE offset BETWEEN ? AND ?",
        (min(offsets), max(offsets)),
    )
    for offset, group, data in rows:
        if offset in wanted:
            found[offset] = (*found.get(offset, ()), SealedPart(group, data))
    return found
