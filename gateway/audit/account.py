"""One participant's account of its exchange with a peer: what it gave, and what it holds.

JSON Lines: a header with sizes, checkpoints and the peer's receipt; then, log by log, runs of entries
that went or came in the same form, each with the leaf hashes; at the end, how many there were.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError

from gateway.audit.given import Giving
from gateway.audit.reading import Row, Task, open_readonly, read_chunk
from gateway.audit.report import Progress
from gateway.config import GatewayConfig
from gateway.log.checkpoint import log_origin, witness_name
from gateway.log.merkle import leaf_hash
from gateway.sharing.decide import Decision
from gateway.store.as_file import as_file
from gateway.store.sql_read import ERASED
from yrd.exchange.v1.message_pb2 import Disposition, Leaf

FORMAT = "yrd-account/1"
STEP = 1000

WHOLE, REDACTED, WITHHELD, QUARANTINED = "whole", "redacted", "withheld", "quarantined"
_FORMS = {
    Disposition.DISPOSITION_WHOLE: WHOLE,
    Disposition.DISPOSITION_REDACTED: REDACTED,
    Disposition.DISPOSITION_WITHHELD: WITHHELD,
    Disposition.DISPOSITION_QUARANTINED: QUARANTINED,
}


class Form(NamedTuple):
    """How an entry went or came. `now`: how it would go today, where that is another way.

    `over`: groups of those erased that the holder destroyed since a clause's term was over, with the clause.
    """

    form: str
    absent: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    now: tuple[str, tuple[str, ...]] | None = None
    over: tuple[tuple[str, str], ...] = ()


class NoAccount(Exception):
    """There is nothing to account for; the text says why and what to do."""


def account(
    config: GatewayConfig, peer: str, now: datetime, progress: Progress
) -> Iterator[dict[str, Any]]:
    """The lines of an account, as JSON values.

    Raises ConfigError, NoAccount, StoreError or sqlite3.Error.
    """
    with as_file(config.store, config.data_dir) as path:
        yield from _account(path, config, peer, now, progress)


def _account(
    path: Path, config: GatewayConfig, peer: str, now: datetime, progress: Progress
) -> Iterator[dict[str, Any]]:
    if not path.exists():
        raise NoAccount(f"{path}: no store: the gateway has never run, or data_dir is wrong")
    if peer not in [known.participant for known in config.peers]:
        raise NoAccount(f"--with {peer!r}: no peer of {config.participant}; see peers in its file")
    connection = open_readonly(path)
    try:
        giving = Giving(config, peer, connection)
        heads = _heads(connection)
        own, theirs = log_origin(config.participant), log_origin(peer)
        yield {
            "account": FORMAT,
            "participant": config.participant,
            "with": peer,
            "time": now.isoformat(timespec="seconds"),
            "logs": {log: _told(heads.get(log)) for log in (own, theirs)},
            "receipt": _receipt(connection, own, peer),
        }
        for log, given in ((own, giving), (theirs, None)):
            yield from _lines(connection, log, heads.get(log), given, progress)
        sizes = {log: heads[log].size if log in heads else 0 for log in (own, theirs)}
        yield {"end": sizes}
    finally:
        connection.close()


class _Held(NamedTuple):
    number: int
    checkpoint: str
    size: int


def _heads(connection: sqlite3.Connection) -> dict[str, _Held]:
    rows = connection.execute(
        "SELECT origin, id, checkpoint, whole + redacted + withheld + quarantined FROM log"
    )
    return {row[0]: _Held(*row[1:]) for row in rows}


def _told(held: _Held | None) -> dict[str, Any]:
    size, checkpoint = (held.size, held.checkpoint) if held else (0, "")
    return {"size": size, "checkpoint": checkpoint}


def _receipt(connection: sqlite3.Connection, own: str, peer: str) -> str:
    row = connection.execute(
        "SELECT c.note FROM cosigned c JOIN log l ON l.id = c.log WHERE l.origin = ? AND c.cosigner = ?",
        (own, witness_name(peer)),
    ).fetchone()
    return str(row[0]) if row else ""


def _lines(
    connection: sqlite3.Connection,
    log: str,
    held: _Held | None,
    giving: Giving | None,
    progress: Progress,
) -> Iterator[dict[str, Any]]:
    size = held.size if held else 0
    for start in range(0, size, STEP):
        stop = min(size, start + STEP)
        task = Task(log, held.number if held else 0, giving is not None, start, stop)
        chunk = read_chunk(connection, task, {})
        over = _over(connection, task)
        forms = []
        for row in chunk.rows:
            parts = {p.group for p in chunk.parts.get(row.offset, ()) if p.data[:1] != ERASED}
            form = _form(row, parts, chunk.erased.get(row.offset, []), giving)
            if row.offset in over:
                form = form._replace(over=tuple(over[row.offset]))
            forms.append((row.idx, _hash(row), form))
        # a new run after a gap, too: an entry that is lost is not glossed over
        for _, run in groupby(enumerate(forms), lambda item: (item[1][0] - item[0], item[1][2])):
            entries = [entry for _, entry in run]
            yield _line(log, entries[0][0], entries[0][2], [digest for _, digest, _ in entries])
        progress(log, stop, size)


def _over(connection: sqlite3.Connection, task: Task) -> dict[int, list[tuple[str, str]]]:
    """By offset, the groups destroyed since a clause's term was over, each with the clause."""
    found: dict[int, list[tuple[str, str]]] = {}
    query = (
        "SELECT t.offset, t.grp, t.clause FROM entry e CROSS JOIN term_over t ON t.offset = e.offset "
        "WHERE e.log = ? AND e.idx >= ? AND e.idx < ? ORDER BY t.offset, t.grp"
    )
    for offset, group, clause in connection.execute(query, (task.log_id, task.start, task.stop)):
        found.setdefault(offset, []).append((group, clause))
    return found


def _hash(row: Row) -> bytes:
    """Of the leaf as it is, so that a damaged one differs; as it came, where only that is here."""
    return row.hash if row.leaf is None else leaf_hash(row.leaf)


def _form(row: Row, parts: set[str], erased: list[str], giving: Giving | None) -> Form:
    form = _FORMS.get(row.disposition, "unknown")  # type: ignore[call-overload]  # any number may stand there
    if row.leaf is None:
        return Form(form)
    try:
        leaf = Leaf.FromString(row.leaf)
    except DecodeError:
        return Form(form)
    groups = {digest.group for digest in leaf.disclosure_digests}
    gone = tuple(sorted(erased))
    if giving is None:
        return Form(form, tuple(sorted(groups - parts)), gone)
    given = giving(leaf)
    then, now = _given(given.then, groups, parts), _given(given.now, groups, parts)
    return Form(*then, gone, given.then.clauses, now if now != then else None)


def _given(decision: Decision, groups: set[str], parts: set[str]) -> tuple[str, tuple[str, ...]]:
    """Form and absent groups of an own entry as a decision lets it go."""
    if not decision.shared:
        return WITHHELD, ()
    absent = groups - (decision.groups & parts)
    return (REDACTED if absent else WHOLE), tuple(sorted(absent))


def _line(log: str, start: int, form: Form, hashes: list[bytes]) -> dict[str, Any]:
    line: dict[str, Any] = {"log": log, "start": start, "form": form.form}
    for name in ("absent", "erased", "clauses"):
        if getattr(form, name):
            line[name] = list(getattr(form, name))
    if form.over:
        line["term_over"] = dict(form.over)
    if form.now is not None:
        line["now"] = {"form": form.now[0], "absent": list(form.now[1])}
    line["hashes"] = [base64.b64encode(digest).decode() for digest in hashes]
    return line


def rendered(line: dict[str, Any]) -> str:
    """One line of the file."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
