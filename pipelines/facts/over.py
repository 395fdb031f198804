"""From when on a message can't matter to any view, by itself: a rule that only time and the message decide.

Views leave out what is over, so dropping it changes no later view, and memory is bounded by what is active
and not by history. A table has the terms (pipelines/tables/over.tsv).
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from pipelines.facts.natural_slots import may_replace_others
from pipelines.facts.scope import micros, told_us
from pipelines.tabled import rows
from yrd.coordination.v1.coordination_pb2 import ResponseAction
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.warning.v1.warning_pb2 import WarningAction

_DAY_US = 86_400_000_000
_REPORTS_THAT_END = (ReportKind.REPORT_KIND_FINAL, ReportKind.REPORT_KIND_WITHDRAWAL)


class Term(NamedTuple):
    """Days behind the message's own instant, behind it if it ends what it tells about, and behind its expiry.

    `days_kept`: behind its own instant, in a slot of its own; None: as for the newest. None: never.
    """

    days: int | None
    days_ended: int | None
    days_expired: int | None
    days_kept: int | None


def over_us(message: Message, slot: str = "") -> int | None:
    """Microseconds since 1970 from which on it is over; None if that can't be said of it alone.

    Its own instant is when it was told: a late report of long ago still matters, and what claims to come from
    2099 doesn't stay until then. What may have replaced other warnings goes on having replaced them after its
    own end and expiry.
    """
    term = terms().get(message.WhichOneof("body") or "", _NEVER)
    header = message.header
    own = told_us(message)
    if slot and term.days_kept is not None:
        return own + term.days_kept * _DAY_US
    ends = []
    if term.days is not None:
        ends.append(own + term.days * _DAY_US)
    if may_replace_others(message):
        return min(ends, default=None)
    if term.days_ended is not None and _ends(message):
        ends.append(own + term.days_ended * _DAY_US)
    if term.days_expired is not None and header.HasField("expire_time"):
        ends.append(max(own, micros(header.expire_time)) + term.days_expired * _DAY_US)
    return min(ends, default=None)


def _ends(message: Message) -> bool:
    """Whether it says that what it tells about is over."""
    ended = _ENDED.get(message.WhichOneof("body") or "")
    return ended is not None and ended(message)


_ENDED: dict[str, Callable[[Message], bool]] = {
    "incident_report": lambda m: m.incident_report.kind in _REPORTS_THAT_END,
    "early_warning": lambda m: m.early_warning.action == WarningAction.WARNING_ACTION_CANCEL,
    "response_activation": lambda m: (
        m.response_activation.action == ResponseAction.RESPONSE_ACTION_END
    ),
    "control_measure": lambda m: m.control_measure.lifted,
    "hazmat_alert": lambda m: m.hazmat_alert.closed,
}
_NEVER = Term(None, None, None, None)


@cache
def terms() -> dict[str, Term]:
    """Body field → its term."""
    return {r["field"]: Term(*(_days(r[column]) for column in Term._fields)) for r in rows("over")}


def _days(text: str) -> int | None:
    return int(text) if text else None
