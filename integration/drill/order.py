"""In which order the messages of a slice of time are published.

A replay makes hours into a second, so that a request and its answer fall together. Who answers has read what
he answers: a message that names what another participant told comes in a later round than that, and only
once every gateway holds it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from integration.drill.scenario import Step


@dataclass(frozen=True, slots=True)
class Round:
    """Steps that can be published side by side. `answers`: one names what another participant told."""

    steps: tuple[Step, ...]
    answers: bool


def rounds(steps: Iterable[Step], before: Sequence[Step]) -> Iterator[Round]:
    """The steps of a slice in their order, behind those `before`; all in order of time."""
    told, current = list(before), list[Step]()
    for step in steps:
        if _names_any(step, current):
            yield _round(current, told)
            told, current = [*told, *current], []
        current.append(step)
    if current:
        yield _round(current, told)


def _round(steps: Sequence[Step], told: Sequence[Step]) -> Round:
    return Round(tuple(steps), any(_names_any(step, told) for step in steps))


def _names_any(step: Step, told: Iterable[Step]) -> bool:
    data = step.draft.SerializeToString()
    return any(
        name.encode() in data
        for other in told
        if other.participant != step.participant
        for name in (other.draft.header.entity_id, other.draft.header.message_id)
    )
