"""Alarms in SQL: evidence, and what became of it."""

from collections.abc import Sequence
from typing import Any

from gateway.store.alarm_book import Evidence, KeptAlarm, Settlement
from gateway.store.port import Change
from gateway.store.sql import Queries, Sql

UNSETTLED_MOST = 50
"""Unsettled alarms kept of one kind about one log: what goes on says nothing new, and disks fill."""

_KEEP = (
    "INSERT INTO evidence (log, time, kind, detail, data) SELECT ?1, ?2, ?3, ?4, ?5 "
    "WHERE NOT EXISTS (SELECT 1 FROM evidence WHERE log = ?1 AND kind = ?3 AND data = ?5 "
    "AND id NOT IN (SELECT alarm FROM settled)) "
    "AND (SELECT count(*) FROM evidence WHERE log = ?1 AND kind = ?3 "
    f"AND id NOT IN (SELECT alarm FROM settled)) < {UNSETTLED_MOST}"
)
_ALARMS = (
    "SELECT e.id, e.log, e.time, e.kind, e.detail, {data}, s.time, s.settler, s.note "
    "FROM evidence e LEFT JOIN settled s ON s.alarm = e.id "
)


def write(connection: Sql, change: Change) -> None:
    """Keeps evidence, each unsettled piece once, and settlements, the first of each alarm."""
    connection.executemany(_KEEP, [_row(evidence) for evidence in change.evidence])
    connection.executemany(
        "INSERT INTO settled (alarm, time, settler, note) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (alarm) DO NOTHING",
        change.settled,
    )


def _row(e: Evidence) -> tuple[object, ...]:
    return e.log, e.time_us, e.kind, e.detail, e.data


def unsettled(connection: Queries) -> list[KeptAlarm]:
    """All alarms that nobody has settled, oldest first, without their data."""
    query = _ALARMS.format(data="NULL") + "WHERE s.alarm IS NULL ORDER BY e.id"
    return [_alarm(row) for row in connection.execute(query)]


def alarms(connection: Queries, after: int, limit: int) -> list[KeptAlarm]:
    """Up to `limit` alarms with a higher number than `after`, oldest first, with their data."""
    query = _ALARMS.format(data="e.data") + "WHERE e.id > ? ORDER BY e.id LIMIT ?"
    return [_alarm(row) for row in connection.execute(query, (after, limit))]


def _alarm(row: Sequence[Any]) -> KeptAlarm:
    number, log, noticed_us, kind, detail, data, time_us, settler, note = row
    settlement = None if time_us is None else Settlement(number, time_us, settler, note)
    return KeptAlarm(number, log, noticed_us, kind, detail, data or b"", settlement)
