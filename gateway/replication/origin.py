"""Serves one's own log to peers, as the agreements let each see it, and keeps their receipts."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from gateway.errors import DataLoss, MalformedRequest
from gateway.keys import Keys
from gateway.log.checkpoint import Checkpoint, verified, witness_name
from gateway.log.instants import timestamp
from gateway.log.merkle import Tree, leaf_hash
from gateway.log.note import NoteError
from gateway.log.suite import DEFAULT
from gateway.offload import offload
from gateway.replication.alarms import Alarms
from gateway.replication.continuity import Continuity
from gateway.replication.holdings import Holding
from gateway.replication.urgent import Ahead, Pace
from gateway.replication.views import Views, decide
from gateway.replication.wrong import Wrong
from gateway.sharing.days import day_number
from gateway.sharing.decide import Decision, Sharing, fill_view
from gateway.store.port import Cosigned, Entry, OwnLog
from gateway.store.pulse import Pulse
from gateway.store.round import Round
from gateway.store.upkeep import Provided
from gateway.store.writer import Writer
from yrd.exchange.v1.message_pb2 import Disposition, SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import (
    AlarmEvidence,
    Heartbeat,
    ReplicateOpen,
    ReplicateResponse,
)

Built = TypeVar("Built")

BATCH = 1000
PACE_SECONDS = 0.004  # between the beginnings of two batches to a peer
BATCH_BYTES = 4 << 20  # a peer takes no message of more than 32 MiB
WINDOW = 2  # batches on their way to a peer that it has not answered
CHECKPOINTS_KEPT = 64
BATCHES_KEPT = 8


@dataclass(frozen=True, slots=True)
class ReceiptJob:
    """Keeps a peer's cosigned checkpoint, and that the peer was given what lies below."""

    peer: str
    cosigned: Cosigned
    agreements: str
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Adds it."""
        cosigned = self.cosigned
        round_.change.cosigned[cosigned.log, cosigned.cosigner] = cosigned
        given = Provided(self.peer, cosigned.size, round_.now_us, self.agreements)
        round_.change.upkeep.provided.append(given)


class Origin:
    """This participant's log as its peers see it."""

    def __init__(
        self,
        keys: Keys,
        sharing: Sharing,
        logs: OwnLog,
        writer: Writer,
        pulse: Pulse,
        alarms: Alarms,
        continuity: Continuity,
        clock: Callable[[], float],
        heartbeat_seconds: float,
    ) -> None:
        self._alarms, self._continuity = alarms, continuity
        self._keys, self._signer, self._suite = keys, keys.signer, DEFAULT
        self._sharing = sharing
        self._logs, self._writer, self._pulse, self._clock = logs, writer, pulse, clock
        self._heartbeat_seconds = heartbeat_seconds
        self._log = keys.signer.origin
        # batches are built in worker threads, one at a time: the next peer finds it ready
        self._building, self._issuing = threading.Lock(), threading.Lock()
        self._issued: OrderedDict[int, tuple[Checkpoint, str]] = OrderedDict()
        self._read: tuple[tuple[int, int], list[Entry]] = ((0, 0), [])
        self._views = Views(sharing, self._entries)
        self._batches: OrderedDict[tuple[int, int, Hashable], tuple[bytes, int]] = OrderedDict()
        # up to this size, the stored checkpoint may be by keys that were in use before
        self._signed_before = writer.head(self._log).size
        self.receipts: dict[str, Cosigned] = {c.cosigner: c for c in logs.cosigned(self._log)}

    def forget(self, offsets: frozenset[int]) -> None:
        """Forgets batches and entries that were read before something was destroyed."""
        with self._building:  # one that is being built may still have it
            self._batches.clear()
            self._read = ((0, 0), [])

    async def serve(self, peer: str, opened: ReplicateOpen, pace: Pace) -> AsyncIterator[bytes]:
        """Entries behind what the peer holds, for ever, as serialised ReplicateResponse.

        `pace` hears of the peer's answers on this stream from `answer`. Raises GatewayError.
        """
        await self._check_claim(peer, opened)
        sent, last = opened.size, 0.0
        ahead = Ahead(
            self._log, self._logs, lambda size: self._checkpoint(size)[1], partial(self._view, peer)
        )
        while not self._writer.stopping:
            ready = partial(self._may_send, sent, pace)
            if not await self._pulse.until(ready, self._heartbeat_seconds):
                yield self._heartbeat()
                continue
            # commits that come meanwhile share a batch, its checks, its receipt and its syncs
            await asyncio.sleep(last + PACE_SECONDS - monotonic())
            last = monotonic()
            if self._writer.stopping:
                return
            size = self._writer.head(self._log).size
            if opened.takes_urgent and (urgent := await self._current(ahead.batch, sent, size)):
                pace.sent(None)
                yield urgent
            else:
                stop = self._stop(sent, size)
                build = partial(self._batch, peer)
                batch, stop = await self._current(build, sent, stop)
                pace.sent(stop)
                yield batch
                sent = stop

    async def _current(self, build: Callable[[int, int], Built], start: int, stop: int) -> Built:
        """A batch as of this moment: what is withdrawn while it is built is not in it."""
        while True:
            timeline = self._sharing.timeline
            batch = await offload(stop - start, build, start, stop)
            if timeline is self._sharing.timeline:
                return batch

    def _may_send(self, sent: int, pace: Pace) -> bool:
        """Whether there is more and the peer has answered enough; true when stopping, too.

        Under load the batches grow by themselves, since each waits for a receipt.
        """
        if self._writer.stopping:
            return True
        return len(pace) < WINDOW and self._writer.head(self._log).size > sent

    def _heartbeat(self) -> bytes:
        time, size = timestamp(int(self._clock() * 1e6)), self._writer.head(self._log).size
        beat = ReplicateResponse(heartbeat=Heartbeat(time=time, size=size))
        return beat.SerializeToString()

    def _stop(self, start: int, size: int) -> int:
        """Where the next batch ends: at a checkpoint that exists, the same for all peers."""
        with self._issuing:
            within = [s for s in self._issued if start < s <= start + BATCH]
        return max(within, default=min(size, start + BATCH))

    async def _check_claim(self, peer: str, opened: ReplicateOpen) -> None:
        if opened.log_origin != self._log:
            raise MalformedRequest(
                f"this gateway serves {self._log}, not {opened.log_origin!r}: check the address",
                field="open.log_origin",
            )
        size = self._writer.head(self._log).size
        if opened.size > size:
            await self._require_false(peer, opened.cosigned_checkpoint)
            what = f"{peer} claims to hold {opened.size} entries, does not show it, and there are "
            raise await self._false(f"{what}{size}", opened.cosigned_checkpoint, size)
        if opened.cosigned_checkpoint:
            await self.receive(peer, opened.cosigned_checkpoint, old=True)

    async def answer(self, peer: str, rendered: str, pace: Pace) -> None:
        """Takes a peer's answer to a batch; it is empty if the peer has cosigned nothing yet.

        Raises LogInconsistent.
        """
        pace.answered(await self.receive(peer, rendered) if rendered else 0)
        self._pulse.beat()

    async def receive(self, peer: str, rendered: str, *, old: bool = False) -> int:
        """Checks and keeps a receipt. Returns its size.

        Raises LogInconsistent if it is not for our tree. `old`: it was given before, perhaps with a
        key that the peer has retired since.
        """
        try:
            checkpoint, _ = verified(rendered, self._keys.witnesses[peer], self._suite, old=old)
        except NoteError as error:
            raise await self._false(f"receipt of {peer}: {error}", rendered, "") from None
        if not (self._was_issued(checkpoint) or await asyncio.to_thread(self._is_ours, checkpoint)):
            await self._require_false(peer, rendered)
            what = f"{peer} cosigned a tree of size {checkpoint.size} that we have not signed"
            raise await self._false(what, rendered, checkpoint.size)
        cosigned = Cosigned(self._log, witness_name(peer), checkpoint.size, rendered)
        known = self.receipts.get(cosigned.cosigner)
        if known is None or known.size < cosigned.size:
            self.receipts[cosigned.cosigner] = cosigned
            self._pulse.beat()
            today = day_number(int(self._clock() * 1e6))
            agreements = " ".join(self._sharing.timeline.agreements_with(peer, today))
            self._writer.leave(ReceiptJob(peer, cosigned, agreements))
        return checkpoint.size

    async def _require_false(self, peer: str, rendered: str) -> None:
        """Of a tree that is not in this store: raises Unavailable if we have signed it all the same."""
        try:
            checkpoint, _ = verified(rendered, self._keys.own_log, self._suite, old=True)
        except NoteError:
            return
        if not await asyncio.to_thread(self._is_ours, checkpoint):
            holding = Holding(checkpoint.size, checkpoint.root, rendered)
            raise await self._continuity.broken(peer, holding)

    async def _false(self, what: str, shown: str, index: int | str) -> Wrong:
        """Keeps a peer's false claim."""
        held = self._writer.head(self._log).checkpoint
        evidence = AlarmEvidence(held_checkpoint=held, shown_checkpoint=shown, said=what)
        wrong = Wrong(what, kind="forged_checkpoint", log=self._log, index=index, evidence=evidence)
        await self._alarms.keep(wrong)
        return wrong

    def _was_issued(self, checkpoint: Checkpoint) -> bool:
        with self._issuing:
            issued = self._issued.get(checkpoint.size)
        return issued is not None and issued[0] == checkpoint

    def _is_ours(self, checkpoint: Checkpoint) -> bool:
        head = self._writer.head(self._log)
        if checkpoint.origin != self._log or checkpoint.size > head.size:
            return False
        return checkpoint == self._checkpoint(checkpoint.size)[0]

    def _batch(self, peer: str, start: int, stop: int) -> tuple[bytes, int]:
        """Entries [start, stop) as the peer may see them; peers who see the same share it.

        A serialised ReplicateResponse, and where it ends: before `stop` if the entries are large.
        """
        with self._building:
            view = self._views.of(peer, start, stop)
            key = (start, stop, view.key)
            batch = self._batches.get(key)
            if batch is None:
                batch = self._batches[key] = self._build(start, stop, view.decisions)
                _trim(self._batches, BATCHES_KEPT)
            return batch

    def _build(self, start: int, stop: int, decisions: Sequence[Decision]) -> tuple[bytes, int]:
        while True:
            response = ReplicateResponse()
            stop = self._fill(response.batch, start, stop, decisions)
            batch = response.SerializeToString()
            if len(batch) <= BATCH_BYTES or stop == start + 1:
                return batch, stop
            stop = start + max(1, (stop - start) * BATCH_BYTES // len(batch))

    def _fill(
        self, batch: SealedBatch, start: int, stop: int, decisions: Sequence[Decision]
    ) -> int:
        """Fills in entries from `start`. Returns where they end."""
        batch.log_origin, batch.start = self._log, start
        entries = self._entries(start, stop)[: len(decisions)]
        stop = start + len(entries)
        for entry, decision in zip(entries, decisions, strict=False):
            fill_view(batch.entries.add(), entry.leaf or b"", entry.hash, entry.parts, decision)
        batch.checkpoint = self._checkpoint(stop)[1]
        return stop

    def _view(self, peer: str, view: SealedEntry, entry: Entry) -> bool:
        """Fills in an entry that may go ahead of its place; False if it is withheld."""
        decision = decide(self._sharing.timeline, entry, peer)
        if not decision.shared:
            return False
        self._require_hash(entry)
        fill_view(view, entry.leaf or b"", entry.hash, entry.parts, decision)
        return True

    def _entries(self, start: int, stop: int) -> list[Entry]:
        """Entries [start, stop) or the first ones that can be read at once, each with its hash.

        The last ones are kept for the next peer.
        """
        kept_range, entries = self._read
        if kept_range != (start, stop):
            entries = self._logs.entries(self._log, start, stop)
            for entry in entries:
                self._require_hash(entry)
            self._read = (start, stop), entries
        return entries

    def _require_hash(self, entry: Entry) -> None:
        if entry.leaf is None and entry.disposition == Disposition.DISPOSITION_WITHHELD:
            return  # lost, and not among what peers gave back: they get its hash
        if entry.leaf is None or leaf_hash(entry.leaf) != entry.hash:
            what = f"entry {entry.sequence} of {entry.log} does not have its hash"
            self._writer.stop_accepting(what)
            raise DataLoss(f"{what}; run `yrd audit verify`", log=entry.log, index=entry.sequence)

    def keys_changed(self) -> None:
        """Forgets what was signed with other keys; what is sent from now on is signed anew."""
        with self._building, self._issuing:
            self._signed_before = self._writer.head(self._log).size
            self._batches.clear()
            self._issued.clear()

    def _checkpoint(self, size: int) -> tuple[Checkpoint, str]:
        """The checkpoint at a size up to the log's, and its signed note."""
        with self._issuing:
            issued = self._issued.get(size)
            if issued is None:
                issued = self._issued[size] = self._issue(size)
                _trim(self._issued, CHECKPOINTS_KEPT)
            return issued

    def _issue(self, size: int) -> tuple[Checkpoint, str]:
        head = self._writer.head(self._log)
        if size == head.size and size > self._signed_before:
            return Checkpoint(self._log, size, head.frontier.root()), head.checkpoint
        root = Tree(partial(self._logs.tile, self._log)).root(size)
        checkpoint = Checkpoint(self._log, size, root)
        return checkpoint, self._signer.sign(checkpoint).render()


def _trim(kept: "OrderedDict[Any, Any]", most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
