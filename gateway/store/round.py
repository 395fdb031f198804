"""One group commit in the making: what the jobs before in the same round have already added."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.store.port import AcceptedEntry, Change, Entry, Head, Naming, NewEntry, PublishIndex
from yrd.exchange.v1.message_pb2 import Disposition


class Round:
    """The store's state with this round's additions on top. Nothing is written before the commit.

    A job that may still fail must not have added anything: decide first, then add.
    """

    def __init__(
        self, heads: dict[str, Head], last_offset: int, now_us: int, index: PublishIndex
    ) -> None:
        self.now_us = now_us
        self.change = Change()
        self._heads = heads
        self._last_offset = last_offset
        self._index = index
        self._accepted: dict[tuple[str, bytes], AcceptedEntry] = {}
        self._revisions: dict[tuple[str, str, str], int] = {}

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
        """Those of the messages that the log has."""
        known = self._index.accepted(log, message_ids)
        for message_id in message_ids:
            fresh = self._accepted.get((log, message_id))
            if fresh is not None:
                known[message_id] = fresh
        return known

    def revisions(
        self, log: str, entities: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str], int]:
        """Newest revision of those of the (type, entity_id) that the own log has."""
        known = self._index.revisions(log, entities)
        for key in entities:
            fresh = self._revisions.get((log, *key))
            if fresh is not None:
                known[key] = fresh
        return known

    def append(self, log: str, entries: Sequence[NewEntry]) -> None:
        """Adds entries behind a log; their offsets are given here."""
        head = self.head(log)
        grown, nodes = head.frontier.extend(entry.hash for entry, _ in entries)
        counts = list(head.counts)
        for entry, naming in entries:
            self._last_offset += 1
            placed = Entry(self._last_offset, *entry[1:])
            self.change.entries.append((placed, naming))
            counts[entry.disposition - 1] += 1
            if naming is not None:
                self._remember(log, entry, naming)
        self.change.nodes += [(log, node) for node in nodes]
        self.change.heads[log] = replace(head, frontier=grown, counts=_counts(counts))

    def _remember(self, log: str, entry: Entry, naming: Naming) -> None:
        accepted = AcceptedEntry(entry.sequence, entry.hash, entry.received_us, naming.digest)
        self._accepted[log, naming.message_id] = accepted
        if naming.entity_id:
            self._revisions[log, entry.type, naming.entity_id] = naming.revision

    def quarantine(self, entry: Entry) -> None:
        """Marks a stored entry as quarantined; to be called once for an entry."""
        head = self.head(entry.log)
        counts = list(head.counts)
        counts[entry.disposition - 1] -= 1
        counts[Disposition.DISPOSITION_QUARANTINED - 1] += 1
        self.change.quarantined.append(entry.offset)
        self.change.heads[entry.log] = replace(head, counts=_counts(counts))

    def checkpoint(self, log: str, note: str) -> None:
        """Sets the newest checkpoint of a log."""
        self.change.heads[log] = replace(self.head(log), checkpoint=note)


def _counts(counts: Sequence[int]) -> tuple[int, int, int, int]:
    whole, redacted, withheld, quarantined = counts
    return whole, redacted, withheld, quarantined
