"""Urgent entries that a peer sends ahead of their place: checked by inclusion proof, and stored.

They are delivered at once. When the gap in front of them is filled, the batch that fills it must
have the same entries in their places; they are counted then, and neither stored nor delivered again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.log.merkle import leaf_hash, verify_inclusion
from gateway.replication.framed import MirroredEntry
from gateway.replication.mirror import Mirror, duties
from gateway.store.early import Early, EarlyProof
from gateway.store.port import Entry, Head, NewEntry
from gateway.store.round import Round
from yrd.exchange.v1.message_pb2 import UrgentBatch
from yrd.exchange.v1.service_pb2 import AlarmEvidence

LARGEST_INDEX = (1 << 53) - 1
"""Of an entry that is taken; no log gets there, and every store can count so far."""
_HASH_BYTES = 32


class EarlyEntry(NamedTuple):
    """An entry and where it belongs, with the hashes of its inclusion proof joined."""

    sequence: int
    entry: MirroredEntry
    path: bytes


@dataclass(frozen=True, slots=True)
class EarlyBatch:
    """Checked entries of one log, all in the tree of the checkpoint."""

    log: str
    entries: Sequence[EarlyEntry]
    checkpoint: str


def check_ahead(mirror: Mirror, batch: UrgentBatch, head: Head) -> EarlyBatch:
    """Checks an urgent batch. Pure. Raises Wrong; none of it is to be kept then."""
    shown = batch.checkpoint
    if batch.log_origin != mirror.log:
        raise mirror.refuse("replay", f"urgent entries of {batch.log_origin!r}", head, shown)
    checkpoint, _ = mirror.checkpoint(shown, head)
    if checkpoint.origin != mirror.log or checkpoint.size < head.size:
        what = (
            f"urgent entries under a checkpoint of {checkpoint.origin!r} at {checkpoint.size}, "
            f"where {head.size} entries are held"
        )
        raise mirror.refuse("replay", what, head, shown)
    if checkpoint.size == head.size and checkpoint.root != head.frontier.root():
        what = f"another tree of size {head.size}: the log was forked"
        raise mirror.refuse("fork", what, head, shown)
    entries = []
    for sent in batch.entries:
        index, digest = sent.index, leaf_hash(sent.entry.leaf)
        place = index, checkpoint.size
        proved = verify_inclusion(digest, *place, sent.inclusion_proof, checkpoint.root)
        if not (proved and sent.entry.leaf and index <= LARGEST_INDEX):
            what = f"urgent entry {index} is not proved to be in the tree of size {checkpoint.size}"
            raise mirror.refuse("forged_checkpoint", what, head, shown)
        path = b"".join(sent.inclusion_proof)
        entries.append(EarlyEntry(index, mirror.entry(sent.entry, digest, index), path))
    return EarlyBatch(mirror.log, entries, batch.checkpoint)


@dataclass(frozen=True, slots=True)
class AheadJob:
    """Stores those entries of a checked batch that are not here yet."""

    batch: EarlyBatch
    lazy: bool = False

    @property
    def weight(self) -> int:
        """Number of entries."""
        return len(self.batch.entries)

    def stage(self, round_: Round) -> int | None:
        """Adds them. Returns the index of one that contradicts what is held; adds nothing then."""
        log, size = self.batch.log, round_.head(self.batch.log).size
        known = round_.hashes(log, [early.sequence for early in self.batch.entries])
        fresh: dict[int, EarlyEntry] = {}
        for early in self.batch.entries:
            held = known.get(early.sequence)
            if held is None and early.sequence >= size:
                held = fresh.setdefault(early.sequence, early).entry.hash
            if held not in (None, early.entry.hash):
                return early.sequence
        if fresh:
            proofs = [EarlyProof(self.batch.checkpoint, early.path) for early in fresh.values()]
            placed = list(self._placed(fresh.values(), round_.last_offset + 1, round_.now_us))
            round_.change.upkeep.duties += duties(placed)
            round_.put_ahead(log, placed, proofs)
        return None

    def _placed(self, fresh: Iterable[EarlyEntry], offset: int, now_us: int) -> Iterator[NewEntry]:
        log = self.batch.log
        for i, (index, entry, _) in enumerate(fresh):
            digest, leaf, kind, disposition, parts, naming = entry
            received = (disposition, now_us, parts)
            yield Entry(offset + i, log, index, digest, leaf, kind, *received), naming


@dataclass(frozen=True, slots=True)
class EarlyJob:
    """Looks up an entry that came ahead of its place; writes nothing."""

    log: str
    index: int
    lazy: bool = False
    weight: int = 1

    def stage(self, round_: Round) -> Early | None:
        """The entry, or None if it is in its place."""
        return round_.early(self.log, self.index, self.index + 1).get(self.index)


def proved_early(index: int, early: Early) -> AlarmEvidence:
    """The entry's hash with its proof, as it was sent; the content stays in the store."""
    path = early.proof.path
    return AlarmEvidence(
        shown_checkpoint=early.proof.checkpoint,
        index=index,
        leaf_hashes=[early.hash],
        inclusion_proof=[path[at : at + _HASH_BYTES] for at in range(0, len(path), _HASH_BYTES)],
    )
