"""Two pictures of one instant: as it was known then, and as it is known now.

Between them lie the messages that came later and speak of that instant or before: late ones, corrected
ones, withdrawals. Neither picture changes what was published at the time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.facts.facts import Facts
from pipelines.facts.gathering import Gathering
from pipelines.facts.scope import ACTUAL, micros, scope_of, told_us
from pipelines.pictures.differences import Difference, differences
from pipelines.pictures.picture import Picture, Staleness, evaluate_at
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind

_MEASURED = frozenset(("observation", "vehicle_movement"))
_TAKES_BACK = frozenset((ReportKind.REPORT_KIND_CORRECTION, ReportKind.REPORT_KIND_WITHDRAWAL))


class NoSuchScope(Exception):
    """Nothing was told in the scope that was asked for; the text names those that there are."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """What was known at an instant, what is known now for it, and what differs between the two."""

    at_us: int
    scope: str
    known_then: Picture
    known_now: Picture
    differences: tuple[Difference, ...]


def received_us(message: Message) -> int:
    """When the picture could have known it, microseconds since 1970.

    That is when the gateway that archived it had it on disk; when it was sealed, where it has no receipt.
    An exercise has its own time: there it is when it was told.
    """
    if scope_of(message) != ACTUAL or not message.receipt.HasField("received_time"):
        return told_us(message)
    return micros(message.receipt.received_time)


def speaks_from_us(message: Message) -> int:
    """The instant from which on a message says how things were, microseconds since 1970.

    What was measured speaks of when it occurred. A correction or withdrawal of an incident report speaks
    of what was said before, so from when the incident occurred. Everything else speaks of how things
    stood when it was reported.
    """
    field = message.WhichOneof("body")
    takes_back = field == "incident_report" and message.incident_report.kind in _TAKES_BACK
    header = message.header
    return micros(
        header.occurred_time if takes_back or field in _MEASURED else header.reported_time
    )


def as_of(
    messages: Iterable[Message], at_us: int, scope: str = ACTUAL, staleness: Staleness | None = None
) -> AsOf:
    """Both pictures of a scope at an instant, and what differs. Messages in any order, with repeats.

    Goes through the messages once and keeps none but the newest. Raises NoSuchScope.
    """
    then, now, found = Gathering(), Gathering(), set[str]()
    for message in messages:
        its_scope = scope_of(message)
        if its_scope is not None:
            found.add(its_scope)
        if its_scope == scope:
            if received_us(message) <= at_us:
                then.add(message)
            if speaks_from_us(message) <= at_us:
                now.add(message)
    if scope not in found:
        raise NoSuchScope(
            f"scope {scope}: nothing was told in it; there is {', '.join(sorted(found)) or 'none'}"
        )
    limits = staleness or Staleness()
    before, after = (_picture(known, at_us, scope, limits) for known in (then, now))
    return AsOf(at_us, scope, before, after, tuple(differences(before, after)))


def _picture(known: Gathering, at_us: int, scope: str, staleness: Staleness) -> Picture:
    facts = Facts()
    for key, state in known.states():
        facts.update({key: state})
    return evaluate_at(scope, facts, at_us, staleness)
