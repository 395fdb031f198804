"""The whole picture of one scope at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from pipelines import aid, coverage, hazmat, incidents, proposals, questions, resources, warnings
from pipelines.known import Known
from pipelines.scope import ACTUAL, Key, timestamp
from pipelines.state import serialise
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary
from yrd.state.v1.state_pb2 import State

ACTUAL_STALENESS = timedelta(minutes=10)
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
    """Summary and proposals of one scope."""

    scope: str
    summary: SituationSummary
    proposals: tuple[AidProposal, ...]


def evaluate(
    scope: str, states: Mapping[Key, State], now_us: int | None, staleness: Staleness
) -> Picture:
    """The picture from all states of a scope.

    `now_us` is the instant for the actual scope. An exercise has its own time, the newest that any
    of its messages told, and so has the actual scope if there is no instant.
    """
    known = Known(states, now_us if scope == ACTUAL else None)
    as_of_us = known.as_of_us
    digest = input_digest(states)
    joint = incidents.evaluate(known)
    controls = warnings.controls(known, as_of_us)
    summary = SituationSummary(
        as_of_time=timestamp(as_of_us),
        scope="joint",
        coverage=coverage.evaluate(known, as_of_us, staleness.of(scope)),
        incidents=joint,
        totals=incidents.totals(joint),
        warnings=warnings.warnings(known, as_of_us),
        responses=warnings.responses(known),
        controls=controls,
        resources=resources.evaluate(known, as_of_us),
        aid=aid.evaluate(known),
        hazmat=hazmat.evaluate(known, controls),
        input_digest=digest,
    )
    proposed = proposals.evaluate(known, as_of_us)
    summary.questions.extend(questions.listed(known.questions))
    summary.question_counts.extend(questions.counts(known.questions))
    for proposal in proposed:
        proposal.input_digest = digest
    return Picture(scope, summary, tuple(proposed))


def input_digest(states: Mapping[Key, State]) -> str:
    """SHA-256 over keys and states in order; equal inputs have equal digests."""
    digest = sha256()
    for key in sorted(states):
        digest.update(key.text().encode())
        digest.update(sha256(serialise(states[key])).digest())
    return digest.hexdigest()
