"""Checks what a peer sends of its log, and stores it.

Whether a message keeps the contract is not looked at here but before it is first delivered
(gateway/exchange/opening.py): it is held and counted in the tree either way, and a receipt need not
wait for it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, count, repeat

from google.protobuf.message import DecodeError

from gateway.errors import Unavailable
from gateway.log.checkpoint import Checkpoint, Witness, log_origin, verified
from gateway.log.keyring import KeyRing
from gateway.log.merkle import Frontier, Growth, leaf_hash
from gateway.log.note import Note, NoteError
from gateway.log.sealing import SealError, disclosed, read_leaf
from gateway.log.suite import Suite
from gateway.replication.framed import NOWHERE, Columns, Framed, MirroredEntry
from gateway.replication.wrong import Kind, Wrong
from gateway.store.columns import records
from gateway.store.port import Entry, Head, Naming, NewEntry
from gateway.store.round import Round
from schemas.catalog import BODY_FIELDS
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Disposition, Leaf, SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import AlarmEvidence

HASH_BYTES = 32
ERASURE_NOTICE = "yrd.governance.v1.ErasureNotice"
# looked up once: an attribute of an enum costs half a microsecond
_WHOLE, _REDACTED = Disposition.DISPOSITION_WHOLE, Disposition.DISPOSITION_REDACTED
_WITHHELD, _QUARANTINED = Disposition.DISPOSITION_WITHHELD, Disposition.DISPOSITION_QUARANTINED


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A checked batch: entries to store, and the checkpoint with our cosignature."""

    log: str
    start: int
    columns: Columns
    growth: Growth
    cosigned: str
    wrong: Wrong | None = None
    """The first entry whose stamp says that it belongs to another place, with what proves it."""
    has_notices: bool = False
    """Whether there are erasure notices among the entries, on which this gateway is to act."""

    @property
    def entries(self) -> Sequence[MirroredEntry]:
        """The entries one by one."""
        return records(MirroredEntry, *self.columns)


@dataclass(frozen=True, slots=True)
class Mirror:
    """Checks batches of one peer's log. Pure: state and time are arguments."""

    log: str
    keys: KeyRing
    suite: Suite
    witness: Witness

    def check(self, batch: SealedBatch | Framed, head: Head, now_us: int) -> Mirrored:
        """Checks a batch against what we hold. Raises Wrong; none of it is to be kept.

        Single entries that can't be opened are not errors: they are quarantined.
        """
        if batch.log_origin != self.log or batch.start != head.size:
            gap = batch.log_origin == self.log and batch.start > head.size
            raise self.refuse(
                "missing_entry" if gap else "replay",
                f"entries from {batch.start} of {batch.log_origin!r} where {head.size} of "
                f"{self.log!r} was due",
                head,
                batch.checkpoint,
            )
        columns = self._read(batch, head)
        hashes = columns.hashes
        growth = head.frontier.extend(hashes)
        grown = growth.frontier
        checkpoint, note = self.checkpoint(batch.checkpoint, head)
        if (checkpoint.origin, checkpoint.size) != (self.log, grown.size):
            raise self.refuse(
                "replay",
                f"checkpoint of {checkpoint.origin!r} at {checkpoint.size}, not of {self.log!r} at "
                f"{grown.size}",
                head,
                batch.checkpoint,
                hashes,
            )
        if checkpoint.root != grown.root():
            raise self.refuse(
                "fork",
                f"the signed tree of size {grown.size} does not extend the {head.size} entries "
                "that we hold: the log was forked",
                head,
                batch.checkpoint,
                hashes,
            )
        cosigned = self.witness.cosign(note, now_us // 1_000_000).render()
        wrong = self._replay(columns, head.frontier, cosigned)
        notices = ERASURE_NOTICE in columns.types
        return Mirrored(self.log, batch.start, columns, growth, cosigned, wrong, notices)

    def checkpoint(self, rendered: str, head: Head) -> tuple[Checkpoint, Note]:
        """Reads a checkpoint that the log must have signed. Raises Wrong."""
        try:
            return verified(rendered, self.keys, self.suite)
        except NoteError as error:
            what = f"checkpoint: {error}"
            raise self.refuse("forged_checkpoint", what, head, rendered) from None

    def _read(self, batch: SealedBatch | Framed, head: Head) -> Columns:
        if isinstance(batch, Framed):
            return batch.read(self.log.removeprefix(log_origin("")), self.entry)
        hashes = [self._hash(entry, i, head) for i, entry in enumerate(batch.entries, head.size)]
        sent = zip(batch.entries, hashes, count(batch.start), strict=False)
        return Columns.of([self.entry(*one) for one in sent])

    def _hash(self, sealed: SealedEntry, index: int, head: Head) -> bytes:
        leaf = sealed.leaf
        if leaf:
            return leaf_hash(leaf)
        if len(sealed.leaf_hash) != HASH_BYTES:
            what = f"entry {index} has neither a leaf nor a leaf hash"
            raise self.refuse("missing_entry", what, head)
        return sealed.leaf_hash

    def refuse(
        self, kind: Kind, what: str, head: Head, shown: str = "", hashes: Sequence[bytes] = ()
    ) -> Wrong:
        """What the peer did against the rules of its log, with what was held and what was shown.

        `hashes`: leaf hashes of the entries that came behind what is held.
        """
        evidence = AlarmEvidence(
            held_checkpoint=head.checkpoint,
            shown_checkpoint=shown,
            held_tree=head.frontier.roots,
            leaf_hashes=hashes,
            index=head.size,
        )
        return Wrong(what, kind=kind, log=self.log, index=head.size, evidence=evidence)

    def _replay(self, columns: Columns, held: Frontier, cosigned: str) -> Wrong | None:
        """That the origin has signed entries into its tree which belong to another place, if it has."""
        if _QUARANTINED not in columns.dispositions:
            return None
        sent = zip(count(held.size), columns.dispositions, columns.leaves, strict=False)
        replayed = [
            index
            for index, disposition, leaf in sent
            if disposition == _QUARANTINED and self._replayed(leaf, index)
        ]
        if not replayed:
            return None
        index = replayed[0]
        more = f" and {len(replayed) - 1} more" if len(replayed) > 1 else ""
        return Wrong(
            f"entry {index}{more} says that it belongs to another log or another place: replayed",
            kind="replay",
            log=self.log,
            index=index,
            evidence=AlarmEvidence(
                shown_checkpoint=cosigned,
                leaf=columns.leaves[index - held.size] or b"",
                index=index,
                inclusion_proof=held.inclusion_proof(columns.hashes, index),
            ),
        )

    def _replayed(self, leaf: bytes | None, index: int) -> bool:
        """Whether a leaf's stamp says that it belongs to another place."""
        try:
            stamp = Leaf.FromString(leaf or b"").stamp
        except DecodeError:
            return False  # it says nothing at all
        return (log_origin(stamp.origin), stamp.sequence) != (self.log, index)

    def entry(self, sealed: SealedEntry, digest: bytes, index: int) -> MirroredEntry:
        """An entry as it is to be stored; one that can't be opened is quarantined."""
        leaf = sealed.leaf
        if not leaf:
            return MirroredEntry(digest, None, "", _WITHHELD)
        try:
            read = read_leaf(leaf)
            absent, parts, _ = disclosed(read, sealed.disclosures)
        except SealError:
            # the leaf is part of the tree and is kept; parts that don't belong to it are not
            return MirroredEntry(digest, leaf, "", _QUARANTINED)
        kind, stamp, disposition = read.type, read.stamp, _REDACTED if absent else _WHOLE
        if (
            stamp.sequence != index
            or log_origin(stamp.origin) != self.log
            or kind not in BODY_FIELDS
        ):
            disposition = _QUARANTINED
        return MirroredEntry(digest, leaf, kind, disposition, parts, _naming(read))


def duties(entries: Iterable[NewEntry]) -> list[int]:
    """Offsets of the erasure notices among new entries: each is a duty."""
    return [entry.offset for entry, _ in entries if entry.type == ERASURE_NOTICE]


def _naming(leaf: Leaf) -> Naming | None:
    try:
        return Naming(as_bytes(leaf.header.message_id), b"", "", NOWHERE)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class MirrorJob:
    """Stores a checked batch with its checkpoint, and what is wrong with it: neither without the other."""

    mirrored: Mirrored
    lazy: bool = False

    @property
    def weight(self) -> int:
        """Number of entries."""
        return len(self.mirrored.columns.hashes)

    def stage(self, round_: Round) -> int | None:
        """Adds the batch. Raises Unavailable if the log has moved since it was checked.

        Returns the index of an entry that is not the one that came ahead of it; adds nothing then.
        """
        mirrored = self.mirrored
        start, stop = mirrored.start, mirrored.start + self.weight
        if round_.head(mirrored.log).size != start:
            raise Unavailable(f"{mirrored.log} was written meanwhile; the link starts again")
        early = round_.early(mirrored.log, start, stop)
        for index, known in early.items():
            if known.hash != mirrored.columns.hashes[index - start]:
                return index
        entries = self._placed(round_.last_offset + 1, round_.now_us, early)
        if mirrored.has_notices:
            round_.change.upkeep.duties += duties(entries)
        round_.append(mirrored.log, entries, mirrored.growth, early)
        round_.checkpoint(mirrored.log, mirrored.cosigned)
        if mirrored.wrong is not None:
            round_.change.evidence.append(mirrored.wrong.kept(round_.now_us))
        return None

    def _placed(self, offset: int, now_us: int, early: Collection[int]) -> list[NewEntry]:
        """The entries but for those that are here already."""
        log, start, columns = self.mirrored.log, self.mirrored.start, self.mirrored.columns
        indices: Sequence[int] = range(start, start + self.weight)
        if early:
            fresh = [index not in early for index in indices]
            indices, columns = list(compress(indices, fresh)), columns.only(fresh)
        hashes, leaves, types, dispositions, parts, namings = columns
        where, received = (
            (count(offset), repeat(log), indices),
            (dispositions, repeat(now_us), parts),
        )
        entries = records(Entry, *where, hashes, leaves, types, *received)
        return list(zip(entries, namings, strict=True))
