"""Evidence of one message for an auditor: its entry, a proof under as many signatures as there are."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from gateway.errors import DataLoss, MalformedRequest, MessageNotFound, Unavailable
from gateway.log import note as notes
from gateway.log.checkpoint import is_good, log_origin
from gateway.log.checkpoint import parse as parse_checkpoint
from gateway.log.merkle import Tree, leaf_hash
from gateway.log.note import Note, NoteError, Signature, VerifierKey, encode_vkey
from gateway.log.proof import ProofError, TlogProof, prove
from gateway.log.suite import Suite
from gateway.store.port import Cosigned, Entry, FeedReader, Head, LogReader
from schemas.message_ids import as_bytes
from yrd.exchange.v1.service_pb2 import ActivationEvidence, GetEvidenceResponse, SharedUnder


class Shares(Protocol):
    """Why participants may see an entry."""

    def __call__(self, entry: Entry) -> Iterable[SharedUnder]:
        """At its origin, each peer that may see it; elsewhere, this participant."""
        ...


class EvidenceStore(LogReader, FeedReader, Protocol):
    """What evidence is read from."""


class EvidenceRoom:
    """Evidence of the entries that one gateway holds."""

    def __init__(
        self,
        participant: str,
        store: EvidenceStore,
        heads: Callable[[str], Head],
        receipts: Callable[[], Iterable[Cosigned]],
        keys: Callable[[], Iterable[VerifierKey]],
        shares: Shares,
        suite: Suite,
    ) -> None:
        self._own, self._store = log_origin(participant), store
        self._heads, self._receipts, self._keys = heads, receipts, keys
        self._shares, self._suite = shares, suite

    async def get(self, message_id: str, origin: str) -> GetEvidenceResponse:
        """Evidence of one message, from one's own log first. Raises GatewayError."""
        try:
            key = as_bytes(message_id)
        except ValueError:
            raise MalformedRequest(
                f"message_id {message_id!r} is not a UUID: send the id as it was published",
                field="message_id",
            ) from None
        return await asyncio.to_thread(self._evidence, key, message_id, origin)

    def _evidence(self, key: bytes, message_id: str, origin: str) -> GetEvidenceResponse:
        entry = self._entry(key, message_id, origin)
        note = self._note(entry)
        shared = list(self._shares(entry))
        used = {(s.name, s.key_id) for s in note.signatures}
        keys = [k for k in self._keys() if (k.name, k.key_id) in used]
        return GetEvidenceResponse(
            leaf=entry.leaf or b"",
            proof=self._proof(entry, note).render(),
            verifier_keys=[encode_vkey(k.name, k.kind, k.public) for k in keys],
            disclosures=[part.data for part in entry.parts],
            shared=shared,
            activations=self._activations(entry, note, shared),
        )

    def _activations(
        self, entry: Entry, note: Note, shared: Iterable[SharedUnder]
    ) -> Iterator[ActivationEvidence]:
        """What brought the agreements by which it was shared into force, under the same checkpoint."""
        for message_id in dict.fromkeys(name for one in shared for name in one.activation_ids):
            try:
                key = as_bytes(message_id)
            except ValueError:  # a peer's log may say anything; what has no id can't be found by it
                continue
            found = [e for e in self._store.find(key) if e.log == entry.log]
            for activation in found[:1]:
                yield ActivationEvidence(
                    leaf=activation.leaf or b"",
                    proof=self._proof(activation, note).render(),
                    disclosures=[part.data for part in activation.parts],
                )

    def _entry(self, key: bytes, message_id: str, origin: str) -> Entry:
        logs = [log_origin(origin)] if origin else []
        found = [e for e in self._store.find(key) if e.leaf and (not logs or e.log in logs)]
        if not found:
            raise MessageNotFound(
                f"no message {message_id} here, or none that this participant may know of; of what is "
                "withheld from it this gateway has a hash alone: ask the gateway of its origin",
                message_id=message_id,
            )
        return min(found, key=lambda e: (e.log != self._own, e.offset))

    def _note(self, entry: Entry) -> Note:
        """The checkpoint over the entry with the most good signatures, the newest of those."""
        head = self._heads(entry.log)
        rendered = [head.checkpoint] if head.checkpoint else []
        if entry.log == self._own:
            rendered += [receipt.note for receipt in self._receipts()]
        merged: dict[str, set[Signature]] = {}
        for note in map(self._good, rendered):
            merged.setdefault(note.text, set()).update(note.signatures)
        candidates = [
            (len(note.signatures), size, note)
            for note in (_ordered(text, some, entry.log) for text, some in merged.items())
            if (size := self._covers(note, entry)) is not None
        ]
        if not candidates:
            raise Unavailable(
                f"entry {entry.sequence} of {entry.log} is not yet under a checkpoint: try again later",
                retry_seconds=1.0,
            )
        return max(candidates, key=lambda found: found[:2])[2]

    def _good(self, rendered: str) -> Note:
        """The note with the signatures that a key known here has made, the log's first."""
        known = {(key.name, key.key_id): key for key in self._keys()}
        note = notes.parse(rendered)

        def made(signature: Signature) -> bool:
            key = known.get((signature.name, signature.key_id))
            return key is not None and is_good(signature, note.text, key, self._suite)

        return Note(note.text, tuple(filter(made, note.signatures)))

    def _covers(self, note: Note, entry: Entry) -> int | None:
        """The size of a checkpoint that the entry's log has signed and that covers the entry."""
        try:
            checkpoint = parse_checkpoint(note.text)
        except NoteError:
            return None
        by_log = any(s.name == entry.log for s in note.signatures)
        covers = by_log and checkpoint.origin == entry.log and checkpoint.size > entry.sequence
        return checkpoint.size if covers else None

    def _proof(self, entry: Entry, note: Note) -> TlogProof:
        if leaf_hash(entry.leaf or b"") != entry.hash:
            raise _damaged(entry, "the leaf does not have its hash")
        tree = Tree(partial(self._store.tile, entry.log))
        try:
            proof = prove(tree, entry.sequence, note.render())
            proof.proven(entry.hash)
        except (LookupError, ProofError) as error:
            raise _damaged(entry, str(error)) from None
        return proof


def _ordered(text: str, signatures: Iterable[Signature], log: str) -> Note:
    """The note with the log's own signature first; one cosignature by a key is enough."""
    by_key = {(s.name, s.key_id): s for s in sorted(signatures, key=lambda s: s.blob)}
    return Note(text, tuple(sorted(by_key.values(), key=lambda s: (s.name != log, s.name))))


def _damaged(entry: Entry, what: str) -> DataLoss:
    return DataLoss(
        f"stored entry {entry.sequence} of {entry.log} can't be proven: {what}; run `yrd audit verify`",
        log=entry.log,
        index=entry.sequence,
    )
