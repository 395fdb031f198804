"""Writing a commit in SQL. To be called within a transaction."""

from collections.abc import Iterator, Mapping, Sequence

from gateway.log.sealing import MOST_PARTS
from gateway.store import sql_ahead, sql_alarms
from gateway.store.port import Change, Head, NewEntry
from gateway.store.sql import Sql
from gateway.store.sql_about import about_rows
from gateway.store.sql_activation import ACTIVATION, index_activations
from gateway.store.sql_names import Ids
from gateway.store.sql_upkeep import write_upkeep
from yrd.exchange.v1.message_pb2 import Disposition


def write_entries(connection: Sql, change: Change, ids: Ids) -> None:
    """Heads, entries with what finds them, and the nodes of their trees."""
    for head in change.heads.values():
        _write_head(connection, head, ids)
    new, insert = change.entries, connection.insert
    insert("entry", list(_entry_rows(connection, new, ids)))
    insert("naming", list(_naming_rows(new, ids.logs)))
    insert("about", about_rows(new))
    insert(
        "entity",
        _entity_rows(new, ids.types),
        "ON CONFLICT (type, entity_id) DO UPDATE SET revision = excluded.revision, state = excluded.state",
    )
    parts = [
        (entry.offset * MOST_PARTS + place, part.group, part.data)
        for entry, _ in new
        for place, part in enumerate(entry.parts)
    ]
    insert("disclosure", parts)
    insert("urgent", sql_ahead.urgent_rows(new, ids.logs))
    insert("ahead", list(sql_ahead.early_rows(change, ids.logs)))
    sql_ahead.forget_filled(connection, change, ids.logs)
    if ACTIVATION in ids.types:
        index_activations(connection, ids.logs, new)
    nodes = [(ids.logs[log], n.level, n.index, n.hash) for log, n in change.nodes]
    insert("node", nodes)


def write_beside(connection: Sql, change: Change, ids: Ids) -> None:
    """What a commit changes beside entries: upkeep, receipts, cursors, alarms."""
    run = connection.executemany
    write_upkeep(connection, change.upkeep, ids.logs)
    run(
        "UPDATE entry SET disposition = ? WHERE offset = ?",
        [(Disposition.DISPOSITION_QUARANTINED, offset) for offset in change.quarantined],
    )
    run(
        "INSERT INTO cosigned VALUES (?,?,?,?) ON CONFLICT (log, cosigner) DO UPDATE SET "
        "size = excluded.size, note = excluded.note",
        [(ids.logs[c.log], c.cosigner, c.size, c.note) for c in change.cosigned.values()],
    )
    run(
        "INSERT INTO cursor VALUES (?,?,?) ON CONFLICT (system, name) DO UPDATE SET offset = excluded.offset "
        "WHERE excluded.offset > cursor.offset",
        [(system, name, offset) for (system, name), offset in change.cursors.items()],
    )
    sql_alarms.write(connection, change)


def _write_head(connection: Sql, head: Head, ids: Ids) -> None:
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


def _type_id(connection: Sql, name: str, ids: Ids) -> int:
    if name not in ids.types:
        made = connection.execute("INSERT INTO type (name) VALUES (?) RETURNING id", (name,))
        ids.add_type(name, made.fetchone()[0])
    return ids.types[name]


def _entry_rows(connection: Sql, new: Sequence[NewEntry], ids: Ids) -> Iterator[tuple[object, ...]]:
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


def _entity_rows(new: Sequence[NewEntry], types: Mapping[str, int]) -> list[tuple[object, ...]]:
    """Of each entity the last one."""
    newest = {
        (types[entry.type], naming.entity_id): naming.standing
        for entry, naming in new
        if naming and naming.entity_id
    }
    return [(*entity, *standing) for entity, standing in newest.items()]
