"""Writing a commit into SQLite. To be called within a transaction."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from gateway.log.sealing import MOST_PARTS
from gateway.store import sqlite_ahead, sqlite_alarms
from gateway.store.port import Change, Head, NewEntry
from gateway.store.sqlite_about import about_rows
from gateway.store.sqlite_activation import ACTIVATION, index_activations
from gateway.store.sqlite_names import Ids
from gateway.store.sqlite_read import marks
from gateway.store.sqlite_upkeep import write_upkeep
from yrd.exchange.v1.message_pb2 import Disposition

ROWS = 200


def write_entries(connection: sqlite3.Connection, change: Change, ids: Ids) -> None:
    """Heads, entries with what finds them, and the nodes of their trees."""
    for head in change.heads.values():
        _write_head(connection, head, ids)
    new, insert = change.entries, partial(_insert, connection)
    insert("entry", 9, list(_entry_rows(connection, new, ids)))
    insert("naming", 3, list(_naming_rows(new, ids.logs)))
    insert("about", 2, about_rows(new))
    insert(
        "entity",
        4,
        list(_entity_rows(new, ids.types)),
        "ON CONFLICT DO UPDATE SET revision = excluded.revision, state = excluded.state",
    )
    parts = [
        (entry.offset * MOST_PARTS + place, part.group, part.data)
        for entry, _ in new
        for place, part in enumerate(entry.parts)
    ]
    insert("disclosure", 3, parts)
    insert("urgent", 3, sqlite_ahead.urgent_rows(new, ids.logs))
    insert("ahead", 4, list(sqlite_ahead.early_rows(change, ids.logs)))
    sqlite_ahead.forget_filled(connection, change, ids.logs)
    if ACTIVATION in ids.types:
        index_activations(connection, ids.logs, new)
    nodes = [(ids.logs[log], n.level, n.index, n.hash) for log, n in change.nodes]
    insert("node", 4, nodes)


def _insert(
    connection: sqlite3.Connection,
    table: str,
    width: int,
    rows: Sequence[tuple[object, ...]],
    conflict: str = "",
) -> None:
    """Inserts many rows a statement: each step gives up the interpreter lock once."""
    one = f"({marks(range(width))})"
    for start in range(0, len(rows), ROWS):
        some = rows[start : start + ROWS]
        if len(some) == ROWS:
            values = ",".join([one] * ROWS)
            flat = list(chain.from_iterable(some))
            connection.execute(f"INSERT INTO {table} VALUES {values} {conflict}", flat)
        else:
            connection.executemany(f"INSERT INTO {table} VALUES {one} {conflict}", some)


def write_beside(connection: sqlite3.Connection, change: Change, ids: Ids) -> None:
    """What a commit changes beside entries: upkeep, receipts, cursors, alarms."""
    run = connection.executemany
    write_upkeep(connection, change.upkeep, ids.logs)
    run(
        "UPDATE entry SET disposition = ? WHERE offset = ?",
        [(Disposition.DISPOSITION_QUARANTINED, offset) for offset in change.quarantined],
    )
    run(
        "INSERT OR REPLACE INTO cosigned VALUES (?,?,?,?)",
        [(ids.logs[c.log], c.cosigner, c.size, c.note) for c in change.cosigned.values()],
    )
    run(
        "INSERT INTO cursor VALUES (?,?,?) ON CONFLICT DO UPDATE "
        "SET offset = max(offset, excluded.offset)",
        [(system, name, offset) for (system, name), offset in change.cursors.items()],
    )
    sqlite_alarms.write(connection, change)


def _write_head(connection: sqlite3.Connection, head: Head, ids: Ids) -> None:
    connection.execute(
        "INSERT INTO log (origin, checkpoint, whole, redacted, withheld, quarantined) "
        "VALUES (?,?,?,?,?,?) ON CONFLICT (origin) DO UPDATE SET "
        "checkpoint = excluded.checkpoint, "
        "whole = excluded.whole, redacted = excluded.redacted, "
        "withheld = excluded.withheld, quarantined = excluded.quarantined",
        (head.log, head.checkpoint, *head.counts),
    )
    if head.log not in ids.logs:
        found = connection.execute("SELECT id FROM log WHERE origin = ?", (head.log,))
        ids.add_log(head.log, found.fetchone()[0])


def _type_id(connection: sqlite3.Connection, name: str, ids: Ids) -> int:
    if name not in ids.types:
        made = connection.execute("INSERT INTO type (name) VALUES (?) RETURNING id", (name,))
        ids.add_type(name, made.fetchone()[0])
    return ids.types[name]


def _entry_rows(
    connection: sqlite3.Connection, new: Sequence[NewEntry], ids: Ids
) -> Iterator[tuple[object, ...]]:
    types = {
        kind: _type_id(connection, kind, ids) for kind in {entry.type for entry, _ in new} if kind
    }
    types[""] = 0
    logs = ids.logs
    for (offset, log, index, digest, leaf, kind, disposition, received, _), naming in new:
        content = naming.digest if naming else None
        yield (
            offset,
            logs[log],
            index,
            digest,
            leaf,
            types[kind],
            disposition,
            received,
            content,
        )


def _naming_rows(new: Sequence[NewEntry], logs: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    for (offset, log, *_), naming in new:
        if naming:
            yield naming.message_id, logs[log], offset


def _entity_rows(new: Sequence[NewEntry], types: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    for entry, naming in new:
        if naming and naming.entity_id:
            yield types[entry.type], naming.entity_id, *naming.standing
