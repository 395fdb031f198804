"""States of any number of messages: what is kept grows with what they tell about, not with their number."""

from collections.abc import Iterator

from pipelines.facts.scope import Key, key_of
from pipelines.facts.state import Folding, Part, merge, parts_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

AT_ONCE = 10_000
"""Messages that are folded before what they say is merged: folding keeps a little of each."""


class Gathering:
    """Takes in messages in any order, with repeats."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once, self._count = at_once, 0
        self._folding = Folding()
        self._parts: dict[Part, State] = {}

    def add(self, message: Message) -> None:
        """Takes a message in. It may change no more."""
        self._folding.add(message)
        self._count += 1
        if self._count >= self._at_once:
            self._merge()

    def _merge(self) -> None:
        for key, state in self._folding.states().items():
            for part, new in parts_of(key, state).items():
                known = self._parts.get(part)
                self._parts[part] = new if known is None else merge(known, new)
        self._folding, self._count = Folding(), 0

    def states(self) -> Iterator[tuple[Key, State]]:
        """All of it, each key in parts of one slot."""
        self._merge()
        for (key, _), state in self._parts.items():
            yield key_of(key), state
