"""One group commit in the making: what the jobs before in the same round have already added."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

from gateway.errors import Unavailable
from gateway.log.checkpoint import Checkpoint, LogSigner
from gateway.log.merkle import Growth
from gateway.store.early import Early, EarlyProof
from gateway.store.port import AcceptedEntry, Change, Entry, Head, NewEntry, RoundIndex, Standing
from gateway.store.recent import RecentStandings
from gateway.store.upkeep import Erased
from yrd.exchange.v1.message_pb2 import Disposition


class Round:
    """The store's state with this round's additions on top. Nothing is written before the commit.

    A job that may still fail must not have added anything: decide first, then add.
    """

    def __init__(
        self,
        heads: dict[str, Head],
        last_offset: int,
        now_us: int,
        index: RoundIndex,
        held: Mapping[str, str] = MappingProxyType({}),
        recent: RecentStandings | None = None,
    ) -> None:
        """`held`: logs that take no entries, and why. `recent`: what the rounds before have left."""
        self.now_us = now_us
        self._held = held
        self._opening = ""
        self.change = Change()
        self._heads = heads
        self._last_offset = last_offset
        self._index = index
        self._recent = recent or RecentStandings()
        self._accepted: dict[bytes, AcceptedEntry] = {}
        self._standings: dict[tuple[str, str], Standing] = {}
        self._turned: dict[int, int] = {}
        self._early: dict[str, dict[int, Early]] = {}
        self._followers: list[Callable[[], None]] = []

    @property
    def last_offset(self) -> int:
        """Offset of the newest entry, this round's included."""
        return self._last_offset

    def heads(self) -> dict[str, Head]:
        """All logs as they stand with this round."""
        return {**self._heads, **self.change.heads}

    def head(self, log: str) -> Head:
        """A log as it stands with this round."""
        return self.change.heads.get(log) or self._heads.get(log) or Head(log)

    def accepted(self, log: str, message_ids: Sequence[bytes]) -> dict[bytes, AcceptedEntry]:
        """Those of the messages that the own log has."""
        known = self._index.accepted(log, message_ids)
        if self._accepted:
            fresh = self._accepted.keys() & frozenset(message_ids)
            known.update({message_id: self._accepted[message_id] for message_id in fresh})
        return known

    def standings(
        self, log: str, entities: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], Standing]:
        """Where those of the (type, entity_id) stand that the own log has."""
        known = self._recent.among(entities)
        if others := [entity for entity in entities if entity not in known]:
            known.update(self._index.standings(log, others))
        if self._standings:
            fresh = self._standings.keys() & frozenset(entities)
            known.update({entity: self._standings[entity] for entity in fresh})
        return known

    def remember(
        self,
        accepted: Mapping[bytes, AcceptedEntry],
        standings: Mapping[tuple[str, str], Standing],
    ) -> None:
        """Lets the jobs behind in this round know what was added to the own log."""
        self._accepted.update(accepted)
        self._standings.update(standings)

    def early(self, log: str, start: int, stop: int) -> dict[int, Early]:
        """Those of the entries [start, stop) that came ahead of their place, by index."""
        if not self.head(log).ahead:
            return {}
        known = self._index.early(log, start, stop)
        known.update({i: e for i, e in self._early.get(log, {}).items() if start <= i < stop})
        for index, early in known.items():
            turned = self._turned.get(early.offset, early.disposition)
            known[index] = early._replace(disposition=turned)
        return known

    def hashes(self, log: str, indices: Sequence[int]) -> dict[int, bytes]:
        """Leaf hashes of those of the entries that are here, but for those appended in this round."""
        known = self._index.hashes(log, indices)
        known.update({index: early.hash for index, early in self._early.get(log, {}).items()})
        return known

    @contextmanager
    def opening(self, log: str) -> Iterator[None]:
        """Lets a job add to a log that is held: what must stand in it before anything else."""
        self._opening = log
        try:
            yield
        finally:
            self._opening = ""

    def when_durable(self, follow: Callable[[], None]) -> None:
        """Calls `follow` once the round is durable, before anyone can read its entries."""
        self._followers.append(follow)

    def committed(self) -> None:
        """Tells those who wait for it that the round is durable."""
        self._recent.learn(self._standings)
        for follow in self._followers:
            follow()

    def append(
        self,
        log: str,
        entries: Sequence[NewEntry],
        growth: Growth | None = None,
        early: Mapping[int, Early] | None = None,
    ) -> None:
        """Adds entries behind a log. Their offsets go on behind last_offset.

        `growth`: the head's frontier extended by their hashes, if it has been computed already.
        `early`: those that belong among the entries and are here already; needs `growth`.
        Raises Unavailable if the log is held.
        """
        if log in self._held and log != self._opening:
            raise Unavailable(self._held[log])
        self._add(entries)
        head, early = self.head(log), early or {}
        grown, nodes = growth or head.frontier.extend([entry.hash for entry, _ in entries])
        counts = list(head.counts)
        for disposition, count in Counter([entry.disposition for entry, _ in entries]).items():
            counts[disposition - 1] += count
        for known in early.values():
            counts[known.disposition - 1] += 1
        if early:
            self.change.filled[log] = grown.size
        self.change.nodes += [(log, node) for node in nodes]
        self.change.heads[log] = replace(
            head, frontier=grown, counts=_counts(counts), ahead=head.ahead - len(early)
        )

    def put_ahead(
        self, log: str, entries: Sequence[NewEntry], proofs: Sequence[EarlyProof]
    ) -> None:
        """Adds entries that lie beyond a gap in a log; they are not counted before it is filled."""
        self._add(entries)
        held = self._early.setdefault(log, {})
        for (entry, _), proof in zip(entries, proofs, strict=True):
            held[entry.sequence] = Early(entry.offset, entry.hash, entry.disposition, proof)
            self.change.early[log, entry.sequence] = proof
        head = self.head(log)
        self.change.heads[log] = replace(head, ahead=head.ahead + len(entries))

    def _add(self, entries: Sequence[NewEntry]) -> None:
        if entries and entries[0][0].offset != self._last_offset + 1:
            raise ValueError(f"offset {entries[0][0].offset} is not behind {self._last_offset}")
        self._last_offset += len(entries)
        self.change.entries += entries

    def quarantine(self, entry: Entry) -> None:
        """Marks a stored entry as quarantined."""
        if self._turn(entry.log, entry.offset, Disposition.DISPOSITION_QUARANTINED):
            self.change.quarantined.append(entry.offset)

    def erase(self, log: str, erased: Sequence[Erased]) -> None:
        """Destroys disclosures of stored entries of one log; whole entries become redacted."""
        upkeep, redacted = self.change.upkeep, Disposition.DISPOSITION_REDACTED
        upkeep.erased += erased
        for offset in {part.offset for part in erased}:
            if self._disposition(offset) == Disposition.DISPOSITION_WHOLE:
                self._turn(log, offset, redacted)
                upkeep.redacted.append(offset)

    def _disposition(self, offset: int) -> int:
        """How a stored entry stands with this round; what its reader knew of it may be old."""
        return self._turned.get(offset) or self._index.dispositions([offset])[offset]

    def _turn(self, log: str, offset: int, disposition: int) -> bool:
        """Moves a stored entry from one count to another; False if it stands so already."""
        before, head = self._disposition(offset), self.head(log)
        if before == disposition:
            return False
        counts = list(head.counts)
        if not self._is_early(head, offset):  # those are counted when their place is reached
            counts[before - 1] -= 1
            counts[disposition - 1] += 1
        self._turned[offset] = disposition
        self.change.heads[log] = replace(head, counts=_counts(counts))
        return True

    def _is_early(self, head: Head, offset: int) -> bool:
        return bool(head.ahead) and self._index.index_at(offset) >= head.size

    def checkpoint(self, log: str, note: str) -> None:
        """Sets the newest checkpoint of a log."""
        self.change.heads[log] = replace(self.head(log), checkpoint=note)

    def sign(self, signer: LogSigner) -> None:
        """Signs one checkpoint for all that the round has added to the own log."""
        head = self.change.heads.get(signer.origin)
        if head is not None:
            checkpoint = Checkpoint(head.log, head.size, head.frontier.root())
            self.checkpoint(head.log, signer.sign(checkpoint).render())


def _counts(counts: Sequence[int]) -> tuple[int, int, int, int]:
    whole, redacted, withheld, quarantined = counts
    return whole, redacted, withheld, quarantined
