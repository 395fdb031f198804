"""What each peer sees of a stretch of the own log; peers that see the same share one batch."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import Decision, Kind, Sharing, Timeline
from gateway.store.port import Entry

STRETCHES_KEPT = 16
ReadEntries = Callable[[int, int], Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class View:
    """What is given to a peer of a stretch, entry by entry; views with equal keys are equal."""

    key: Hashable
    given: Sequence[frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The kinds of entries in a stretch, and which entry is of which kind."""

    kinds: tuple[Kind, ...]
    kind_of: Sequence[int]


class Views:
    """Decides stretch by stretch: by kinds of entries, entry by entry only where content matters.

    `read` gives entries [start, stop) of the own log, fewer if they are large, and one at least. Used
    by one thread at a time.
    """

    def __init__(self, sharing: Sharing, read: ReadEntries) -> None:
        self._sharing, self._read = sharing, read
        self._stretches: OrderedDict[tuple[int, int], _Stretch] = OrderedDict()
        self._contents: tuple[tuple[int, int], list[Content]] = (0, 0), []

    def of(self, peer: str, start: int, stop: int) -> View:
        """What `peer` may see of entries [start, stop), or as many of them as are read at once."""
        timeline = self._sharing.timeline
        stretch = self._stretch(timeline, start, stop)
        answers = [timeline.answer(kind, peer) for kind in stretch.kinds]
        fixed = [answer.fixed for answer in answers]
        if None not in fixed:
            by_kind = tuple(decision.given for decision in fixed if decision is not None)
            return View(by_kind, [by_kind[kind] for kind in stretch.kind_of])
        given = tuple(
            (fixed[kind] or answers[kind].of(content)).given
            for kind, content in zip(stretch.kind_of, self._content(start, stop), strict=False)
        )
        return View(given, given)

    def _content(self, start: int, stop: int) -> list[Content]:
        """The content of a stretch; that of the last one is kept for the next peer."""
        if self._contents[0] != (start, stop):
            leaves = [Content(entry.leaf or b"") for entry in self._read(start, stop)]
            self._contents = (start, stop), leaves
        return self._contents[1]

    def _stretch(self, timeline: Timeline, start: int, stop: int) -> _Stretch:
        """It never changes once it is written: later activations lie behind it."""
        found = self._stretches.get((start, stop))
        if found is None:
            found = self._stretches[start, stop] = _sorted(timeline, self._read(start, stop))
            while len(self._stretches) > STRETCHES_KEPT:
                self._stretches.popitem(last=False)
        return found


def _sorted(timeline: Timeline, entries: Sequence[Entry]) -> _Stretch:
    """Entries by kind. Those of one round have one time, so most are found without reckoning."""
    numbers: dict[Kind, int] = {}
    known: dict[tuple[int, str, int], int] = {}
    first, last = (timeline.place(e.sequence) for e in (entries[0], entries[-1]))
    kind_of = []
    for entry in entries:
        place = first if first == last else timeline.place(entry.sequence)
        key = place, entry.type, entry.received_us
        number = known.get(key)
        if number is None:
            kind = Kind(place, entry.type, day_number(entry.received_us))
            number = known[key] = numbers.setdefault(kind, len(numbers))
        kind_of.append(number)
    return _Stretch(tuple(numbers), kind_of)


def decide(timeline: Timeline, entry: Entry, peer: str) -> Decision:
    """What `peer` may see of one own entry. It was received when it was sealed."""
    day = day_number(entry.received_us)
    return timeline.decide(entry.sequence, entry.type, day, peer, entry.leaf or b"")
