"""Urgent entries of a gap that go ahead of their place, as gateway/replication/urgent.py does it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.replication.origin import BATCH
from gateway.replication.urgent import MOST_WAITING, SHARE, TURN_ENTRIES
from integration.simulate.fair import Ints

TIMES = 10
"""An entry with its proof costs so many times as much (gateway/replication/urgent.py, TURN_ENTRIES)."""


@dataclass(frozen=True, slots=True)
class Went:
    """Entries of one step and priority that went ahead on a link; both in steps."""

    link: int
    cohort: int
    priority: int
    count: int
    at: int


@dataclass(slots=True)
class Gap:
    """What waits to go ahead on one link: steps of sealing with what is left of each, newest last."""

    link: int
    begun: int
    """The step in which the link came back; what was sealed before goes before anything ordinary."""
    next: int
    """The first step that has not been looked at."""
    waiting: tuple[list[list[int]], list[list[int]]] = field(default_factory=lambda: ([], []))

    def add(self, counts: Ints) -> None:
        """Entries that the peer may see of the next steps: each of life safety, urgent."""
        for step in counts.tolist():
            for waiting, count in zip(self.waiting, step, strict=True):
                if count:
                    waiting.append([self.next, count])
            self.next += 1

    def drop_before(self, step: int) -> None:
        """Forgets what goes in its place: what came before a step."""
        for waiting in self.waiting:
            while waiting and waiting[0][0] < step:
                del waiting[0]

    def take(self, lacks: int, room: float, at: int) -> list[Went]:
        """The most urgent, the newest first: as many as there is room for and the rules let go ahead."""
        before = min(MOST_WAITING, lacks // SHARE, int(room))
        went = list(self._take(before, at, lambda cohort: cohort < self.begun))
        left = int((room - sum(w.count for w in went)) * TURN_ENTRIES / (BATCH + TURN_ENTRIES))
        return went + list(self._take(left, at, lambda cohort: cohort >= self.begun))

    def _take(self, most: int, at: int, may: Callable[[int], bool]) -> list[Went]:
        went: list[Went] = []
        for priority, waiting in enumerate(self.waiting):
            for one in [one for one in reversed(waiting) if may(one[0])]:
                some = min(most, one[1])
                if some <= 0:
                    return went
                went.append(Went(self.link, one[0], priority, some, at))
                one[1] -= some
                most -= some
                if not one[1]:
                    waiting.remove(one)
        return went
