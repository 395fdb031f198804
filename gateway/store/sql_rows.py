"""The rows that a commit's new entries make, all found in one pass: entries are cold in memory by then."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gateway.log.sealing import MOST_PARTS
from gateway.store.port import Entry, NewEntry, Standing
from gateway.store.sql_about import OBJECTION
from gateway.store.sql_activation import ACTIVATION
from gateway.store.sql_ahead import URGENT
from schemas.native import native

Values = list[object]
INDEXED = (OBJECTION, ACTIVATION)
"""Types that have a table of their own."""


class Rows(NamedTuple):
    """The values of each table's rows, one row behind the other; of each entity the last standing counts.

    And the entries, those of them whose type is one of INDEXED, their logs, bytes of their leaves.
    """

    entry: Values
    naming: Values
    entity: Values
    disclosure: Values
    urgent: Values
    indexed: list[Entry]
    entries: list[Entry]
    logs: list[str]
    leaf_bytes: int


def rows_of(
    new: list[NewEntry],
    logs: dict[str, int],
    types: Mapping[str, int],
    type_id: Callable[[str], int],
) -> Rows:
    """`types` are the numbers of types that have one; `type_id` gives any type's, and adds it to them."""
    steps = native()
    if steps:
        indexed = [types[name] for name in INDEXED if name in types]
        found = steps.rows(new, logs, {**types, "": 0}, URGENT, indexed, MOST_PARTS)
        if found:
            return Rows(*found)
    return _rows_of(new, logs, type_id)


def _rows_of(new: list[NewEntry], logs: Mapping[str, int], type_id: Callable[[str], int]) -> Rows:
    """The same without native steps, and for what they don't know."""
    rows, types, leaf_bytes = Rows([], [], [], [], [], [], [], [], 0), {"": 0}, 0
    standings: dict[tuple[int, str], Standing] = {}
    for entry, naming in new:
        offset, name, index, digest, leaf, kind, disposition, received, parts = entry
        log, content, number = logs[name], None, types.get(kind)
        if number is None:
            number = types[kind] = type_id(kind)
        if name not in rows.logs:
            rows.logs.append(name)
        if naming is not None:
            message_id, content, entity, standing, priority = naming
            rows.naming.extend((message_id, log, offset))
            if entity:
                standings[number, entity] = standing
            if priority in URGENT:
                rows.urgent.extend((log, priority, index))
        place = offset * MOST_PARTS
        for group, data in parts:
            rows.disclosure.extend((place, group, data))
            place += 1
        if kind in INDEXED:
            rows.indexed.append(entry)
        leaf_bytes += len(leaf or b"")
        rows.entry.extend(
            (offset, log, index, digest, leaf, number, disposition, received, content)
        )
        rows.entries.append(entry)
    for named, standing in sorted(standings.items()):  # in the table's order: each page of it once
        rows.entity.extend((*named, *standing))
    return rows._replace(leaf_bytes=leaf_bytes)
