"""The graph: batches of messages → states → pictures. The same live and in backfill."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows
from google.protobuf.message import DecodeError

from pipelines.facts.scope import key_of
from pipelines.facts.state import Folding, fold, merge_all, serialise
from pipelines.pictures.picture import Staleness, evaluate
from pipelines.pictures.results import View, views
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

GOOD, REJECTED = "good", "rejected"


def decode_batch(batch: Iterable[bytes]) -> tuple[list[Message], list[tuple[bytes, str]]]:
    """Serialised messages as (good, rejected with the reason); nothing is dropped.

    Good ones have no receipt: no state has one, and here it need not be cut out of a copy.
    """
    good: list[Message] = []
    rejected: list[tuple[bytes, str]] = []
    for data in batch:
        try:
            message = Message.FromString(data)
        except DecodeError:
            rejected.append((data, "not a serialised yrd.exchange.v1.Message"))
            continue
        if message.WhichOneof("body") is None:
            rejected.append((data, "no body of a type that is known here"))
        else:
            message.ClearField("receipt")
            good.append(message)
    return good, rejected


class DecodeBatch(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: a list of serialised messages. Out: a list of messages; rejected ones on the side."""

    def process(self, batch: list[bytes]) -> Iterator[list[Message]]:
        """One output list for each batch."""
        good, rejected = decode_batch(batch)
        if good:
            yield good
        for data, reason in rejected:
            yield beam.pvalue.TaggedOutput(REJECTED, (data, reason))


def fold_batch(messages: list[Message]) -> Iterator[tuple[str, bytes]]:
    """A batch as (key, state), one for each key that it touches."""
    for key, state in fold(messages).items():
        yield key.text(), serialise(state)


class FoldBatches(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: lists of messages. Out: (key, state), one for each key that a bundle touches.

    Folding a whole bundle keeps what leaves it small, and merging cheap.
    """

    def start_bundle(self) -> None:
        """Begins anew."""
        self._folding = Folding()

    def process(self, messages: list[Message]) -> None:
        """Takes a batch in."""
        for message in messages:
            self._folding.add(message)

    def finish_bundle(self) -> Iterator[Any]:
        """Gives the states."""
        for key, state in self._folding.states().items():
            yield GlobalWindows.windowed_value((key.text(), serialise(state)))


def merge_serialised(states: Iterable[bytes]) -> bytes:
    """Merges serialised states; a combiner of Beam."""
    return serialise(merge_all(State.FromString(data) for data in states))


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
class MergeStates(beam.PTransform):  # type: ignore[misc]  # Beam has no type hints here
    """States by key, on top of the stored ones (key, bytes).

    In: batches of serialised messages. Out: merged states (key, bytes), and rejected messages
    (bytes, reason).
    """

    stored: beam.PCollection

    def expand(self, batches: Any) -> Any:
        """Builds the steps."""
        decoded = batches | "DecodeBatch" >> beam.ParDo(DecodeBatch()).with_outputs(
            REJECTED, main=GOOD
        )
        folded = decoded[GOOD] | "FoldBatches" >> beam.ParDo(FoldBatches())
        merged = (
            (folded, self.stored)
            | "WithStored" >> beam.Flatten()
            | "MergeStates" >> beam.CombinePerKey(merge_serialised)
        )
        return {"states": merged, REJECTED: decoded[REJECTED]}


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
