"""Batches of serialised messages → states, merged by key. The same live and in backfill."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows

from pipelines.facts.state import Folding, merge_all, pieces_of, serialise
from pipelines.facts.taking_in import take_in
from pipelines.running.shelf import Shelf, Ticket
from yrd.state.v1.state_pb2 import State

FOLDED, REJECTED = "folded", "rejected"

AT_ONCE = 200_000
"""Messages that are folded before their states leave: so memory does not grow with a bundle."""

Piece = tuple[str, int]
"""Key of a state, and which piece of it: entities are shared out among pieces."""


class FoldBatches(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: lists of serialised messages. Out: ((key, piece), ticket of a state), for what they touch.

    Messages that can't be read go to the side. Folding very many before anything leaves keeps it small.
    """

    def __init__(self, shelf: Shelf, pieces: int) -> None:
        self._shelf, self._pieces = shelf, pieces

    def start_bundle(self) -> None:
        """Begins anew."""
        self._folding, self._count = Folding(), 0

    def process(self, batch: list[bytes]) -> Iterator[Any]:
        """Takes a batch in."""
        for rejected in take_in(self._folding, batch):
            yield beam.pvalue.TaggedOutput(REJECTED, rejected)
        self._count += len(batch)
        if self._count >= AT_ONCE:
            yield from self._folded()

    def finish_bundle(self) -> Iterator[Any]:
        """Gives the rest."""
        yield from map(GlobalWindows.windowed_value, self._folded())

    def _folded(self) -> list[tuple[Piece, Ticket]]:
        states = self._folding.pieces(self._pieces)
        self._folding, self._count = Folding(), 0
        names = [(key.text(), piece) for key, piece in states]
        return list(zip(names, self._shelf.put(map(serialise, states.values())), strict=True))


def in_pieces(item: tuple[str, bytes], pieces: int) -> Iterator[tuple[Piece, bytes]]:
    """A stored state (key, state) as ((key, piece), state)."""
    key, data = item
    if pieces == 1:
        yield (key, 0), data
        return
    for piece, state in pieces_of(State.FromString(data), pieces).items():
        yield (key, piece), serialise(state)


def merge_piece(item: tuple[Piece, Iterable[Ticket | bytes]], shelf: Shelf) -> tuple[str, bytes]:
    """((key, piece), all states found under it, or their tickets) as (key, one state)."""
    (key, _), states = item
    found = [s if isinstance(s, bytes) else shelf.take(s) for s in states]
    if len(found) == 1:
        return key, found[0]
    return key, serialise(merge_all(State.FromString(data) for data in found))


@dataclass(eq=False)  # not frozen: Beam notes its own things on a transform
class MergeStates(beam.PTransform):  # type: ignore[misc]  # Beam has no type hints here
    """States by key, on top of the stored ones (key, bytes).

    In: batches of serialised messages. Out: merged states (key, bytes), each in as many pieces as are
    wanted at most, and rejected messages (bytes, reason).

    What was folded is merged once, in the end: a combiner would be lifted in front of the grouping, and
    read, merge and write each state three times over, where there is little left to combine.
    """

    stored: beam.PCollection
    shelf: Shelf
    pieces: int = 1

    def expand(self, batches: Any) -> Any:
        """Builds the steps."""
        fold = FoldBatches(self.shelf, self.pieces)
        folded = batches | "FoldBatches" >> beam.ParDo(fold).with_outputs(REJECTED, main=FOLDED)
        kept = self.stored | "StoredInPieces" >> beam.FlatMap(in_pieces, self.pieces)
        merged = (
            (folded[FOLDED], kept)
            | "WithStored" >> beam.Flatten()
            | "GroupStates" >> beam.GroupByKey()
            | "MergeStates" >> beam.Map(merge_piece, self.shelf)
        )
        return {"states": merged, REJECTED: folded[REJECTED]}
