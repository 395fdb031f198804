"""Entries that a peer withheld and should have sent, as somebody shows them to us."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NamedTuple

from google.protobuf.message import DecodeError

from gateway.errors import Internal, MalformedRequest, MessageNotFound
from gateway.log.checkpoint import log_origin, verified
from gateway.log.keyring import KeyRing
from gateway.log.merkle import Tree, leaf_hash
from gateway.log.note import NoteError
from gateway.log.proof import ProofError, TlogProof
from gateway.log.proof import parse as parse_proof
from gateway.log.suite import DEFAULT
from gateway.replication.watch import Watch
from gateway.replication.wrong import Wrong
from gateway.sharing.decide import Timeline
from gateway.sharing.due import due
from gateway.store.activations import activations_said
from gateway.store.alarm_book import KeptAlarm
from gateway.store.port import ActivationReader, Entry, Head
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import AlarmEvidence


class Reported(NamedTuple):
    """What became of a report: the alarm with the clauses that gave the entry, or why it was not due."""

    alarm: KeptAlarm | None = None
    clauses: tuple[str, ...] = ()
    not_due: str = ""


class Missing(NamedTuple):
    """What a peer did by withholding an entry."""

    wrong: Wrong
    clauses: tuple[str, ...]


class MissingReports:
    """Judges reports about the peers' logs by what this gateway holds of them itself.

    `rings`: the keys of the peers' logs, by participant.
    """

    def __init__(
        self,
        participant: str,
        rings: Mapping[str, KeyRing],
        watch: Watch,
        activations: ActivationReader,
        heads: Callable[[str], Head],
    ) -> None:
        self._participant, self._rings, self._watch = participant, rings, watch
        self._activations, self._heads = activations, heads

    async def report(self, leaf: bytes, proof: str) -> Reported:
        """Raises the alarm if an entry that is held as withheld was due. Once until it is settled.

        Raises MalformedRequest, MessageNotFound; Wrong, with its alarm, if the log was forked.
        """
        found = await asyncio.to_thread(self._judge, leaf, proof)
        if isinstance(found, str):
            return Reported(not_due=found)
        if isinstance(found, Missing):
            return Reported(await self._alarm(found.wrong), found.clauses)
        await self._alarm(found)
        raise found

    async def _alarm(self, wrong: Wrong) -> KeptAlarm:
        if self._known(wrong) is None:
            await self._watch.alarms.keep(wrong)
        # of one kind about one log a limited number is kept; then an older one keeps the link closed
        kept = self._known(wrong) or self._watch.alarms.closing(wrong.log)
        if kept is None:
            raise Internal(f"the alarm was not kept: {wrong.message}")
        return kept

    def _known(self, wrong: Wrong) -> KeptAlarm | None:
        same = (wrong.log, wrong.kind, wrong.message)
        unsettled = reversed(self._watch.alarms.unsettled)
        return next((a for a in unsettled if (a.log, a.kind, a.detail) == same), None)

    def _judge(self, data: bytes, proof: str) -> Missing | Wrong | str:
        """What the origin did; or why it did nothing wrong."""
        try:
            leaf = Leaf.FromString(data)
        except DecodeError:
            raise MalformedRequest(
                "leaf: not a serialised Leaf; send the file `leaf` of an exported folder as it is",
                field="leaf",
            ) from None
        log, index = log_origin(leaf.stamp.origin), leaf.stamp.sequence
        self._require_peer(leaf.stamp.origin)
        head = self._heads(log)
        if index >= head.size:
            raise MessageNotFound(
                f"leaf: entry {index} of {log} is not here yet, of which {head.size} entries are held; "
                "report it again once the link has caught up (`yrd status`)",
                message_id=leaf.header.message_id,
            )
        (entry,) = self._watch.logs.entries(log, index, index + 1)
        if entry.hash != leaf_hash(data):
            return self._fork(head, index, data, proof)
        if entry.leaf is not None:
            return "it was sent: this gateway has it, and not its hash alone"
        return self._due(head, index, data)

    def _require_peer(self, participant: str) -> None:
        if participant == self._participant:
            raise MalformedRequest(
                f"leaf: it is of our own log yrd/{participant}, which no peer withholds; report it to "
                "the gateway that should have got it",
                field="leaf",
            )
        if participant not in self._rings:
            raise MalformedRequest(
                f"leaf: its origin {participant!r} is no peer of this gateway; its peers are "
                f"{', '.join(sorted(self._rings))}",
                field="leaf",
            )

    def _due(self, head: Head, index: int, leaf: bytes) -> Missing | str:
        origin = head.log.removeprefix("yrd/")
        entries = {e.sequence: e for e in self._activations.activations(head.log)}
        timeline = Timeline(origin, list(activations_said(entries.values())))
        found = due(timeline, index, leaf, self._participant)
        if not found.clauses:
            return found.why
        # one that came meanwhile counts, but can't be proved by the head
        indices = [a.index for a in found.activations if a.index < head.size]
        deciding = [entries[index] for index in indices]
        clauses = ", ".join(found.clauses)
        wrong = Wrong(
            f"entry {index} came as a hash alone, though {clauses} gave it to {self._participant} at its "
            "place and ever since",
            kind="missing_entry",
            log=head.log,
            index=index,
            evidence=self._evidence(head, index, leaf, deciding),
        )
        return Missing(wrong, found.clauses)

    def _evidence(
        self, head: Head, index: int, leaf: bytes, deciding: Iterable[Entry]
    ) -> AlarmEvidence:
        """The entry, and one inside the other the activations that decide: all in one signed tree."""
        tree = Tree(partial(self._watch.logs.tile, head.log))
        evidence = self._placed(tree, head, index, leaf)
        inner = evidence
        for entry in deciding:
            proved = self._placed(tree, head, entry.sequence, entry.leaf or b"")
            inner.other.CopyFrom(proved)
            inner = inner.other
            inner.disclosures.extend(part.data for part in entry.parts)
        return evidence

    def _placed(self, tree: Tree, head: Head, index: int, leaf: bytes) -> AlarmEvidence:
        return AlarmEvidence(
            shown_checkpoint=head.checkpoint,
            leaf=leaf,
            index=index,
            inclusion_proof=tree.inclusion_proof(index, head.size),
        )

    def _fork(self, head: Head, index: int, leaf: bytes, text: str) -> Wrong:
        """The origin has signed another entry at that place. Raises MalformedRequest if it has not."""
        try:
            proof = self._signed(head, index, leaf, text)
        except (ProofError, NoteError) as error:
            raise MalformedRequest(
                f"leaf, proof: the folder is false: entry {index} of {head.log} is held here with "
                f"another hash, and the folder does not prove its own: {error}; ask for a new export",
                field="proof",
            ) from None
        evidence = AlarmEvidence(
            shown_checkpoint=proof.checkpoint,
            leaf=leaf,
            leaf_hashes=[leaf_hash(leaf)],
            index=index,
            inclusion_proof=proof.path,
        )
        evidence.other.CopyFrom(self._watch.held_side(head, index))
        what = f"entry {index} is signed here and in the folder with different hashes: a fork"
        return Wrong(what, kind="fork", log=head.log, index=index, evidence=evidence)

    def _signed(self, head: Head, index: int, leaf: bytes, text: str) -> TlogProof:
        """The proof, if it shows the leaf at that place in a tree that the log has signed."""
        proof = parse_proof(text)
        checkpoint, _ = proof.proven(leaf_hash(leaf))
        verified(proof.checkpoint, self._rings[head.log.removeprefix("yrd/")], DEFAULT, old=True)
        if (checkpoint.origin, proof.index) != (head.log, index):
            raise ProofError(f"it is about entry {proof.index} of {checkpoint.origin}")
        return proof
