"""States → pictures, within the graph: what a backfill ends with."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam

from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL, key_of
from pipelines.facts.state import COVERAGE
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import View, views
from pipelines.running.shelf import Shelf, Ticket
from yrd.state.v1.state_pb2 import State


def by_scope(item: tuple[str, bytes], shelf: Shelf) -> tuple[str, tuple[str, Ticket]]:
    """(key, state) under its scope: (scope, (key, ticket))."""
    key, state = item
    (ticket,) = shelf.put([state])
    return key_of(key).scope, (key, ticket)


def evaluate_scope(
    item: tuple[str, Iterable[tuple[str, Ticket]]],
    now_us: int | None,
    staleness: Staleness,
    shelf: Shelf,
) -> Iterator[View]:
    """All states of a scope as its views."""
    scope, states = item
    facts = _facts(list(states), now_us if scope == ACTUAL else None, shelf)
    yield from views(evaluate(scope, facts, now_us, staleness))


def _facts(states: Sequence[tuple[str, Ticket]], now_us: int | None, shelf: Shelf) -> Facts:
    """What is known at an instant; what is over then is dropped as it comes, and never all in memory.

    Coverage is taken in first: without an instant, it says what the newest is that anyone told.
    """
    facts, as_of_us = Facts(), now_us
    keys = [(key_of(text), ticket) for text, ticket in states]
    for key, ticket in sorted(keys, key=lambda item: item[0].subject != COVERAGE):
        if key.subject != COVERAGE and as_of_us is None:
            as_of_us = facts.last_told_us()
        facts.update({key: State.FromString(shelf.take(ticket))})
        if as_of_us is not None:
            facts.compact(as_of_us)
    return facts


@dataclass(eq=False)  # not frozen: Beam notes its own things on a transform
class EvaluateScopes(beam.PTransform):  # type: ignore[misc]  # Beam has no type hints here
    """Views by scope. In: states (key, bytes), in any number of pieces. Out: View."""

    shelf: Shelf
    now_us: int | None
    staleness: Staleness = field(default_factory=Staleness)

    def expand(self, states: Any) -> Any:
        """Builds the steps."""
        return (
            states
            | "ByScope" >> beam.Map(by_scope, self.shelf)
            | "GroupScopes" >> beam.GroupByKey()
            | "Evaluate" >> beam.FlatMap(evaluate_scope, self.now_us, self.staleness, self.shelf)
        )
