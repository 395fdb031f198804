"""Urgent entries of a gap, sent to a follower ahead of their place.

Life safety goes before urgent, the newest before older ones: what was told last about a life in
danger is of most use. What is too old to find room here comes in its place.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice

from gateway.log.merkle import Tree
from gateway.store.port import Entry, OwnLog
from yrd.exchange.v1.message_pb2 import Priority, SealedEntry, UrgentBatch
from yrd.exchange.v1.service_pb2 import ReplicateResponse

BEHIND = 5000
"""Entries that a follower must lack for some to go ahead. Fewer come nearly as quickly in their place,
and where all is urgent and more than can be mirrored, sending it twice would halve the throughput.
"""
SHARE, MOST_WAITING = 10, 20_000
"""At most one in SHARE of what a follower lacks goes ahead, and never more than MOST_WAITING."""
BATCH_ENTRIES = 200
TURN_ENTRIES = 50  # in a batch that takes turns with ordinary ones: each costs ten times as much
BATCH_BYTES = 2 << 20
STEP = 20  # entries read at once: they may be large
MOST_EXAMINED = 1000  # for one batch: all may be withheld
WINDOW = 2  # batches on their way to a follower that it has not answered
PRIORITIES = (Priority.PRIORITY_LIFE_SAFETY, Priority.PRIORITY_URGENT)


@dataclass(slots=True)
class Waiting:
    """Indices of urgent entries that a follower lacks, by priority, each ascending. Pure.

    Bounded: the oldest of the lower priority give way.
    """

    most: int
    indices: dict[int, list[int]] = field(default_factory=lambda: {p: [] for p in PRIORITIES})

    def __len__(self) -> int:
        return sum(map(len, self.indices.values()))

    def add(self, priority: int, newest_first: Sequence[int]) -> None:
        """Adds entries that are newer than all of that priority here."""
        self.indices[priority] += reversed(newest_first)
        for least in reversed(PRIORITIES):
            surplus = max(0, len(self) - self.most)
            del self.indices[least][:surplus]

    def drop_below(self, sent: int) -> None:
        """Forgets those that have been sent in their place."""
        for indices in self.indices.values():
            del indices[: bisect_left(indices, sent)]

    def first(self, most: int) -> list[int]:
        """The most urgent, newest first."""
        ordered = chain.from_iterable(reversed(self.indices[p]) for p in PRIORITIES)
        return list(islice(ordered, most))

    def forget_first(self, count: int) -> None:
        """Forgets so many of those that `first` gives."""
        for priority in PRIORITIES:
            indices = self.indices[priority]
            some = min(count, len(indices))
            del indices[len(indices) - some :]
            count -= some


class Pace:
    """Batches on their way to a follower that it has not answered.

    Each has an answer of its own, in order: a receipt for what the follower holds then.
    """

    def __init__(self) -> None:
        self._unanswered: deque[int | None] = deque()  # sizes; None: an urgent batch

    def __len__(self) -> int:
        return len(self._unanswered)

    @property
    def full(self) -> bool:
        """Whether an answer must come before the next batch goes."""
        return len(self._unanswered) >= WINDOW

    def sent(self, size: int | None) -> None:
        """A batch up to that size was sent; None: an urgent one."""
        self._unanswered.append(size)

    def answered(self, size: int) -> None:
        """A receipt for that many entries has come."""
        if self._unanswered and self._unanswered[0] is None:
            self._unanswered.popleft()
            return
        while self._unanswered and (first := self._unanswered[0]) is not None and first <= size:
            self._unanswered.popleft()


class Ahead:
    """What goes ahead to one follower on one stream."""

    def __init__(
        self,
        log: str,
        store: OwnLog,
        checkpoint: Callable[[int], str],
        view: Callable[[SealedEntry, Entry], bool],
    ) -> None:
        """`view` fills in an entry as the follower may see it; False if it is withheld."""
        self._log, self._store, self._checkpoint, self._view = log, store, checkpoint, view
        self._begin(0)

    def _begin(self, looked: int) -> None:
        """Nothing waits; what lies below `looked` goes in its place."""
        self._waiting, self._looked = Waiting(0), looked
        self._before_ordinary: int | None = None
        self._ordinary_due = False

    def batch(self, sent: int, size: int) -> bytes:
        """What is to go before the entries from `sent` on, in a log of that size.

        A serialised ReplicateResponse; empty if nothing is. Reads the store.
        """
        if size - sent <= BEHIND:
            self._begin(size)
            return b""
        self._look(sent, size)
        if self._ordinary_due or not self._waiting:
            self._ordinary_due = False
            return b""
        # what was urgent in the gap goes first; what comes while it lasts takes turns with the rest
        left = self._waiting.most if self._before_ordinary is None else self._before_ordinary
        response = ReplicateResponse()
        self._fill(response.urgent, size, BATCH_ENTRIES if left > 0 else TURN_ENTRIES)
        self._before_ordinary = left - len(response.urgent.entries)
        self._ordinary_due = self._before_ordinary <= 0
        return response.SerializeToString() if response.urgent.entries else b""

    def _look(self, sent: int, size: int) -> None:
        self._waiting.drop_below(sent)
        self._waiting.most = min(MOST_WAITING, (size - sent) // SHARE)
        start = max(self._looked, sent)
        for priority in PRIORITIES if start < size else ():
            found = self._store.urgent(self._log, priority, start, size, MOST_WAITING)
            self._waiting.add(priority, found)
        self._looked = size

    def _fill(self, batch: UrgentBatch, size: int, most: int) -> None:
        batch.log_origin, batch.checkpoint = self._log, self._checkpoint(size)
        tree, room, examined = Tree(partial(self._store.tile, self._log)), BATCH_BYTES, 0
        while len(batch.entries) < most and room > 0 and examined < MOST_EXAMINED:
            indices = self._waiting.first(min(STEP, most - len(batch.entries)))
            if not indices:
                return
            held = {e.sequence: e for e in self._store.entries_at(self._log, indices)}
            done = 0
            for index in indices:
                if room <= 0:
                    break
                room -= self._add(batch, held[index], tree, size)
                done += 1
            self._waiting.forget_first(done)
            examined += done

    def _add(self, batch: UrgentBatch, entry: Entry, tree: Tree, size: int) -> int:
        """Adds the entry with its proof, unless it is withheld. Returns its size in bytes."""
        view = SealedEntry()
        if not self._view(view, entry):
            return 0
        path = tree.inclusion_proof(entry.sequence, size)
        batch.entries.add(index=entry.sequence, entry=view, inclusion_proof=path)
        return view.ByteSize()
