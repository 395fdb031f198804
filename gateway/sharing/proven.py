"""Whether activations that are proved in a log bear out what somebody says of the clauses that shared an
entry of it. Pure.

They can show that a clause came into force in front of the entry and gives it. That nothing withdrew it
in between would take every entry between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from google.protobuf.message import DecodeError

from gateway.sharing.activation import Activation
from gateway.sharing.agreement import Clause
from gateway.sharing.builtin import PREFIX
from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import Given, Kind, Timeline

Verdict = Literal["proven", "builtin", "not shown", "not readable", "contradicted"]
"""proven: by an activation. builtin: it holds without any agreement. not shown: there is no activation
of its agreement in front of the entry. not readable: there is one, without its text. contradicted: what
is in force by the activations does not give the entry, or not these groups."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a clause ("agreement/clause") that is said to have given an entry to a participant."""

    participant: str
    clause: str
    verdict: Verdict
    activation: Activation | None = None
    terms: Clause | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says: these clauses gave the entry, with these groups, to a participant."""

    participant: str
    clauses: tuple[str, ...]
    groups: frozenset[str] = frozenset()


def judge(leaf: bytes, activations: Sequence[Activation], claim: Claim) -> list[Judged]:
    """Judges each clause of a claim. `activations` are of the log of that leaf, and proved."""
    content = Content(leaf)
    try:
        return _judged(content, sorted(activations, key=lambda one: one.index), claim)
    except (DecodeError, ValueError, OverflowError):  # nobody can decide on such a leaf
        return [Judged(claim.participant, name, "contradicted") for name in claim.clauses]


def _judged(content: Content, activations: Sequence[Activation], claim: Claim) -> list[Judged]:
    stamp = content.leaf.stamp
    timeline = Timeline(stamp.origin, activations)
    place, day = timeline.place(stamp.sequence), day_number(stamp.sealed_time.ToMicroseconds())
    answer = timeline.answer(Kind(place, content.leaf.type, day), claim.participant)
    others = claim.participant != stamp.origin  # nobody gives to himself, whatever a clause names
    given = {one.name: one for one in answer.then if others and one.holds(content)}
    force = timeline.in_force(place)
    found = []
    for name in claim.clauses:
        agreement, _, clause = name.partition("/")
        activation = force.get(agreement)
        verdict = _verdict(name, given, activation)
        terms = _terms(activation, clause) if verdict == "proven" else None
        found.append(Judged(claim.participant, name, verdict, activation, terms))
    if _beyond(claim, given, found):
        return [
            Judged(one.participant, one.clause, "contradicted", one.activation) for one in found
        ]
    return found


def _verdict(name: str, given: dict[str, Given], activation: Activation | None) -> Verdict:
    if name in given:
        return "builtin" if name.startswith(PREFIX) else "proven"
    if name.startswith(PREFIX):
        return "contradicted"
    if activation is None:
        return "not shown"
    return "not readable" if activation.agreement is None else "contradicted"


def _beyond(claim: Claim, given: dict[str, Given], found: Sequence[Judged]) -> bool:
    """Whether more groups are claimed than the clauses give; unknown while one of them can't be read."""
    if not found or any(one.verdict in ("not shown", "not readable") for one in found):
        return False
    named = [given[name].groups for name in claim.clauses if name in given]
    return not claim.groups <= frozenset[str]().union(*named)


def _terms(activation: Activation | None, clause: str) -> Clause | None:
    agreement = activation.agreement if activation else None
    return next((c for c in agreement.clauses if c.id == clause), None) if agreement else None
