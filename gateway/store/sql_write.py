"""Writing a commit in SQL. To be called within a transaction."""

from functools import partial
from itertools import chain

from gateway.store import sql_ahead, sql_alarms
from gateway.store.port import Change, Head
from gateway.store.sql import Sql
from gateway.store.sql_about import about_rows
from gateway.store.sql_activation import index_activations
from gateway.store.sql_names import Ids
from gateway.store.sql_rows import rows_of
from gateway.store.sql_upkeep import write_upkeep
from gateway.store.tail import Committed
from yrd.exchange.v1.message_pb2 import Disposition

_NEWER = "ON CONFLICT (type, entity_id) DO UPDATE SET revision = excluded.revision, state = excluded.state"
flat = chain.from_iterable


def write_entries(connection: Sql, change: Change, ids: Ids) -> Committed:
    """Heads, entries with what finds them, and the nodes of their trees."""
    for head in change.heads.values():
        _write_head(connection, head, ids)
    rows = rows_of(change.entries, ids.logs, ids.types, partial(_type_id, connection, ids))
    insert = connection.insert
    insert("entry", 9, rows.entry)
    insert("naming", 3, rows.naming)
    insert("entity", 4, rows.entity, _NEWER)
    insert("disclosure", 3, rows.disclosure)
    insert("urgent", 3, rows.urgent)
    insert("about", 2, [*flat(about_rows(rows.indexed))])
    insert("ahead", 4, [*flat(sql_ahead.early_rows(change, ids.logs))])
    sql_ahead.forget_filled(connection, change, ids.logs)
    index_activations(connection, rows.indexed, ids.logs)
    nodes = ((ids.logs[log], n.level, n.index, n.hash) for log, n in change.nodes)
    insert("node", 4, [*flat(nodes)])
    return Committed(rows.entries, rows.logs, rows.leaf_bytes, len(rows.disclosure) // 3)


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
