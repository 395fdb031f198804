"""States → pictures, within the graph: what a backfill ends with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam

from pipelines.facts.scope import key_of
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import View, views
from yrd.state.v1.state_pb2 import State


def by_scope(item: tuple[str, bytes]) -> tuple[str, tuple[str, bytes]]:
    """(key, state) under its scope."""
    return key_of(item[0]).scope, item


def evaluate_scope(
    item: tuple[str, Iterable[tuple[str, bytes]]], now_us: int | None, staleness: Staleness
) -> Iterator[View]:
    """All states of a scope as its views."""
    scope, states = item
    decoded = {key_of(text): State.FromString(data) for text, data in states}
    yield from views(evaluate(scope, decoded, now_us, staleness))


@dataclass(eq=False)  # not frozen: Beam notes its own things on a transform
class EvaluateScopes(beam.PTransform):  # type: ignore[misc]  # Beam has no type hints here
    """Views by scope. In: states (key, bytes). Out: View."""

    now_us: int | None
    staleness: Staleness = field(default_factory=Staleness)

    def expand(self, states: Any) -> Any:
        """Builds the steps."""
        return (
            states
            | "ByScope" >> beam.Map(by_scope)
            | "GroupScopes" >> beam.GroupByKey()
            | "Evaluate" >> beam.FlatMap(evaluate_scope, self.now_us, self.staleness)
        )
