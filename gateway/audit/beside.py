"""Tables that stand beside the entries and are made from them, checked range by range.

Each check looks up what the entries of a range must have there, and tallies how many rows that are,
so that a row too many is found at the end (gateway/audit/tables.py).
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import NamedTuple

from google.protobuf.message import DecodeError

from gateway.audit.drafts import possible_states
from gateway.audit.facts import Facts
from gateway.audit.reading import Checked, Task
from gateway.store.sql_about import OBJECTION
from gateway.store.sql_activation import ACTIVATION
from gateway.store.sql_ahead import URGENT
from schemas.message_ids import as_bytes
from yrd.coordination.v1.dialogue_pb2 import Objection

BesideCheck = Callable[[sqlite3.Connection, Task, Sequence[Facts], Checked], None]
MARKS = 500


def check_naming(
    connection: sqlite3.Connection, task: Task, facts: Sequence[Facts], checked: Checked
) -> None:
    """Each entry whose type is known can be found by its message_id."""
    wanted = {f.row.offset: f for f in facts if f.message_id and f.row.type}
    checked.tally["naming"] += len(wanted)
    ids = [f.message_id for f in wanted.values()]
    found: set[tuple[int, bytes]] = set()
    for start in range(0, len(ids), MARKS):
        some = ids[start : start + MARKS]
        found.update(
            connection.execute(
                "SELECT offset, message_id FROM naming WHERE message_id IN "
                f"({','.join('?' * len(some))}) AND log = ?",
                (*some, task.log_id),
            )
        )
    for offset, one in wanted.items():
        if (offset, one.message_id) not in found:
            checked.problems.append(
                f"{task.log}: entry {one.row.idx}: can't be found by its message_id"
            )


class _Standing(NamedTuple):
    revision: int
    state: str


def check_entity(
    connection: sqlite3.Connection, task: Task, facts: Sequence[Facts], checked: Checked
) -> None:
    """Each own entity stands at its newest revision, in a state to which that message can lead."""
    if not task.own:
        return
    known = _standings(connection, facts)
    for one in facts:
        if not one.entity_id or not one.row.type:
            continue
        standing = known.get((one.row.type, one.entity_id))
        where = f"{task.log}: entry {one.row.idx}: entity {one.entity_id}"
        if standing is None or standing.revision < one.revision:
            told = "is not known" if standing is None else f"stands at {standing.revision}"
            checked.problems.append(f"{where}: revision {one.revision} {told}")
        elif standing.revision == one.revision:
            checked.tally["entity"] += 1
            unknown = task.lossy and standing.state == ""
            if not unknown and standing.state not in possible_states(one):
                checked.problems.append(
                    f"{where}: state {standing.state!r} does not follow from its newest message"
                )


def _standings(
    connection: sqlite3.Connection, facts: Sequence[Facts]
) -> dict[tuple[int, str], _Standing]:
    wanted: dict[int, set[str]] = {}
    for one in facts:
        wanted.setdefault(one.row.type, set()).add(one.entity_id)
    found: dict[tuple[int, str], _Standing] = {}
    for number, entities in wanted.items():
        ids = list(entities)
        for start in range(0, len(ids), MARKS):
            some = ids[start : start + MARKS]
            rows = connection.execute(
                "SELECT entity_id, revision, state FROM entity WHERE type = ? AND entity_id IN "
                f"({','.join('?' * len(some))})",
                (number, *some),
            )
            found.update({(number, row[0]): _Standing(row[1], row[2]) for row in rows})
    return found


def check_urgent(
    connection: sqlite3.Connection, task: Task, facts: Sequence[Facts], checked: Checked
) -> None:
    """Each own entry that may go ahead of others is listed."""
    if not task.own:
        return
    wanted = {(f.priority, f.row.idx) for f in facts if f.priority in URGENT and f.row.type}
    checked.tally["urgent"] += len(wanted)
    rows = (
        "SELECT priority, idx FROM urgent WHERE log = ? AND priority = ? AND idx >= ? AND idx < ?"
    )
    found: set[tuple[int, int]] = set()
    for priority in URGENT if wanted else ():
        found.update(connection.execute(rows, (task.log_id, priority, task.start, task.stop)))
    for missing in sorted(wanted - found):
        checked.problems.append(
            f"{task.log}: entry {missing[1]}: is not listed among those of priority {missing[0]}"
        )


def check_about(
    connection: sqlite3.Connection, task: Task, facts: Sequence[Facts], checked: Checked
) -> None:
    """Each objection can be found by the message that it objects to."""
    for one in facts:
        if one.type != OBJECTION or not one.row.type:
            continue
        try:
            message_id = as_bytes(Objection.FromString(one.core).message_id)
        except (DecodeError, ValueError):
            continue
        checked.tally["about"] += 1
        row = "SELECT 1 FROM about WHERE message_id = ? AND offset = ?"
        if connection.execute(row, (message_id, one.row.offset)).fetchone() is None:
            what = "can't be found by the message that it objects to"
            checked.problems.append(f"{task.log}: entry {one.row.idx}: {what}")


def check_activation(
    connection: sqlite3.Connection, task: Task, facts: Sequence[Facts], checked: Checked
) -> None:
    """Each activation is listed: a gateway learns from there what is in force in a log."""
    for one in facts:
        if one.type != ACTIVATION or not one.row.type:
            continue
        checked.tally["activation"] += 1
        row = "SELECT 1 FROM activation WHERE log = ? AND idx = ? AND offset = ?"
        place = task.log_id, one.row.idx, one.row.offset
        if connection.execute(row, place).fetchone() is None:
            what = "is not listed among the activations of agreements"
            checked.problems.append(f"{task.log}: entry {one.row.idx}: {what}")


BESIDE: tuple[BesideCheck, ...] = (
    check_naming,
    check_entity,
    check_urgent,
    check_about,
    check_activation,
)
"""A table that is made from entries gets a check here."""
