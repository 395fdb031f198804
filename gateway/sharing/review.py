"""Looking through agreements for what their authors did not mean. Pure: samples and the day are arguments."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from gateway.sharing.agreement import TYPES, Agreement, Clause, Loaded
from gateway.sharing.builtin import RULES
from gateway.sharing.condition import compile_condition
from gateway.sharing.contradiction import contradiction
from gateway.sharing.paths import Token, tokens
from gateway.sharing.trial import Sampled, constant, tried
from schemas.catalog import BODY_FIELDS
from yrd.options.v1 import options_pb2

SOON = timedelta(days=30)
SamplesOf = Callable[[Clause], Sequence[Sampled]]
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong (error) or perhaps not meant (warning): file, key, and what to do."""

    severity: Severity
    source: str
    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.source}: {self.key}: {self.text}"


def review(loaded: Sequence[Loaded], today: date, samples_of: SamplesOf) -> list[Finding]:
    """Everything found, agreement by agreement, then over all of them. `today` is a day in Beijing."""
    found: list[Finding] = []
    for one in loaded:
        found += _times(one, today)
        for clause in one.agreement.clauses:
            found += _clause(one, clause, samples_of)
    found += _twice(loaded)
    current = [one for one in loaded if one.agreement.valid_until >= today]
    found += _given_to_nobody(current)
    return found


def _times(one: Loaded, today: date) -> Iterator[Finding]:
    agreement = one.agreement
    if agreement.valid_until < today:
        what = (
            f"was over on {agreement.valid_until}, none of its clauses applies any more; renew it"
        )
        yield Finding("warning", one.source, "valid_until", what)
    elif agreement.valid_from > today:
        what = f"begins on {agreement.valid_from}, none of its clauses applies yet"
        yield Finding("warning", one.source, "valid_from", what)
    elif agreement.valid_until <= today + SOON:
        what = f"ends in {(agreement.valid_until - today).days} days, on {agreement.valid_until}; renew it"
        yield Finding("warning", one.source, "valid_until", what)


def _clause(one: Loaded, clause: Clause, samples_of: SamplesOf) -> Iterator[Finding]:
    key = f"clauses.{clause.id}"
    if not pairs(one.agreement, clause):
        who = ", ".join(clause.to)
        what = f"never applies: {who} is the only one that gives by it; name others"
        yield Finding("error", one.source, f"{key}.to", what)
    elif not any(pairs(one.agreement, clause, name) for name in clause.covered()):
        only = sorted({publisher(name) for name in clause.covered()} - {""})
        what = f"never applies: only {', '.join(only)} publishes these types; name it in from"
        yield Finding("error", one.source, f"{key}.from", what)
    if clause.condition is None:
        return
    if false_part(clause):
        what = "is false whatever the message says, so the clause never applies; correct it"
        yield Finding("error", one.source, f"{key}.when", what)
        return
    torn = contradiction(tokens(part) for part in conjuncts(tokens(clause.when)))
    if torn:
        what = f"never applies: it asks of {torn} what no value can be at once; correct it"
        yield Finding("error", one.source, f"{key}.when", what)
        return
    samples = samples_of(clause)
    trial = tried(clause.condition, samples)
    if trial.problem:
        yield Finding("error", one.source, f"{key}.when", trial.problem)
    elif not trial.holds:
        what = f"holds for none of {len(samples)} sample messages; check values and units"
        yield Finding("warning", one.source, f"{key}.when", what)


def publisher(type_name: str) -> str:
    """The only participant that may publish a type; empty if every one may."""
    options: Any = BODY_FIELDS[type_name].message_type.GetOptions()  # type: ignore[union-attr]
    return str(options.Extensions[options_pb2.publisher])


def pairs(agreement: Agreement, clause: Clause, type_name: str = "") -> set[tuple[str, str]]:
    """Who gives to whom by a clause; of one type, only those who may publish it."""
    only = publisher(type_name) if type_name else ""
    return {
        (giver, to)
        for giver in clause.givers or agreement.between
        for to in clause.to
        if giver != to and only in ("", giver)
    }


def false_part(clause: Clause) -> bool:
    """Whether a condition can't hold: it is constant, or joined by && with something that is."""
    parts = conjuncts(tokens(clause.when))
    return any(
        constant(compile_condition(part, clause.covered())) is False
        for part in parts
        if part.strip()
    )


def conjuncts(read: Sequence[Token]) -> list[str]:
    """The parts that && joins at the top; the whole if anything else is there."""
    parts, depth = [""], 0
    for token in read:
        depth += (token.text in "([{") - (token.text in ")]}") if token.kind == "sign" else 0
        if not depth and token.text in ("||", "?"):
            return [" ".join(one.text for one in read)]
        if not depth and token.text == "&&":
            parts.append("")
        else:
            parts[-1] += f"{token.text} "
    return parts


def _twice(loaded: Sequence[Loaded]) -> Iterator[Finding]:
    """Clauses that add nothing to another one."""
    every = [(one, clause) for one in loaded for clause in one.agreement.clauses]
    for place, (one, clause) in enumerate(every):
        for other_place, (other, wider) in enumerate(every):
            if place == other_place or not _within(one, clause, other, wider):
                continue
            if other_place > place and _within(other, wider, one, clause):
                continue  # they say the same: the second one is told of
            what = (
                f"adds nothing to {other.agreement.id}/{wider.id}; remove it, or say what it is for"
            )
            yield Finding("warning", one.source, f"clauses.{clause.id}", what)
            break


def _within(one: Loaded, clause: Clause, other: Loaded, wider: Clause) -> bool:
    a, b = one.agreement, other.agreement
    return (
        pairs(a, clause) <= pairs(b, wider)
        and {*clause.covered()} <= {*wider.covered()}
        and {*clause.disclose} <= {*wider.disclose}
        and wider.when in ("", clause.when)
        and b.valid_from <= a.valid_from
        and a.valid_until <= b.valid_until
    )


def _given_to_nobody(loaded: Sequence[Loaded]) -> Iterator[Finding]:
    """For each giver, the types that it may publish and gives to nobody."""
    every = [(one.agreement, clause) for one in loaded for clause in one.agreement.clauses]
    for giver in sorted({party for one in loaded for party in one.agreement.between}):
        nobody = [
            name
            for name in TYPES
            if publisher(name) in ("", giver)
            and name not in RULES
            and not any(
                clause.covers(name) and any(g == giver for g, _ in pairs(agreement, clause, name))
                for agreement, clause in every
            )
        ]
        if nobody:
            yield Finding("warning", "all files", giver, f"gives nobody {', '.join(nobody)}")
