"""SQL of retention: destroying disclosures, duties, provisions, and what was found in the logs."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from gateway.log.checkpoint import witness_name
from gateway.log.sealing import MOST_PARTS
from gateway.store.port import Entry
from gateway.store.retained import Disclosed, Ended, Provision
from gateway.store.sql import Queries, Sql
from gateway.store.sql_names import Names
from gateway.store.sql_read import ENTRIES, ERASED, entries_of
from gateway.store.upkeep import (
    Confirmed,
    Erased,
    Findings,
    Incident,
    Provided,
    Upkeep,
    provision_digest,
)
from yrd.exchange.v1.message_pb2 import Disposition

PROVISION_US = 3600 * 1_000_000
"""A provision is extended for an hour, then another begins."""

_ZEROS = "zeroblob(length({0}))"
_READABLE = f"({Disposition.DISPOSITION_WHOLE:d}, {Disposition.DISPOSITION_REDACTED:d})"


def write_upkeep(run: Sql, upkeep: Upkeep, logs: dict[str, int]) -> None:
    """Writes retention's part of a commit; to be called before the receipts are written."""
    if upkeep.erased:
        _erase(run, upkeep)
    if upkeep.duties:
        run.executemany(
            "INSERT INTO duty VALUES (?) ON CONFLICT DO NOTHING", [(o,) for o in upkeep.duties]
        )
    if upkeep.done:
        run.executemany("DELETE FROM duty WHERE offset = ?", [(o,) for o in upkeep.done])
    for provided in upkeep.provided:
        _provide(run, provided)
    if upkeep.findings:
        _find(run, upkeep.findings, logs)
    if upkeep.forgotten_us:
        run.execute("DELETE FROM provision WHERE last < ?", (upkeep.forgotten_us,))


def _erase(run: Sql, upkeep: Upkeep) -> None:
    """Zeros of the same length in the same place: no page keeps what was there.

    The draft's digest goes, too: it is unsalted, and would betray a name or number to whoever guesses.
    """
    run.executemany(
        f"UPDATE disclosure SET data = {_ZEROS.format('data')} WHERE id BETWEEN ? AND ? AND grp = ?",
        [(*_places(erased.offset), erased.group) for erased in upkeep.erased],
    )
    run.executemany(
        f"UPDATE entry SET digest = {_ZEROS.format('digest')} WHERE offset = ? AND digest <> ?",
        [(offset, b"") for offset in {erased.offset for erased in upkeep.erased}],
    )
    run.executemany(
        "UPDATE entry SET disposition = ? WHERE offset = ?",
        [(Disposition.DISPOSITION_REDACTED, offset) for offset in upkeep.redacted],
    )
    run.executemany(
        "INSERT INTO erased VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
        [e[:4] for e in upkeep.erased],
    )
    # not if a notice came first: then that is what destroyed it
    run.executemany(
        "INSERT INTO term_over SELECT offset, grp, ? FROM erased "
        "WHERE offset = ? AND grp = ? AND notice = ? ON CONFLICT DO NOTHING",
        [(e.clause, e.offset, e.group, e.notice) for e in upkeep.erased if e.clause],
    )


def _places(offset: int) -> tuple[int, int]:
    return offset * MOST_PARTS, offset * MOST_PARTS + MOST_PARTS - 1


def _provide(run: Sql, given: Provided) -> None:
    newest = run.execute(
        "SELECT start, stop, first, agreements FROM provision WHERE peer = ? "
        "ORDER BY start DESC LIMIT 1",
        (given.peer,),
    ).fetchone()
    if newest is None:
        # older rows may be gone, their term being over
        before = run.execute(
            "SELECT size FROM cosigned WHERE cosigner = ?", (witness_name(given.peer),)
        ).fetchone()
        newest = (-1, before[0] if before else 0, 0, "")
    start, stop, first, agreements = newest
    if given.stop <= stop:
        return
    last = given.time_us
    if agreements != given.agreements or last - first >= PROVISION_US:
        start, first = stop, last
    row = (given.peer, start, given.stop, first, max(first, last), given.agreements)
    run.execute(
        "INSERT INTO provision VALUES (?,?,?,?,?,?,?) ON CONFLICT (peer, start) DO UPDATE SET "
        "stop = excluded.stop, first = excluded.first, last = excluded.last, "
        "agreements = excluded.agreements, digest = excluded.digest",
        (*row, provision_digest(*row)),
    )


def _find(run: Sql, found: Findings, logs: dict[str, int]) -> None:
    newer = "excluded.revision > incident.revision"
    run.executemany(
        "INSERT INTO incident VALUES (?,?,?,?,?) ON CONFLICT (entity_id, log) DO UPDATE SET "
        f"ended = CASE WHEN {newer} THEN excluded.ended ELSE incident.ended END, "
        f"revision = {_larger('incident', 'revision')}, time = {_larger('incident', 'time')}",
        [(i.entity_id, logs[i.log], i.revision, int(i.ended), i.time_us) for i in found.incidents],
    )
    run.executemany("INSERT INTO notice VALUES (?,?) ON CONFLICT DO NOTHING", found.notices)
    run.executemany(
        "INSERT INTO confirmation SELECT message_id, ?, CAST(? AS BIGINT) FROM notice "
        "WHERE message_id = ? ON CONFLICT DO NOTHING",
        [(c.peer, c.offset, c.notice) for c in found.confirmed],
    )
    run.execute(
        "INSERT INTO meta VALUES ('traced_to', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (str(found.offset),),
    )


def _larger(table: str, column: str) -> str:
    """The larger one of what is stored and what comes."""
    old, new = f"{table}.{column}", f"excluded.{column}"
    return f"CASE WHEN {new} > {old} THEN {new} ELSE {old} END"


class SqlRetained:
    """Reads for retention (gateway/store/retained.py). `reader` is the calling thread's connection."""

    def __init__(
        self,
        reader: Callable[[], Queries],
        errors: Callable[[], AbstractContextManager[None]],
        names: Callable[[], Names],
    ) -> None:
        self._reader, self._errors, self._names = reader, errors, names

    def disclosed(self, log: str, after: int, limit: int) -> list[Disclosed]:
        """Up to `limit` disclosures of a log behind a place that are not destroyed."""
        rows = self._rows(
            "SELECT d.id, e.offset, e.idx, e.type, d.grp, e.leaf FROM disclosure d "
            "CROSS JOIN entry e WHERE e.offset = d.id / 64 AND d.id > ? AND e.log = ? "
            "AND e.leaf IS NOT NULL AND substr(d.data, 1, 1) <> ? ORDER BY d.id LIMIT ?",
            (after, self._log(log), ERASED, limit),
        )
        types = self._names().type
        return [
            Disclosed(place, o, n, types[t], group, leaf) for place, o, n, t, group, leaf in rows
        ]

    def at(self, log: str, sequences: Sequence[int]) -> dict[int, Entry]:
        """Those entries of a log that are held, also ahead of their place, by sequence."""
        found: dict[int, Entry] = {}
        for sequence in sequences:
            for entry in self._entries("e.log = ? AND e.idx = ?", (self._log(log), sequence)):
                found[sequence] = entry
        return found

    def erased(self, first: int, last: int) -> dict[int, dict[str, Erased]]:
        """Groups destroyed of entries with offsets from first to last, and by what."""
        query = (
            "SELECT r.offset, r.grp, r.time, r.notice, coalesce(t.clause, '') FROM erased r "
            "LEFT JOIN term_over t ON t.offset = r.offset AND t.grp = r.grp "
            "WHERE r.offset BETWEEN ? AND ?"
        )
        found: dict[int, dict[str, Erased]] = {}
        for erased in map(Erased._make, self._rows(query, (first, last))):
            found.setdefault(erased.offset, {})[erased.group] = erased
        return found

    def ended(self) -> list[Ended]:
        """What was destroyed since a clause's term was over, oldest first."""
        logs = self._names().log
        rows = self._rows(
            "SELECT e.log, t.clause, r.notice, r.time, count(DISTINCT t.offset), count(*) "
            "FROM term_over t JOIN erased r ON r.offset = t.offset AND r.grp = t.grp "
            "JOIN entry e ON e.offset = t.offset GROUP BY 4, 1, 2, 3 "
            "ORDER BY 4, 1, 2, 3",
            (),
        )
        return [Ended(logs[log], *row) for log, *row in rows]

    def traced(self) -> int:
        """Offset up to which entries have been looked at."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'traced_to'", ())
        return int(rows[0][0]) if rows else 0

    def of_types(self, types: Sequence[str], after: int, upto: int) -> list[Entry]:
        """Readable entries of these types with offsets in (after, upto]."""
        numbers = [str(n) for n, name in self._names().type.items() if name in types]
        if not numbers:
            return []
        return self._entries(
            f"e.offset > ? AND e.offset <= ? AND e.type IN ({','.join(numbers)}) "
            f"AND e.disposition IN {_READABLE} ORDER BY e.offset",
            (after, upto),
        )

    def incidents(self, entity_ids: Sequence[str]) -> list[Incident]:
        """How these incidents stand, by every log that tells of them."""
        logs, found = self._names().log, list[Incident]()
        query = "SELECT entity_id, log, revision, ended, time FROM incident WHERE entity_id = ?"
        for entity_id in entity_ids:
            for name, log, revision, ended, time_us in self._rows(query, (entity_id,)):
                found.append(Incident(name, logs[log], revision, bool(ended), time_us))
        return found

    def notices(self) -> dict[bytes, tuple[int, tuple[Confirmed, ...]]]:
        """Own erasure notices: offset and confirmations of each, oldest first."""
        rows = self._rows("SELECT message_id, offset FROM notice ORDER BY offset", ())
        confirmed: dict[bytes, list[Confirmed]] = {}
        for row in self._rows("SELECT notice, peer, offset FROM confirmation", ()):
            confirmed.setdefault(row[0], []).append(Confirmed(*row))
        return {notice: (offset, tuple(confirmed.get(notice, ()))) for notice, offset in rows}

    def duties(self) -> list[int]:
        """Offsets of the notices to act on, oldest first."""
        return [row[0] for row in self._rows("SELECT offset FROM duty ORDER BY offset", ())]

    def provisions(self) -> list[Provision]:
        """What was given to whom and when, by peer, oldest first."""
        columns = "peer, start, stop, first, last, agreements"
        rows = self._rows(f"SELECT {columns} FROM provision ORDER BY peer, start", ())
        return [Provision(*row) for row in rows]

    def has_erased(self) -> bool:
        """Whether anything was ever destroyed here."""
        return bool(self._rows("SELECT 1 FROM erased LIMIT 1", ()))

    def _log(self, log: str) -> int:
        return next((n for n, name in self._names().log.items() if name == log), -1)

    def _rows(self, query: str, arguments: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._reader().execute(query, arguments).fetchall()

    def _entries(self, where: str, arguments: tuple[object, ...]) -> list[Entry]:
        with self._errors():
            return entries_of(self._reader(), ENTRIES + where, arguments, self._names)
