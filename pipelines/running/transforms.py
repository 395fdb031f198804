"""Batches of serialised messages → states, merged by key. The same live and in backfill."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows
from google.protobuf.message import DecodeError

from pipelines.facts.state import Folding, merge_all, serialise
from pipelines.running.shelf import Shelf, Ticket
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

FOLDED, REJECTED = "folded", "rejected"

Rejected = tuple[bytes, str]
"""What could not be read, and why."""


def take_in(folding: Folding, batch: Iterable[bytes]) -> list[Rejected]:
    """Folds serialised messages; nothing is dropped: what is not folded is given back.

    Without a receipt, a message is kept as it is here: who serialises it leaves the receipt out, and saves
    that it is cut out and serialised anew.
    """
    rejected: list[Rejected] = []
    for data in batch:
        try:
            message = Message.FromString(data)
        except DecodeError:
            rejected.append((data, "not a serialised yrd.exchange.v1.Message"))
            continue
        if message.WhichOneof("body") is None:
            rejected.append((data, "no body of a type that is known here"))
        elif message.HasField("receipt"):
            message.ClearField("receipt")
            folding.add(message)
        else:
            folding.add(message, data)
    return rejected


class FoldBatches(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: lists of serialised messages. Out: (key, ticket of a state) for each key that a bundle touches.

    Messages that can't be read go to the side. Folding a whole bundle keeps what leaves it small.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def start_bundle(self) -> None:
        """Begins anew."""
        self._folding = Folding()

    def process(self, batch: list[bytes]) -> Iterator[Any]:
        """Takes a batch in."""
        for rejected in take_in(self._folding, batch):
            yield beam.pvalue.TaggedOutput(REJECTED, rejected)

    def finish_bundle(self) -> Iterator[Any]:
        """Gives the states."""
        states, self._folding = self._folding.states(), Folding()
        while states:
            key, state = states.popitem()
            yield GlobalWindows.windowed_value((key.text(), self._shelf.put(serialise(state))))


def shelve(item: tuple[str, bytes], shelf: Shelf) -> tuple[str, Ticket]:
    """(key, state) as (key, ticket of it)."""
    key, state = item
    return key, shelf.put(state)


def merge_of_key(item: tuple[str, Iterable[Ticket]], shelf: Shelf) -> tuple[str, bytes]:
    """(key, tickets of all states found under it) as (key, one state)."""
    key, tickets = item
    found = [shelf.take(ticket) for ticket in tickets]
    if len(found) == 1:
        return key, found[0]
    return key, serialise(merge_all(State.FromString(data) for data in found))


@dataclass(eq=False)  # not frozen: Beam notes its own things on a transform
class MergeStates(beam.PTransform):  # type: ignore[misc]  # Beam has no type hints here
    """States by key, on top of the stored ones (key, bytes).

    In: batches of serialised messages. Out: merged states (key, bytes), and rejected messages
    (bytes, reason).

    What a bundle folds is merged once, in the end: a combiner would be lifted in front of the grouping,
    and read, merge and write each state three times over, where there is nothing left to combine.
    """

    stored: beam.PCollection
    shelf: Shelf

    def expand(self, batches: Any) -> Any:
        """Builds the steps."""
        folded = batches | "FoldBatches" >> beam.ParDo(FoldBatches(self.shelf)).with_outputs(
            REJECTED, main=FOLDED
        )
        kept = self.stored | "ShelveStored" >> beam.Map(shelve, self.shelf)
        merged = (
            (folded[FOLDED], kept)
            | "WithStored" >> beam.Flatten()
            | "GroupStates" >> beam.GroupByKey()
            | "MergeStates" >> beam.Map(merge_of_key, self.shelf)
        )
        return {"states": merged, REJECTED: folded[REJECTED]}
