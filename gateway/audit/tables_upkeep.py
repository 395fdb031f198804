"""Checks of the tables that retention keeps."""

from collections.abc import Callable, Iterator, Mapping

from gateway.audit.context import Context
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
    "duty": _duty,
    "provision": _provision,
    "incident": _incident,
    "notice": _notice,
    "confirmation": _confirmation,
}
