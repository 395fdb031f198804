"""Logs made entry by entry, without a gateway's checks: true ones, forked ones and worse."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from gateway.agreements import load_agreements
from gateway.exchange.activating import draft as activation
from gateway.log.checkpoint import Checkpoint, LogSigner, log_origin
from gateway.log.merkle import Frontier, Tree, leaf_hash
from gateway.log.note import Note, Signature
from gateway.log.proof import prove
from gateway.log.sealing import SealedPart
from gateway.log.suite import DEFAULT
from gateway.sharing.activation import steps
from gateway.store.port import Change, Entry, Head, Naming, NewEntry, Standing
from gateway.store.sqlite import SqliteStore
from integration.stack import AGREEMENTS
from schemas import disclosure
from schemas.catalog import body_of, type_name
from schemas.message_ids import as_bytes
from tests.support.materials import Materials
from yrd.exchange.v1.message_pb2 import (
    Disclosure,
    DisclosureDigest,
    Disposition,
    Draft,
    Leaf,
    SealedBatch,
    SealedEntry,
    UrgentBatch,
    UrgentEntry,
)

SEALED_US = 1_780_000_000_000_000
SALT = b"s" * 16


def agreed(participant: str) -> list[Draft]:
    """The activations that a log begins with under the agreements of tests."""
    made = steps(participant, load_agreements(AGREEMENTS), {})
    return [activation(participant, step, 1, SEALED_US) for step in made]


def sealed_entry(made: Draft, origin: str, sequence: int) -> SealedEntry:
    """A draft as an entry with all of its disclosures."""
    body = body_of(made)
    assert body is not None
    core, groups = disclosure.split(body)
    parts = [
        Disclosure(salt=SALT, group=group, body=groups[group]).SerializeToString()
        for group in sorted(groups)
    ]
    leaf = Leaf(header=made.header, type=type_name(made) or "", core=core)
    leaf.stamp.origin, leaf.stamp.source_system, leaf.stamp.sequence = origin, "console", sequence
    leaf.stamp.sealed_time.FromMicroseconds(SEALED_US)
    for group, part in zip(sorted(groups), parts, strict=True):
        digest = DisclosureDigest(group=group, digest=sha256(part).digest())
        leaf.disclosure_digests.append(digest)
    return SealedEntry(leaf=leaf.SerializeToString(), disclosures=parts)


def hash_of(entry: SealedEntry) -> bytes:
    """Leaf hash of an entry."""
    return leaf_hash(entry.leaf) if entry.leaf else entry.leaf_hash


@dataclass(slots=True)
class HandmadeLog:
    """A participant's log, signed with that participant's own key."""

    materials: Materials
    participant: str
    entries: list[SealedEntry] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Name of the log."""
        return log_origin(self.participant)

    def add(self, *drafts: Draft) -> None:
        """Appends drafts as they are."""
        for made in drafts:
            self.entries.append(sealed_entry(made, self.participant, len(self.entries)))

    def ids(self) -> list[str]:
        """Message ids of its entries."""
        return [Leaf.FromString(entry.leaf).header.message_id for entry in self.entries]

    def frontier(self, size: int) -> Frontier:
        """The tree of the first `size` entries."""
        grown, _ = Frontier().extend(hash_of(entry) for entry in self.entries[:size])
        return grown

    def checkpoint(self, size: int, signed_by: str = "") -> str:
        """The signed checkpoint of that size, in this log's name whoever signs."""
        checkpoint = Checkpoint(self.origin, size, self.frontier(size).root())
        return self.signed(checkpoint.text(), signed_by)

    def signed(self, text: str, signed_by: str = "") -> str:
        """Any text as a note that is signed in this log's name."""
        path = self.materials.folder / (signed_by or self.participant) / "log.key"
        key = DEFAULT.load_private_key(path.read_bytes())
        verifier = LogSigner(self.origin, key).verifier
        blob = key.sign(text.encode())
        return Note(text, (Signature(self.origin, verifier.key_id, blob),)).render()

    def batch(self, start: int, stop: int) -> SealedBatch:
        """Entries [start, stop) with their checkpoint."""
        return SealedBatch(
            log_origin=self.origin,
            start=start,
            entries=self.entries[start:stop],
            checkpoint=self.checkpoint(stop),
        )

    def urgent(self, indices: Sequence[int], size: int) -> UrgentBatch:
        """Entries as they go ahead of their place, in the tree of that size (256 at most)."""
        hashes = [hash_of(entry) for entry in self.entries[:size]]
        tree = Tree(lambda level, index: hashes if not (level or index) else [])
        sent = [
            UrgentEntry(
                index=index,
                entry=self.entries[index],
                inclusion_proof=tree.inclusion_proof(index, size),
            )
            for index in indices
        ]
        return UrgentBatch(log_origin=self.origin, entries=sent, checkpoint=self.checkpoint(size))

    def exported(self, index: int) -> tuple[bytes, str]:
        """The leaf and the proof as somebody who holds all of the log exports them (256 entries at most)."""
        hashes = [hash_of(entry) for entry in self.entries]
        tree = Tree(lambda level, at: hashes if not (level or at) else [])
        proof = prove(tree, index, self.checkpoint(len(hashes)))
        return self.entries[index].leaf, proof.render()

    def change(self, first_offset: int = 1) -> Change:
        """All of it as one commit into an empty store."""
        return grown(
            Head(self.origin), self.stored(first_offset), self.checkpoint(len(self.entries))
        )

    def stored(self, first_offset: int) -> list[NewEntry]:
        """The entries as whole ones of a store."""
        placed = enumerate(self.entries, first_offset)
        return [stored(entry, self.origin, offset) for offset, entry in placed]


def stored(entry: SealedEntry, log: str, offset: int) -> NewEntry:
    """An entry as it lies whole in a store."""
    leaf = Leaf.FromString(entry.leaf)
    parts = tuple(SealedPart(Disclosure.FromString(d).group, d) for d in entry.disclosures)
    whole = Entry(
        offset,
        log,
        leaf.stamp.sequence,
        hash_of(entry),
        entry.leaf,
        leaf.type,
        Disposition.DISPOSITION_WHOLE,
        SEALED_US,
        parts,
    )
    header = leaf.header
    naming = Naming(
        as_bytes(header.message_id), b"d" * 32, header.entity_id, Standing(header.revision)
    )
    return whole, naming


def grown(head: Head, new: Sequence[NewEntry], checkpoint: str = "") -> Change:
    """The commit that puts entries behind a log."""
    frontier, nodes = head.frontier.extend(entry.hash for entry, _ in new)
    counts = list(head.counts)
    for entry, _ in new:
        counts[entry.disposition - 1] += 1
    whole, redacted, withheld, quarantined = counts
    after = replace(
        head,
        frontier=frontier,
        checkpoint=checkpoint or head.checkpoint,
        counts=(whole, redacted, withheld, quarantined),
    )
    return Change(
        entries=list(new), nodes=[(head.log, node) for node in nodes], heads={head.log: after}
    )


def write_store(folder: Path, participant: str, *logs: HandmadeLog) -> None:
    """Makes a gateway's store that holds these logs, in this order of receipt."""
    store = SqliteStore(folder / "gateway.db", participant)
    for log in logs:
        store.commit(log.change(store.last_offset() + 1))
    store.close()
