"""Entries, or disclosure groups of them, that a peer withheld and should have sent, as somebody shows us."""

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
from gateway.replication.left_out import Absent, absent_groups, judged, named
from gateway.replication.notices import Notices
from gateway.replication.watch import Watch
from gateway.replication.wrong import Wrong
from gateway.sharing.decide import Timeline
from gateway.sharing.due import deciding, due
from gateway.store.activations import activations_said
from gateway.store.alarm_book import KeptAlarm
from gateway.store.port import ActivationReader, Entry, Head
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import AlarmEvidence


class Reported(NamedTuple):
    """What became of a report: the alarm with the clauses that gave the entry, or why it was not due.

    `groups`: of an entry that was sent, those that are not here.
    """

    alarm: KeptAlarm | None = None
    clauses: tuple[str, ...] = ()
    not_due: str = ""
    groups: tuple[Absent, ...] = ()


class Missing(NamedTuple):
    """What a peer did by withholding an entry, or groups of it."""

    wrong: Wrong
    clauses: tuple[str, ...]
    groups: tuple[Absent, ...] = ()


class _Said(NamedTuple):
    """What a log says here of its owner's agreements: their timeline, and its entries by index."""

    timeline: Timeline
    entries: Mapping[int, Entry]


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
        notices: Notices,
        heads: Callable[[str], Head],
    ) -> None:
        self._participant, self._rings, self._watch = participant, rings, watch
        self._activations, self._notices, self._heads = activations, notices, heads

    async def report(self, leaf: bytes, proof: str) -> Reported:
        """Raises the alarm if an entry that is held as withheld was due, or what is not held of it.

        Once until it is settled.

        Raises MalformedRequest, MessageNotFound; Wrong, with its alarm, if the log was forked.
        """
        found = await asyncio.to_thread(self._judge, leaf, proof)
        if isinstance(found, Reported):
            return found
        if isinstance(found, Missing):
            return Reported(await self._alarm(found.wrong), found.clauses, groups=found.groups)
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

    def _judge(self, data: bytes, proof: str) -> Missing | Wrong | Reported:
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
        if entry.leaf is None:
            return self._withheld(head, index, data)
        return self._left_out(head, entry, leaf)

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

    def _withheld(self, head: Head, index: int, leaf: bytes) -> Missing | Reported:
        said = self._said(head)
        found = due(said.timeline, index, leaf, self._participant)
        if not found.clauses:
            return Reported(not_due=found.why)
        what = (
            f"entry {index} came as a hash alone, though {', '.join(found.clauses)} gave it to "
            f"{self._participant} at its place and ever since"
        )
        wrong = self._wrong(what, head, index, leaf, said, found.clauses[:1])
        return Missing(wrong, found.clauses)

    def _left_out(self, head: Head, entry: Entry, leaf: Leaf) -> Missing | Reported:
        groups, data, index = absent_groups(entry, leaf), entry.leaf or b"", entry.sequence
        if not groups:
            return Reported(not_due="it was sent: this gateway has it, and every disclosure group")
        said = self._said(head)
        found = due(said.timeline, index, data, self._participant)
        absent = judged(groups, found, partial(self._notices.about, entry))
        owed = [one for one in absent if one.clauses]
        if not owed:
            why = f"it was sent, and what is not here of it was not due: {named(absent)}"
            return Reported(not_due=why, groups=absent)
        what = (
            f"entry {index} came without disclosure groups that were given to {self._participant} at "
            f"its place and ever since: {named(owed)}"
        )
        wrong = self._wrong(what, head, index, data, said, [one.clauses[0] for one in owed])
        return Missing(wrong, tuple(dict.fromkeys(c for one in owed for c in one.clauses)), absent)

    def _said(self, head: Head) -> _Said:
        entries = {e.sequence: e for e in self._activations.activations(head.log)}
        origin = head.log.removeprefix("yrd/")
        return _Said(Timeline(origin, list(activations_said(entries.values()))), entries)

    def _wrong(
        self, what: str, head: Head, index: int, leaf: bytes, said: _Said, clauses: Iterable[str]
    ) -> Wrong:
        """That an entry was due by clauses, with the activations that brought them into force."""
        # one that came meanwhile counts, but can't be proved by the head
        deciders = deciding(said.timeline, index, clauses)
        entries = [said.entries[a.index] for a in deciders if a.index < head.size]
        evidence = self._evidence(head, index, leaf, entries)
        return Wrong(what, kind="missing_entry", log=head.log, index=index, evidence=evidence)

    def _evidence(
        self, head: Head, index: int, leaf: bytes, deciders: Iterable[Entry]
    ) -> AlarmEvidence:
        """The entry, and one inside the other the activations that decide: all in one signed tree."""
        tree = Tree(partial(self._watch.logs.tile, head.log))
        evidence = self._placed(tree, head, index, leaf)
        inner = evidence
        for entry in deciders:
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
