"""Things in order that come and go: sorted when they are read, and cheap if little has changed."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing", bound=Any)


class InOrder(Generic[Thing]):
    """Things, each as often as it was added and not taken out again."""

    __slots__ = ("_gone", "_leaving", "_sorted", "_things")

    def __init__(self) -> None:
        self._things: list[Thing] = []
        self._gone: Counter[Thing] = Counter()
        self._leaving = 0
        self._sorted = True

    def add(self, thing: Thing) -> None:
        """One more."""
        self._things.append(thing)
        self._sorted = False

    def remove(self, thing: Thing) -> None:
        """One less; it must be there."""
        self._gone[thing] += 1
        self._leaving += 1
        if self._leaving > len(self._things) // 2:  # who is never read must not grow
            self._leave()

    def things(self) -> Sequence[Thing]:
        """All of them in order."""
        if self._gone:
            self._leave()
        if not self._sorted:
            self._things.sort()
            self._sorted = True
        return self._things

    def _leave(self) -> None:
        self._things = [thing for thing in self._things if not self._left(thing)]
        self._leaving = 0

    def _left(self, thing: Thing) -> bool:
        if thing not in self._gone:
            return False
        self._gone[thing] -= 1
        if not self._gone[thing]:
            del self._gone[thing]
        return True
