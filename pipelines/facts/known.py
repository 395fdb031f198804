"""The facts of one scope at an instant, as views read them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pipelines.facts.facts import Facts
from pipelines.facts.questions import Question
from pipelines.facts.scope import Key, expired
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import CoverageState, State

Derived = TypeVar("Derived")


class Known:
    """Newest messages by body field, and coverage by participant.

    Seen at the instant `as_of_us`; at the newest that anyone told of if it is None. `memo` is what views
    keep from one evaluation to the next: it never changes what they say, only what it costs.
    """

    def __init__(
        self,
        facts: Facts | Mapping[Key, State],
        as_of_us: int | None = None,
        memo: dict[str, Any] | None = None,
    ) -> None:
        self._facts = facts if isinstance(facts, Facts) else Facts(facts)
        self._derived: dict[str, Any] = {}
        self.memo: dict[str, Any] = {} if memo is None else memo
        self.questions: set[Question] = set()
        """What pipelines.questions.ask was told while this was evaluated."""
        self.as_of_us = self.last_told_us() if as_of_us is None else as_of_us
        self._facts.compact(self.as_of_us)

    @property
    def coverage(self) -> Mapping[str, CoverageState]:
        """What was seen of each participant's log."""
        return self._facts.coverage

    def newest(self, field: str) -> list[Message]:
        """Newest revision of each entity of a type (by its field name in Message)."""
        return self._facts.newest(field)

    def current(self, field: str, as_of_us: int | None = None) -> list[Message]:
        """Those of the newest revisions that are not expired at the instant.

        After its expire_time a message is of no use: it is kept, and counts as nothing that is so.
        It has still taken the place of the revisions before it.
        """
        at = self.as_of_us if as_of_us is None else as_of_us
        return [message for message in self.newest(field) if not expired(message, at)]

    def kept(self, field: str) -> list[Message]:
        """Messages of a type that later revisions must not hide."""
        return self._facts.kept(field)

    def once(self, name: str, derive: Callable[[], Derived]) -> Derived:
        """What follows from all this, derived at the first call only."""
        if name not in self._derived:
            self._derived[name] = derive()
        derived: Derived = self._derived[name]
        return derived

    def last_told_us(self) -> int:
        """Newest instant that anyone told of."""
        return self._facts.last_told_us()

    def digest(self) -> str:
        """Of all that the views rest on."""
        return self._facts.digest()
