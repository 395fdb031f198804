"""The whole picture of one scope at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pipelines import hazmat
from pipelines.aid import lines as aid
from pipelines.aid import proposals
from pipelines.aid.mutual_aid import add_mutual_aid
from pipelines.facts import questions
from pipelines.facts.facts import Facts
from pipelines.facts.known import Known
from pipelines.facts.questions import Question
from pipelines.facts.scope import ACTUAL, Key, timestamp
from pipelines.incidents import cascades, escalations, incidents
from pipelines.incidents.listing import add_incidents
from pipelines.nature import nature, warnings
from pipelines.pictures import coverage
from pipelines.questions import checks
from pipelines.supplies import resources, supplies
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary
from yrd.state.v1.state_pb2 import State

ACTUAL_STALENESS = timedelta(minutes=10)
JOINT = "joint"
"""Scope of a summary that shows everything."""
EXERCISE_STALENESS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Staleness:
    """After how long a participant counts as silent."""

    actual: timedelta = ACTUAL_STALENESS
    exercise: timedelta = EXERCISE_STALENESS

    def of(self, scope: str) -> timedelta:
        """The limit of a scope."""
        return self.actual if scope == ACTUAL else self.exercise


@dataclass(frozen=True, slots=True)
class Picture:
    """Summary and proposals of one scope, and all questions about the data, listed or not."""

    scope: str
    summary: SituationSummary
    proposals: tuple[AidProposal, ...]
    questions: frozenset[Question] = frozenset()


def evaluate(
    scope: str,
    facts: Facts | Mapping[Key, State],
    now_us: int | None,
    staleness: Staleness,
    memo: dict[str, Any] | None = None,
) -> Picture:
    """The picture from all states of a scope. `memo`: as in Known.

    `now_us` is the instant for the actual scope. An exercise has its own time, the newest that any
    of its messages told, and so has the actual scope if there is no instant.
    """
    return evaluate_at(scope, facts, now_us if scope == ACTUAL else None, staleness, memo)


def evaluate_at(
    scope: str,
    facts: Facts | Mapping[Key, State],
    as_of_us: int | None,
    staleness: Staleness,
    memo: dict[str, Any] | None = None,
) -> Picture:
    """The picture of a scope at an instant of its own time; None: the newest that anyone told of."""
    known = Known(facts, as_of_us, memo)
    as_of_us = known.as_of_us
    digest = known.digest()
    joint = incidents.evaluate(known)
    chains = cascades.evaluate(known)
    controls = warnings.controls(known, as_of_us)
    in_force = warnings.warnings(known, as_of_us)
    watch = hazmat.evaluate(known, controls, in_force, joint)
    summary = SituationSummary(
        as_of_time=timestamp(as_of_us),
        scope=JOINT,
        coverage=coverage.evaluate(known, as_of_us, staleness.of(scope)),
        warnings=in_force,
        responses=warnings.responses(known),
        controls=controls,
        resources=resources.evaluate(known, as_of_us),
        aid=aid.evaluate(known),
        hazmat=watch.trips,
        handovers=watch.handovers,
        isolation_zones=watch.zones,
        hazmat_counts=watch.counts,
        input_digest=digest,
    )
    add_incidents(summary, joint, chains, escalations.evaluate(known))
    supplies.fill(summary, known, as_of_us, joint, chains)
    nature.add_to(summary, known, as_of_us)
    add_mutual_aid(summary, known)
    proposed = proposals.evaluate(known, as_of_us)
    checks.check(known)
    summary.questions.extend(questions.listed(known.questions))
    summary.question_counts.extend(questions.counts(known.questions))
    for proposal in proposed:
        proposal.input_digest = digest
    return Picture(scope, summary, tuple(proposed), frozenset(known.questions))
