"""Every table of the store has a check; this is where a new one gets its own.

Tables that are made from entries are compared entry by entry in gateway/audit/beside.py; here is
what they have too much.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import get_args

from gateway.audit.ahead import ahead_problems
from gateway.audit.context import Context
from gateway.audit.signatures import receipt_problems
from gateway.audit.tables_upkeep import UPKEEP
from gateway.audit.tree import due_nodes
from gateway.log.merkle import TILE, Tree
from gateway.log.sealing import MOST_PARTS
from gateway.replication.wrong import Kind
from gateway.store.sqlite_open import SCHEMA_VERSION

TableCheck = Callable[[Context], Iterator[str]]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_RUN = re.compile(r"([0-9a-f]{32})?")
_KINDS = frozenset(get_args(Kind))
_TYPE = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)


def _meta(context: Context) -> Iterator[str]:
    expected = {"participant": context.keys.participant, "schema": SCHEMA_VERSION}
    found = dict(context.connection.execute("SELECT key, value FROM meta"))
    traced = found.pop("traced_to", "0")
    for key in ("run", "run_before"):  # random ids, from gateway.store.mark
        run = found.pop(key, "")
        if not _RUN.fullmatch(run):
            yield f"meta: {key} is {run!r}, and should be 32 hexadecimal digits"
    if found.get("schema", "").isdecimal() and found["schema"] != SCHEMA_VERSION:
        yield _other_version(found.pop("schema"))
        del expected["schema"]
    for key in sorted(expected.keys() | found.keys()):
        if expected.get(key) != found.get(key):
            yield f"meta: {key} is {found.get(key)!r}, and should be {expected.get(key)!r}"
    if not traced.isdecimal() or int(traced) > context.offsets.last + context.grown:
        yield f"meta: traced_to is {traced!r}, and the newest entry is {context.offsets.last}"


def _other_version(found: str) -> str:
    """What to do about a store that this program can't audit as it is."""
    older = int(found) < int(SCHEMA_VERSION)
    remedy = (
        "start the gateway once, which brings it up to date"
        if older
        else "audit it with the version that wrote it"
    )
    return f"meta: the store is of version {found}, and this audit reads {SCHEMA_VERSION}: {remedy}"


def _log(context: Context) -> Iterator[str]:
    for log in context.heads:
        if not context.keys.named(log):
            yield (
                f"{log}: no key to verify it with: it is no longer a peer; put its entry back into "
                "peers to verify what it sent"
            )


def _type(context: Context) -> Iterator[str]:
    rows = context.connection.execute("SELECT id, name FROM type").fetchall()
    if len({name for _, name in rows}) != len(rows):
        yield "type: one name stands twice"
    for number, name in rows:
        if not _TYPE.fullmatch(str(name)):
            yield f"type: {name!r} with number {number} is no name of a type"


def _entry(context: Context) -> Iterator[str]:
    for number, extent in context.held.items():
        if number not in context.ids.values():
            yield (
                f"entry: {extent.rows} entries, from {extent.first} on, are of log {number}, "
                "which has no name"
            )
    for log, head in context.heads.items():
        held, due = context.held.get(context.ids[log]), sum(head.counts) + head.ahead
        if held is not None and held.rows > due:
            yield f"{log}: {due} entries are counted, and more are stored"
    count, first, last = context.offsets
    if (first, last) != (1, count):
        (gap,) = context.connection.execute(
            "SELECT min(offset) + 1 FROM entry e WHERE NOT EXISTS "
            "(SELECT 1 FROM entry n WHERE n.offset = e.offset + 1)"
        ).fetchone()
        yield f"entry: {count} entries have offsets {first} to {last}: the first gap is at {gap}"


def _surplus(table: str, orphans: str) -> TableCheck:
    """Rows that no entry asks for. `orphans`: a query for those that can be told by themselves."""

    def check(context: Context) -> Iterator[str]:
        surplus = context.counts[table] - context.tally[table]
        if surplus <= 0:
            return
        named = [row[0] for row in context.connection.execute(f"{orphans} LIMIT 5")]
        each = MOST_PARTS if table in ("disclosure", "erased") else 1
        if named or surplus > context.damaged * each + context.grown:
            where = f", for example {named}" if named else ""
            yield f"{table}: {surplus} rows more than the entries have{where}"

    return check


def _without_entry(table: str, row: str, same: str) -> TableCheck:
    query = f"SELECT {row} FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE {same})"
    return _surplus(table, query)


def _node(context: Context) -> Iterator[str]:
    """That those which are due are right has been seen with the entries; here: no others."""
    due = {
        (context.ids[log], level): count
        for log, head in context.heads.items()
        for level, count in due_nodes(sum(head.counts))
    }
    for (log, level), extent in context.nodes.items():
        wanted = due.get((log, level), 0)
        if extent != (wanted, 0, wanted - 1):
            where = context.log_name(log)
            yield f"node: {extent.rows} of level {level} for {where}, where {wanted} are due"


def _cosigned(context: Context) -> Iterator[str]:
    own, root = context.own, Tree(partial(_tile, context)).root
    rows = context.connection.execute("SELECT log, cosigner, size, note FROM cosigned ORDER BY 2")
    for log, cosigner, size, note in rows:
        where = f"{own}: receipt of {cosigner}"
        if log != context.ids.get(own):
            yield f"{where}: is filed under {context.log_name(log)}"
        for problem in receipt_problems(context.keys, own, cosigner, size, note, root):
            yield f"{where}{' ' if problem.startswith('is ') else ': '}{problem}"


def _tile(context: Context, level: int, index: int) -> list[bytes]:
    table = "entry WHERE log = ?" if level == 0 else f"node WHERE level = {level:d} AND log = ?"
    rows = context.connection.execute(
        f"SELECT hash FROM {table} AND idx >= ? AND idx < ? ORDER BY idx",
        (context.ids.get(context.own, -1), index * TILE, (index + 1) * TILE),
    )
    return [row[0] for row in rows]


def _cursor(context: Context) -> Iterator[str]:
    last = context.offsets.last + context.grown
    for system, name, offset in context.connection.execute("SELECT * FROM cursor"):
        where = f"cursor {name!r} of {system!r}"
        if not _NAME.fullmatch(str(system)) or not _NAME.fullmatch(str(name)):
            yield f"{where}: no name of a system or cursor"
        if not isinstance(offset, int) or not 0 <= offset <= last:
            yield f"{where}: stands at {offset}, and the newest entry is {last}"


def _evidence(context: Context) -> Iterator[str]:
    day_us = 86_400_000_000
    rows = context.connection.execute("SELECT id, log, time, kind, data FROM evidence")
    for number, log, time, kind, data in rows:
        where = f"evidence {number}"
        if not context.keys.named(str(log)) or kind not in _KINDS:
            yield f"{where}: {kind!r} of {log!r} is no kind of evidence, or nobody's log"
        if not isinstance(time, int) or not 0 < time < context.now_us + day_us:
            yield f"{where}: was not written at {time}"
        if not isinstance(data, bytes):
            yield f"{where}: its bytes are gone"


def _settled(context: Context) -> Iterator[str]:
    day_us = 86_400_000_000
    rows = context.connection.execute(
        "SELECT s.alarm, s.time, s.settler, s.note, e.id FROM settled s "
        "LEFT JOIN evidence e ON e.id = s.alarm"
    )
    for number, time, settler, note, found in rows:
        where = f"settlement of alarm {number}"
        if found is None:
            yield f"{where}: there is no such alarm"
        if not isinstance(time, int) or not 0 < time < context.now_us + day_us:
            yield f"{where}: was not written at {time}"
        if not (isinstance(settler, str) and settler and isinstance(note, str) and note):
            yield f"{where}: who settled it, or what was found, is gone"


TABLES: Mapping[str, TableCheck] = {
    "meta": _meta,
    "log": _log,
    "type": _type,
    "entry": _entry,
    "ahead": ahead_problems,
    "naming": _without_entry("naming", "offset", "e.offset = t.offset AND e.log = t.log"),
    "about": _without_entry("about", "offset", "e.offset = t.offset"),
    "activation": _without_entry(
        "activation", "idx", "e.offset = t.offset AND e.idx = t.idx AND e.log = t.log"
    ),
    "entity": _surplus(
        "entity", "SELECT entity_id FROM entity WHERE type NOT IN (SELECT id FROM type)"
    ),
    "urgent": _without_entry("urgent", "idx", "e.log = t.log AND e.idx = t.idx"),
    "disclosure": _without_entry(
        "disclosure", f"id / {MOST_PARTS}", f"e.offset = t.id / {MOST_PARTS}"
    ),
    "erased": _without_entry("erased", "offset", "e.offset = t.offset"),
    "node": _node,
    "cosigned": _cosigned,
    "cursor": _cursor,
    "evidence": _evidence,
    "settled": _settled,
    **UPKEEP,
}


def problems(context: Context, table: str) -> Iterator[str]:
    """What is wrong with a table, or that it can't be read."""
    try:
        yield from TABLES[table](context)
    except (sqlite3.Error, TypeError, ValueError, OverflowError) as error:
        yield f"{table}: can't be read: {error}"
