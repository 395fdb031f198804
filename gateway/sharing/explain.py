"""Why a peer may see an entry, or why not, clause by clause. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.sharing.activation import Activation
from gateway.sharing.agreement import Agreement, Clause
from gateway.sharing.condition import Condition, reason
from gateway.sharing.content import Content
from gateway.sharing.decide import Decision, Timeline, gives, valid_on


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry and a peer: the entry's place in its log (as long as the log, for a draft), its day."""

    index: int
    type: str
    day: int
    peer: str
    content: Content


@dataclass(frozen=True, slots=True)
class ClauseVerdict:
    """One clause. `reasons` why it does not give; empty if it does. `saw`: what its condition saw."""

    clause: str
    activation_id: str
    activated_at: int
    reasons: tuple[str, ...]
    groups: tuple[str, ...] = ()
    when: str = ""
    saw: Mapping[str, Any] = field(default_factory=dict)
    retention: str = ""
    purpose: str = ""
    legal_basis: str = ""

    @property
    def gives(self) -> bool:
        """Whether the clause gives the entry to the peer."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision, and every clause in force at the entry's place, those that give first."""

    decision: Decision
    verdicts: tuple[ClauseVerdict, ...]


def explain(timeline: Timeline, asked: Asked) -> Explanation:
    """Asks every clause in force at the entry's place."""
    place = timeline.place(asked.index)
    force, now = timeline.in_force(place), timeline.in_force_now()
    decision = timeline.decide(
        asked.index, asked.type, asked.day, asked.peer, asked.content.serialised
    )
    verdicts = [
        _verdict(timeline.participant, activation, agreement, clause, asked, now)
        for activation in force.values()
        if (agreement := activation.agreement)
        for clause in agreement.clauses
    ]
    verdicts.sort(key=lambda verdict: len(verdict.reasons))
    return Explanation(decision, tuple(verdicts))


def _verdict(
    participant: str,
    activation: Activation,
    agreement: Agreement,
    clause: Clause,
    asked: Asked,
    now: Mapping[str, Activation],
) -> ClauseVerdict:
    reasons, saw = _reasons(participant, agreement, clause, asked), dict[str, Any]()
    if clause.condition is not None and clause.covers(asked.type):
        held, saw = _asked(clause.condition, asked.content)
        reasons += [held] if held else []
    if not reasons and now.get(agreement.id) is not activation:
        reasons += _since(agreement, now.get(agreement.id), participant, clause, asked)
    return ClauseVerdict(
        f"{agreement.id}/{clause.id}",
        activation.message_id,
        activation.index,
        tuple(reasons),
        tuple(sorted(clause.disclose)),
        clause.when,
        saw,
        str(clause.retention or ""),
        clause.purpose or agreement.purpose,
        clause.legal_basis or agreement.legal_basis,
    )


def _reasons(participant: str, agreement: Agreement, clause: Clause, asked: Asked) -> list[str]:
    found = []
    if not valid_on(agreement, asked.day):
        day = date.fromordinal(asked.day)
        valid = f"{agreement.valid_from} to {agreement.valid_until}"
        found.append(f"validity: it was sealed on {day}, the agreement is valid from {valid}")
    if not gives(participant, agreement, clause):
        givers = ", ".join(clause.givers or agreement.between)
        found.append(f"from: {participant} gives nothing by it, only {givers}")
    if asked.peer not in clause.to:
        found.append(f"to: it gives to {', '.join(clause.to)}, not to {asked.peer}")
    if not clause.covers(asked.type):
        found.append(f"types: it gives {', '.join(clause.types)}, not {asked.type}")
    return found


def _asked(condition: Condition, content: Content) -> tuple[str, dict[str, Any]]:
    """Why a condition does not hold, empty if it does, and what it saw."""
    try:
        saw = condition.values(content)
        held = condition.evaluate(content)
    except Exception as error:  # noqa: BLE001  # as in deciding: whatever went wrong, nothing is given
        return f"when: can't be evaluated, which counts as false: {reason(error)}", {}
    return ("" if held is True else f"when: {condition.source} is false"), saw


def _since(
    agreement: Agreement, now: Activation | None, participant: str, clause: Clause, asked: Asked
) -> Sequence[str]:
    if now is None or now.agreement is None:
        return [f"now: {agreement.id} has been withdrawn since"]
    for later in now.agreement.clauses:
        held = later.condition is None or not _asked(later.condition, asked.content)[0]
        if held and not _reasons(participant, now.agreement, later, asked):
            return []
    return [f"now: {agreement.id} was changed since by entry {now.index}, and no longer gives it"]
