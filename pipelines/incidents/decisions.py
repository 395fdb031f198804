"""What people decided about pairs of incidents: that they are one event, or are not."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.incidents.figures import spoken_us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.decision_pb2 import IncidentDecisionKind, IncidentReference

DUTY_ROOM = "joint"
MERGE = IncidentDecisionKind.INCIDENT_DECISION_KIND_MERGE
_RECENT_US = 30 * 86_400_000_000
SPLIT = IncidentDecisionKind.INCIDENT_DECISION_KIND_SPLIT

Reported = tuple[str, str]
"""Entity id of an incident and the participant that reports it."""

Pair = tuple[Reported, Reported]
"""Two different incidents, the one with the smaller entity id first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What counts of all that was decided about a pair."""

    pair: Pair
    message: Message

    @property
    def split(self) -> bool:
        """They are different events."""
        return self.message.incident_decision.kind == SPLIT

    @property
    def author(self) -> str:
        """Participant that decided."""
        return self.message.stamp.origin


def reported(message: Message) -> Reported:
    """The incident of a report."""
    return message.header.entity_id, message.stamp.origin


def is_recent(known: Known, message: Message) -> bool:
    """Whether what it refers to must be known here still; what is long over is not."""
    return spoken_us(message) > known.as_of_us - _RECENT_US


def verdicts(known: Known) -> list[Verdict]:
    """One for each pair that a decision in force is about, by pair.

    The duty room's counts before a province's, then a split before a merge, then the newest. Decisions
    that can't be, and such as disagree, become questions.
    """
    return known.once("verdicts", lambda: _verdicts(known))


def _verdicts(known: Known) -> list[Verdict]:
    said: dict[Pair, dict[str, Message]] = {}
    for message in known.current("incident_decision"):
        for pair in _pairs(known, message):
            by_author = said.setdefault(pair, {})
            earlier = by_author.get(message.stamp.origin)
            if earlier is None or _place_in_log(earlier) < _place_in_log(message):
                by_author[message.stamp.origin] = message
    return [Verdict(pair, _choose(known, said[pair])) for pair in sorted(said)]


def _pairs(known: Known, message: Message) -> set[Pair]:
    """Pairs that one decision is about."""
    decision = message.incident_decision
    if decision.kind not in (MERGE, SPLIT):
        return set()
    here = _named(decision.incident)
    if message.stamp.origin not in (DUTY_ROOM, decision.incident.participant):
        ask(known, about(message, "decision_not_own", "incident_decision.incident", *_NOT_OWN))
        return set()
    others = {_named(other) for other in decision.others}
    if here in others:
        ask(known, about(message, "decision_on_itself", "incident_decision.others", *_ITSELF))
    _ask_for_unknown(known, message, {here, *others})
    return {(min(here, other), max(here, other)) for other in others if other != here}


def _named(reference: IncidentReference) -> Reported:
    return reference.entity_id, reference.participant


def _ask_for_unknown(known: Known, message: Message, named: set[Reported]) -> None:
    told = known.once("reported incidents", lambda: _all_reported(known))
    for entity_id, participant in sorted(named - told if is_recent(known, message) else ()):
        zh = f"决定所指事件 {participant} {entity_id} 在此未知"
        en = f"the decision is about {entity_id} of {participant}, which is not known here"
        ask(known, about(message, "decision_on_unknown", "incident_decision", zh, en))


def _all_reported(known: Known) -> frozenset[Reported]:
    return frozenset(reported(message) for message in known.newest("incident_report"))


def _place_in_log(message: Message) -> tuple[int, str]:
    """One author's decisions in the order in which it took them."""
    return message.stamp.sequence, message.header.message_id


def _choose(known: Known, by_author: dict[str, Message]) -> Message:
    if DUTY_ROOM in by_author:
        return by_author[DUTY_ROOM]
    splits = [m for m in by_author.values() if m.incident_decision.kind == SPLIT]
    if not splits:
        return _newest(by_author.values())
    split = _newest(splits)
    for message in by_author.values():
        if message.incident_decision.kind == MERGE:
            zh = f"{split.stamp.origin} 决定拆分，与合并决定不一致，暂按拆分，请联合值班室裁定"
            en = f"{split.stamp.origin} splits what this merges; it stays split until the duty room decides"
            ask(known, about(message, "decisions_differ", "incident_decision.kind", zh, en))
    return split


def _newest(messages: Iterable[Message]) -> Message:
    return max(messages, key=lambda m: (spoken_us(m), m.header.message_id))


_NOT_OWN = (
    "省级只能就本省报送的事件作合并、拆分决定",
    "a province decides on incidents of its own only",
)
_ITSELF = ("事件与自身合并或拆分", "an incident is merged with itself, or split from itself")
