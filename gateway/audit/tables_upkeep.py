"""Checks of the tables that retention keeps."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from gateway.audit.context import Context
from gateway.audit.given import activations_in
from gateway.retention.clauses import Kept, kept
from gateway.sharing.decide import Timeline
from gateway.store.upkeep import provision_digest

NOTICE, CONFIRMATION = "yrd.governance.v1.ErasureNotice", "yrd.governance.v1.ErasureConfirmation"
DAY_US = 86_400_000_000


def _entry_problem(context: Context, offset: object, kind: str, log: str = "") -> str:
    """Why the entry at an offset is not of that type and log; empty if it is."""
    query = "SELECT log, type FROM entry WHERE offset = ?"
    row = context.connection.execute(query, (offset,)).fetchone()
    if row is None:
        return f"there is no entry at {offset}"
    if context.types.get(row[1]) != kind:
        return f"the entry at {offset} is a {context.types.get(row[1])}, not a {kind}"
    if log and row[0] != context.ids.get(log):
        return f"the entry at {offset} is not in {log}"
    return ""


def _duty(context: Context) -> Iterator[str]:
    for (offset,) in context.connection.execute("SELECT offset FROM duty"):
        problem = _entry_problem(context, offset, NOTICE)
        if problem:
            yield f"duty: {problem}"


def _term_over(context: Context) -> Iterator[str]:
    """Each is judged anew: by what the origin's log says of its agreements, the term was over."""

    @cache
    def timeline(log: str) -> Timeline:
        return Timeline(log.removeprefix("yrd/"), activations_in(context.connection, log))

    rows = context.connection.execute(
        "SELECT t.offset, t.grp, t.clause, r.time, r.notice, e.log, e.idx, e.leaf FROM term_over t "
        "LEFT JOIN erased r ON r.offset = t.offset AND r.grp = t.grp "
        "LEFT JOIN entry e ON e.offset = t.offset"
    )
    for offset, group, clause, time, notice, number, index, leaf in rows:
        log = context.log_name(number)
        problem = "no erasure is noted" if time is None else _own_or_gone(context, log, leaf)
        if not problem:
            by = kept(timeline(log), index, leaf, group, context.keys.participant)
            problem = _other_term(by, clause, notice, time)
        if problem:
            yield f"term_over: group {group!r} of the entry at {offset}: {problem}"


def _own_or_gone(context: Context, log: str, leaf: object) -> str:
    if log == context.own:
        return "it is our own, of which no clause is about how long we keep it"
    return "" if isinstance(leaf, bytes) else "its leaf is not here"


def _other_term(by: Kept | None, clause: str, notice: object, time: Any) -> str:
    if by is None:
        return f"{clause} does not end how long it may be kept"
    if (by.clause, by.activation) != (clause, notice):
        return f"not {clause} but {by.clause} lets it be kept longest, or by another activation"
    return "" if by.over_us <= time else f"it was destroyed before the term of {clause} was over"


def _provision(context: Context) -> Iterator[str]:
    size = sum(context.heads[context.own].counts) if context.own in context.heads else 0
    before: tuple[str, int] = ("", 0)
    rows = context.connection.execute("SELECT * FROM provision ORDER BY peer, start")
    for peer, start, stop, first, last, agreements, digest in rows:
        where = f"provision to {peer} from {start}"
        if not context.keys.named(f"yrd/{peer}"):
            yield f"{where}: no such peer"
        if before[0] == peer and before[1] != start:
            yield f"{where}: the one before ends at {before[1]}"
        if not 0 <= start < stop <= size + context.grown:
            yield f"{where}: ends at {stop}, of {size} entries"
        if not 0 < first <= last < context.now_us + DAY_US:
            yield f"{where}: was not given from {first} to {last}"
        if digest != provision_digest(peer, start, stop, first, last, agreements):
            yield f"{where}: does not have its digest"
        before = (peer, stop)


def _incident(context: Context) -> Iterator[str]:
    known = set(context.ids.values())
    rows = context.connection.execute("SELECT entity_id, log, revision, ended, time FROM incident")
    for entity, log, revision, ended, time in rows:
        where = f"incident {entity}"
        if log not in known:
            yield f"{where}: is of log {log}, which has no name"
        if not isinstance(revision, int) or revision < 0 or ended not in (0, 1):
            yield f"{where}: revision {revision}, ended {ended}"
        if not isinstance(time, int) or not 0 <= time < context.now_us + 400 * DAY_US:
            yield f"{where}: was not reported at {time}"


def _notice(context: Context) -> Iterator[str]:
    named = "SELECT 1 FROM naming WHERE message_id = ? AND offset = ?"
    for message_id, offset in context.connection.execute("SELECT * FROM notice"):
        problem = _entry_problem(context, offset, NOTICE, context.own)
        if not problem and not context.connection.execute(named, (message_id, offset)).fetchone():
            problem = f"the entry at {offset} has another message_id"
        if problem:
            yield f"notice {bytes(message_id).hex()}: {problem}"


def _confirmation(context: Context) -> Iterator[str]:
    known = {row[0] for row in context.connection.execute("SELECT message_id FROM notice")}
    for notice, peer, offset in context.connection.execute("SELECT * FROM confirmation"):
        problem = _entry_problem(context, offset, CONFIRMATION, f"yrd/{peer}")
        if notice not in known:
            problem = "of a notice that is not there"
        if problem:
            yield f"confirmation by {peer}: {problem}"


UPKEEP: Mapping[str, Callable[[Context], Iterator[str]]] = {
    "term_over": _term_over,
    "duty": _duty,
    "provision": _provision,
    "incident": _incident,
    "notice": _notice,
    "confirmation": _confirmation,
}
