"""Writing a commit in SQL. To be called within a transaction."""

from functools import partial

from gateway.store import sql_ahead, sql_alarms
from gateway.store.port import Change, Head
from gateway.store.sql import Sql
from gateway.store.sql_activation import index_activations
from gateway.store.sql_names import Ids
from gateway.store.sql_rows import rows_of
from gateway.store.sql_upkeep import write_upkeep
from yrd.exchange.v1.message_pb2 import Disposition


def write_entries(connection: Sql, change: Change, ids: Ids) -> None:
    """Heads, entries with what finds them, and the nodes of their trees."""
    for head in change.heads.values():
        _write_head(connection, head, ids)
    rows = rows_of(change.entries, ids.logs, partial(_type_id, connection, ids))
    insert = connection.insert
    insert("entry", rows.entry)
    insert("naming", rows.naming)
    insert("about", rows.about)
    insert(
        "entity",
        rows.entity,
        "ON CONFLICT (type, entity_id) DO UPDATE SET revision = excluded.revision, state = excluded.state",
    )
    insert("disclosure", rows.disclosure)
    insert("urgent", rows.urgent)
    insert("ahead", list(sql_ahead.early_rows(change, ids.logs)))
    sql_ahead.forget_filled(connection, change, ids.logs)
    index_activations(connection, rows.activation)
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


def _type_id(connection: Sql, ids: Ids, name: str) -> int:
    if name not in ids.types:
        made = connection.execute("INSERT INTO type (name) VALUES (?) RETURNING id", (name,))
        ids.add_type(name, made.fetchone()[0])
    return ids.types[name]
