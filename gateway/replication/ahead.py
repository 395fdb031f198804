"""Urgent entries that a peer sends ahead of their place: checked by inclusion proof, and stored.

They are delivered at once. When the gap in front of them is filled, the batch that fills it must
have the same entries in their places; they are counted then, and neither stored nor delivered again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway.log.merkle import leaf_hash, verify_inclusion
from gateway.replication.mirror import Mirror, MirroredEntry
from gateway.store.port import Early, EarlyProof, Entry, Evidence, Head, NewEntry
from gateway.store.round import Round
from yrd.exchange.v1.message_pb2 import SealedEntry, UrgentBatch, UrgentEntry

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
    """Checks an urgent batch. Pure. Raises LogInconsistent; none of it is to be kept then."""
    if batch.log_origin != mirror.log:
        raise mirror.refuse(f"urgent entries of {batch.log_origin!r}", head.size)
    checkpoint, _ = mirror.checkpoint(batch.checkpoint, head.size)
    if checkpoint.origin != mirror.log or checkpoint.size < head.size:
        raise mirror.refuse(
            f"urgent entries under a checkpoint of {checkpoint.origin!r} at {checkpoint.size}, "
            f"where {head.size} entries are held",
            head.size,
        )
    if checkpoint.size == head.size and checkpoint.root != head.frontier.root():
        raise mirror.refuse(f"another tree of size {head.size}: the log was forked", head.size)
    entries = []
    for sent in batch.entries:
        index, digest = sent.index, leaf_hash(sent.entry.leaf)
        place = index, checkpoint.size
        proved = verify_inclusion(digest, *place, sent.inclusion_proof, checkpoint.root)
        if not (proved and sent.entry.leaf and index <= LARGEST_INDEX):
            raise mirror.refuse(
                f"urgent entry {index} is not proved to be in the tree of size {checkpoint.size}",
                min(index, LARGEST_INDEX),
            )
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
            placed = self._placed(fresh.values(), round_.last_offset + 1, round_.now_us)
            round_.put_ahead(log, list(placed), proofs)
        return None

    def _placed(self, fresh: Iterable[EarlyEntry], offset: int, now_us: int) -> Iterator[NewEntry]:
        log = self.batch.log
        for i, (index, entry, _) in enumerate(fresh):
            digest, leaf, kind, disposition, parts, naming = entry
            received = (disposition, now_us, parts)
            yield Entry(offset + i, log, index, digest, leaf, kind, *received), naming


@dataclass(frozen=True, slots=True)
class ForkJob:
    """Keeps both sides of a fork: what came ahead with its proof, and `data`, which contradicts it."""

    log: str
    index: int
    detail: str
    data: bytes
    lazy: bool = False
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Adds the evidence."""
        early = round_.early(self.log, self.index, self.index + 1).get(self.index)
        sides = [self.data]
        if early is not None:
            sides.insert(0, _proved(self.log, self.index, early).SerializeToString())
        round_.change.evidence += [
            Evidence(self.log, round_.now_us, "fork", self.detail, side) for side in sides
        ]


def _proved(log: str, index: int, early: Early) -> UrgentBatch:
    """The entry's hash with its proof, as it was sent; the content stays in the store."""
    path = early.proof.path
    hashes = [path[at : at + _HASH_BYTES] for at in range(0, len(path), _HASH_BYTES)]
    entry = SealedEntry(leaf_hash=early.hash)
    proof = UrgentEntry(index=index, entry=entry, inclusion_proof=hashes)
    return UrgentBatch(log_origin=log, entries=[proof], checkpoint=early.proof.checkpoint)
