"""The states of one scope, as views read them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from pipelines.questions import Question
from pipelines.scope import Key, expired
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import CoverageState, State

Derived = TypeVar("Derived")


class Known:
    """Newest messages by body field, and coverage by participant.

    Seen at the instant `as_of_us`; at the newest that anyone told of if it is None.
    """

    def __init__(self, states: Mapping[Key, State], as_of_us: int | None = None) -> None:
        self._by_field: dict[str, list[Message]] = {}
        self._kept: dict[str, list[Message]] = {}
        self._derived: dict[str, Any] = {}
        self.coverage: dict[str, CoverageState] = {}
        self.questions: set[Question] = set()
        """What pipelines.questions.ask was told while this was evaluated."""
        for key in sorted(states):
            state = states[key]
            if state.HasField("coverage"):
                self.coverage[state.coverage.origin] = state.coverage
            self._add(state.entities.held)
        self.as_of_us = self.last_told_us() if as_of_us is None else as_of_us

    def _add(self, held: Iterable[Any]) -> None:
        for item in held:
            group = self._kept if item.slot else self._by_field
            group.setdefault(item.message.WhichOneof("body"), []).append(item.message)

    def newest(self, field: str) -> list[Message]:
        """Newest revision of each entity of a type (by its field name in Message)."""
        return self._by_field.get(field, [])

    def current(self, field: str, as_of_us: int | None = None) -> list[Message]:
        """Those of the newest revisions that are not expired at the instant.

        After its expire_time a message is of no use: it is kept, and counts as nothing that is so.
        It has still taken the place of the revisions before it.
        """
        at = self.as_of_us if as_of_us is None else as_of_us
        return [message for message in self.newest(field) if not expired(message, at)]

    def kept(self, field: str) -> list[Message]:
        """Messages of a type that later revisions must not hide."""
        return self._kept.get(field, [])

    def once(self, name: str, derive: Callable[[], Derived]) -> Derived:
        """What follows from all this, derived at the first call only."""
        if name not in self._derived:
            self._derived[name] = derive()
        derived: Derived = self._derived[name]
        return derived

    def last_told_us(self) -> int:
        """Newest instant that anyone told of."""
        return max((c.last_told_us for c in self.coverage.values()), default=0)
