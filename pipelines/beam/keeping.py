"""Keyed state by scope: what was told is merged, and at each tick of event time the news of it leave."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import apache_beam as beam
from apache_beam.coders import BytesCoder, StrUtf8Coder, TupleCoder, VarIntCoder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import (
    BagStateSpec,
    ReadModifyWriteStateSpec,
    TimerSpec,
    on_timer,
)
from apache_beam.utils.timestamp import Timestamp

from pipelines.beam.ticks import Ticks
from pipelines.facts.scope import ACTUAL, micros
from pipelines.pictures.picture import Staleness
from pipelines.questions.objection_words import Word
from pipelines.running.kept import KeptScope
from pipelines.streaming.reading import Told, said_in, states_in
from yrd.exchange.v1.message_pb2 import Message

BEHIND_US = 1_000
"""How far behind a tick its timer lies: all that was told up to the tick is there then. Kafka counts ms."""
SOME = 1_000
"""Pieces in a bag that are worth no clearing up."""

Waiting = tuple[int, str, bytes]
"""When it was told, and what (reading.Told)."""
Noted = tuple[int, str, int, str]
"""At which tick a word was noted, of which entity, and the word."""
Result = tuple[int, bytes]
"""The tick at which it is said, and the serialised draft."""


@dataclass(frozen=True, slots=True)
class Rules:
    """When pictures are made, and what of them is said."""

    ticks: Ticks
    staleness: Staleness = field(default_factory=Staleness)
    regular_us: int = 60_000_000


@dataclass(slots=True)
class _Memory:
    """A scope as a worker remembers it: the state's version, and how many pieces stand in its bags."""

    scope: KeptScope
    version: str | None
    states: int = 0
    words: int = 0


class KeepAndSay(beam.DoFn):  # type: ignore[misc]  # Beam has no type hints here
    """In: (scope, Told). Out: Result.

    What is told behind a tick waits for the next one, so that a picture does not depend on how fast what was
    read. What is kept stands in the runner's state; a worker remembers it as it was evaluated last, and
    reads it anew if the state is of another version.
    """

    WAITING = BagStateSpec("waiting", TupleCoder((VarIntCoder(), StrUtf8Coder(), BytesCoder())))
    STATES = BagStateSpec("states", TupleCoder((StrUtf8Coder(), BytesCoder())))
    WORDS = BagStateSpec(
        "words", TupleCoder((VarIntCoder(), StrUtf8Coder(), VarIntCoder(), StrUtf8Coder()))
    )
    VERSION = ReadModifyWriteStateSpec("version", StrUtf8Coder())
    NEXT = ReadModifyWriteStateSpec("next", VarIntCoder())
    TICK = TimerSpec("tick", TimeDomain.WATERMARK)

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._remembered: dict[str, _Memory] = {}

    def process(
        self,
        element: tuple[str, Told],
        told: Any = beam.DoFn.TimestampParam,
        waiting: Any = beam.DoFn.StateParam(WAITING),
        next_: Any = beam.DoFn.StateParam(NEXT),
        tick: Any = beam.DoFn.TimerParam(TICK),
    ) -> None:
        """Takes in what was told."""
        for key, data in element[1]:
            waiting.add((told.micros, key, data))
        if next_.read() is None:
            _plan(self._rules.ticks.first(), next_, tick)

    @on_timer(TICK)  # type: ignore[untyped-decorator]
    def look(
        self,
        scope: Any = beam.DoFn.KeyParam,
        fired: Any = beam.DoFn.TimestampParam,
        waiting: Any = beam.DoFn.StateParam(WAITING),
        states: Any = beam.DoFn.StateParam(STATES),
        words: Any = beam.DoFn.StateParam(WORDS),
        version: Any = beam.DoFn.StateParam(VERSION),
        next_: Any = beam.DoFn.StateParam(NEXT),
        tick: Any = beam.DoFn.TimerParam(TICK),
    ) -> Iterator[Result]:
        """Makes the picture of a tick, and plans the next one."""
        at_us = next_.read()
        if fired.micros < at_us:
            return  # an earlier tick's timer that came twice: this tick's own is still to come
        due = _due(waiting, at_us)
        if due or scope == ACTUAL:  # an exercise has its own time, which stands still without news
            memory = self._memory(scope, states, words, version)
            yield from _said(memory, at_us, due, states, words)
            memory.version = uuid4().hex
            version.write(memory.version)
            self._remembered[scope] = memory
        after = self._rules.ticks.after(at_us)
        if after is not None:
            _plan(after, next_, tick)

    def _memory(self, scope: str, states: Any, words: Any, version: Any) -> _Memory:
        # taken out while it changes: of a bundle that fails, nothing is remembered
        found = self._remembered.pop(scope, None)
        if found is not None and found.version == version.read():
            return found
        kept = KeptScope(scope, self._rules.staleness, self._rules.regular_us)
        pieces, noted = list(states.read()), sorted(words.read())
        kept.take_in(pieces)
        kept.remember({entity: (revision, text) for _, entity, revision, text in noted})
        return _Memory(kept, None, len(pieces), len(noted))


def _plan(at_us: int, next_: Any, tick: Any) -> None:
    next_.write(at_us)
    tick.set(Timestamp(micros=at_us + BEHIND_US))


def _due(waiting: Any, at_us: int) -> list[Waiting]:
    """What was told up to an instant, in a fixed order; the rest goes on waiting."""
    all_: list[Waiting] = list(waiting.read())
    due = sorted(item for item in all_ if item[0] <= at_us)
    if due:
        _replace(waiting, (item for item in all_ if item[0] > at_us))
    return due


def _said(
    memory: _Memory, at_us: int, due: Iterable[Waiting], states: Any, words: Any
) -> list[Result]:
    """Takes in what was told up to an instant, keeps it, and says what is news then."""
    scope = memory.scope
    all_ = [(key, data) for _, key, data in due]
    told = states_in(all_)
    scope.take_in(told)
    heard = scope.hear(sorted(said_in(all_), key=_when_told))
    news = scope.news(at_us)
    noted = _noted(at_us, heard | news.views)
    memory.states += len(told)
    memory.words += len(noted)
    if memory.states <= 2 * len(scope) + SOME:
        _add(states, told)
    else:
        memory.states = _replace(states, scope.states())
    if memory.words <= 2 * len(scope.words) + SOME:
        _add(words, noted)
    else:
        memory.words = _replace(words, _noted(at_us, scope.words))
    return [(at_us, draft.SerializeToString(deterministic=True)) for draft in news.drafts]


def _when_told(message: Message) -> tuple[int, int, str]:
    """An answer after what it answers, whichever records and partitions they came in."""
    header = message.header
    return micros(header.reported_time), header.revision, header.message_id


def _noted(at_us: int, words: Mapping[str, Word]) -> list[Noted]:
    return [(at_us, entity, *word) for entity, word in words.items()]


def _add(bag: Any, items: Iterable[Any]) -> int:
    """How many these are."""
    count = 0
    for count, item in enumerate(items, start=1):  # noqa: B007
        bag.add(item)
    return count


def _replace(bag: Any, items: Iterable[Any]) -> int:
    bag.clear()
    return _add(bag, items)
