"""Fakes of what the live loop needs: a feed, a gateway that takes results, and sudden death."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pipelines.facts.scope import Key, key_of
from pipelines.facts.state import Folding, merge_all, serialise
from pipelines.facts.taking_in import take_in
from pipelines.pictures.picture import evaluate
from pipelines.pictures.results import View, views
from pipelines.running.graph import Instant, Outcome
from pipelines.running.ports import Answer, Batch, FeedLost, Refused
from pipelines.running.store import LiveStore, Step
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.state.v1.state_pb2 import State

T = TypeVar("T")
CLOCK = datetime(2100, 1, 1, tzinfo=UTC)
"""Of the gateway: no test's present lies in its future."""


class Feed:
    """A Source: entries in a fixed order, at most `most` of them at a time.

    None stands for an entry that the subscription's filter leaves out: it moves the offset only.
    """

    def __init__(self, entries: Iterable[Message | None], most: int = 3) -> None:
        self.entries: list[Message | None] = []
        self.most = most
        self.add(*entries)

    def add(self, *entries: Message | None) -> None:
        """More entries, each under the next offset."""
        for entry in entries:
            kept = None if entry is None else Message.FromString(entry.SerializeToString())
            if kept is not None:
                kept.receipt.offset = len(self.entries) + 1
            self.entries.append(kept)

    def read(self, after_offset: int, timeout_seconds: float) -> Batch:
        """The next entries; nothing, with the same offset, at the end."""
        part = self.entries[after_offset : after_offset + self.most]
        return Batch([m for m in part if m is not None], after_offset + len(part))


@dataclass(slots=True)
class Board:
    """A Publisher that takes drafts as a gateway does.

    A repeat is answered as the first time and a revision that is not newer is stale. A breach of the
    contract, or other content under a known id, fails the test. What was taken comes back in the
    gateway's feed.
    """

    feed: Feed
    published: list[Draft] = field(default_factory=list)
    lost: int = 0
    """How many times in a row nothing can be published from now on."""
    refusing: dict[str, Refused] = field(default_factory=dict)
    """Entity ids of which nothing is taken."""

    def publish(self, drafts: Sequence[Draft]) -> list[Answer]:
        """Takes the drafts in order."""
        if self.lost:
            self.lost -= 1
            raise FeedLost("not reachable for now")
        return [self._take(draft) for draft in drafts]

    def _take(self, draft: Draft) -> Answer:
        header = draft.header
        if header.entity_id in self.refusing:
            return self.refusing[header.entity_id]
        problems = violations(draft, CLOCK)
        assert not problems, f"{header.entity_id}: {problems}"
        for known in self.published:
            if known.header.message_id == header.message_id:
                assert known == draft, f"{header.message_id} was used for other content"
                return None
        newest = max((d.header.revision for d in self.of(header.entity_id)), default=0)
        if header.revision <= newest:
            return newest
        self.published.append(Draft.FromString(draft.SerializeToString()))
        self.feed.add(_sealed(draft, len(self.published) - 1))
        return None

    def of(self, entity_id: str) -> list[Draft]:
        """What was published of an entity, oldest first."""
        return [d for d in self.published if d.header.entity_id == entity_id]

    def contents(self) -> dict[str, bytes]:
        """What was published, by message id."""
        return {
            d.header.message_id: d.SerializeToString(deterministic=True) for d in self.published
        }


def _sealed(draft: Draft, sequence: int) -> Message:
    made = Message.FromString(draft.SerializeToString())
    made.stamp.origin, made.stamp.sequence = "joint", sequence
    made.stamp.sealed_time.CopyFrom(draft.header.reported_time)
    made.receipt.received_time.CopyFrom(draft.header.reported_time)
    return made


class Killed(BaseException):
    """The process died here."""


@dataclass(slots=True)
class Fate:
    """Names each point that a run passes; the run dies at the one numbered `at`, once."""

    at: int = -1
    passed: list[str] = field(default_factory=list)

    def meet(self, point: str) -> None:
        """Passes a point, or dies there."""
        self.passed.append(point)
        if len(self.passed) - 1 == self.at:
            raise Killed(point)

    def around(self, name: str, act: Callable[[], T]) -> T:
        """An act between two points."""
        self.meet(f"before {name}")
        found = act()
        self.meet(f"after {name}")
        return found

    def amid(self, name: str, items: Iterable[T]) -> Iterator[T]:
        """Items that end with a point: death in the middle of what consumes them."""
        yield from items
        self.meet(f"amid {name}")


class MortalStore(LiveStore):
    """A store whose process may die before, after and in the middle of each transaction.

    It doesn't wait for the disk: what a process wrote outlives it, and no power is cut here.
    """

    def __init__(self, path: Path, fate: Fate) -> None:
        super().__init__(path)
        self._db.execute("PRAGMA synchronous=OFF")
        self._fate = fate

    def commit(self, step: Step) -> None:
        """Dies with the last statement still to come, or around all."""
        mortal = replace(step, rejected=self._fate.amid("commit", step.rejected))
        self._fate.around("commit", lambda: super(MortalStore, self).commit(mortal))

    def published(self, numbers: Iterable[int]) -> None:
        """Likewise."""
        mortal = self._fate.amid("taking out", numbers)
        self._fate.around("taking out", lambda: super(MortalStore, self).published(mortal))

    def reissue(self, number: int, draft: Draft, view: tuple[str, int, str]) -> None:
        """Likewise."""
        act = super().reissue
        self._fate.around("reissue", lambda: act(number, draft, view))


@dataclass(slots=True)
class MortalBoard:
    """The way to a board: death before, after, or with half of the drafts delivered."""

    board: Board
    fate: Fate

    def publish(self, drafts: Sequence[Draft]) -> list[Answer]:
        """Publishes one by one."""
        self.fate.meet("before publish")
        answers: list[Answer] = []
        for draft in drafts:
            answers += self.board.publish([draft])
            self.fate.meet("after publish")
        return answers


def plain_graph(
    batches: Iterable[list[bytes]],
    stored: Iterable[tuple[str, bytes]],
    evaluated: Instant | None = None,
    processes: int = 1,
) -> Outcome:
    """What `pipelines.graph.run` promises, by the plain functions alone and without Beam."""
    outcome = Outcome()
    found: dict[Key, deque[State]] = {}
    for text, data in stored:
        found.setdefault(key_of(text), deque()).append(State.FromString(data))
    for batch in batches:
        folding = Folding()
        outcome.rejected += take_in(folding, batch)
        for key, state in folding.states().items():
            found.setdefault(key, deque()).append(state)
    states = {key: merge_all(parts) for key, parts in found.items()}
    outcome.states = {key.text(): serialise(state) for key, state in states.items()}
    if evaluated is not None:
        seen = _views(states, evaluated)
        outcome.views = sorted(seen, key=lambda view: view.entity_id)
    return outcome


def _views(states: Mapping[Key, State], evaluated: Instant) -> Iterator[View]:
    for scope in {key.scope for key in states}:
        mine = {key: state for key, state in states.items() if key.scope == scope}
        yield from views(evaluate(scope, mine, evaluated.now_us, evaluated.staleness))
