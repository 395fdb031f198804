"""Serves one's own log to peers, as the agreements let each see it, and keeps their receipts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from gateway.errors import DataLoss, LogInconsistent, MalformedRequest
from gateway.exchange.reading import timestamp
from gateway.log.checkpoint import Checkpoint, LogSigner, verified, witness_name
from gateway.log.merkle import Tree, leaf_hash
from gateway.log.note import NoteError, VerifierKey
from gateway.log.suite import Suite
from gateway.replication.mirror import EvidenceJob
from gateway.sharing.decide import Sharing, view
from gateway.store.port import Cosigned, Entry, LogReader
from gateway.store.pulse import Pulse
from gateway.store.round import Round
from gateway.store.writer import Writer
from yrd.exchange.v1.message_pb2 import SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import Heartbeat, ReplicateOpen, ReplicateResponse

BATCH = 1000


@dataclass(frozen=True, slots=True)
class ReceiptJob:
    """Keeps a peer's cosigned checkpoint."""

    cosigned: Cosigned
    lazy: bool = True
    weight: int = 1

    def stage(self, round_: Round) -> None:
        """Adds it."""
        round_.change.cosigned[self.cosigned.log, self.cosigned.cosigner] = self.cosigned


class Origin:
    """This participant's log as its peers see it."""

    def __init__(
        self,
        signer: LogSigner,
        sharing: Sharing,
        witnesses: dict[str, VerifierKey],
        suite: Suite,
        logs: LogReader,
        writer: Writer,
        pulse: Pulse,
        clock: Callable[[], float],
        heartbeat_seconds: float,
    ) -> None:
        self._signer, self._sharing, self._witnesses, self._suite = (
            signer,
            sharing,
            witnesses,
            suite,
        )
        self._logs, self._writer, self._pulse, self._clock = logs, writer, pulse, clock
        self._heartbeat_seconds = heartbeat_seconds
        self._log = signer.origin
        self.receipts: dict[str, Cosigned] = {c.cosigner: c for c in logs.cosigned(self._log)}

    async def serve(self, peer: str, opened: ReplicateOpen) -> AsyncIterator[ReplicateResponse]:
        """Entries behind what the peer holds, for ever. Raises GatewayError."""
        await self._check_claim(peer, opened)
        sent = opened.size
        while True:
            size = self._writer.head(self._log).size
            if sent < size:
                stop = min(size, sent + BATCH)
                yield ReplicateResponse(
                    batch=await asyncio.to_thread(self._batch, peer, sent, stop)
                )
                sent = stop
            elif not await self._pulse.until(
                partial(self._has_more_than, sent), self._heartbeat_seconds
            ):
                time = timestamp(int(self._clock() * 1e6))
                yield ReplicateResponse(heartbeat=Heartbeat(time=time, size=size))

    def _has_more_than(self, size: int) -> bool:
        return self._writer.head(self._log).size > size

    async def _check_claim(self, peer: str, opened: ReplicateOpen) -> None:
        if opened.log_origin != self._log:
            raise MalformedRequest(
                f"this gateway serves {self._log}, not {opened.log_origin!r}: check the address",
                field="open.log_origin",
            )
        size = self._writer.head(self._log).size
        if opened.size > size:
            what = (
                f"{peer} holds {opened.size} entries of {self._log}, which has {size}: rolled back?"
            )
            await self._writer.submit(
                EvidenceJob(self._log, "rollback", what, opened.SerializeToString())
            )
            raise LogInconsistent(what, log=self._log, index=size)
        if opened.cosigned_checkpoint:
            await self.receive(peer, opened.cosigned_checkpoint)

    async def receive(self, peer: str, rendered: str) -> None:
        """Checks and keeps a receipt. Raises LogInconsistent if it is not for our tree."""
        try:
            checkpoint, _ = verified(rendered, self._witnesses[peer], self._suite)
        except NoteError as error:
            raise LogInconsistent(f"receipt of {peer}: {error}", log=self._log, index=0) from None
        if not await asyncio.to_thread(self._is_ours, checkpoint):
            what = f"{peer} cosigned a tree of size {checkpoint.size} that is not ours"
            await self._writer.submit(EvidenceJob(self._log, "fork", what, rendered.encode()))
            raise LogInconsistent(what, log=self._log, index=checkpoint.size)
        cosigned = Cosigned(self._log, witness_name(peer), checkpoint.size, rendered)
        known = self.receipts.get(cosigned.cosigner)
        if known is None or known.size < cosigned.size:
            self.receipts[cosigned.cosigner] = cosigned
            self._writer.enqueue(ReceiptJob(cosigned))

    def _is_ours(self, checkpoint: Checkpoint) -> bool:
        head = self._writer.head(self._log)
        if checkpoint.origin != self._log or checkpoint.size > head.size:
            return False
        if checkpoint.size == head.size:
            return checkpoint.root == head.frontier.root()
        return checkpoint.root == self._tree_at(checkpoint.size)

    def _tree_at(self, size: int) -> bytes:
        return Tree(lambda level, index: self._logs.tile(self._log, level, index)).root(size)

    def _batch(self, peer: str, start: int, stop: int) -> SealedBatch:
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        entries = self._logs.entries(self._log, start, stop)
        return SealedBatch(
            log_origin=self._log,
            start=start,
            entries=[self._seen_by(peer, entry, today) for entry in entries],
            checkpoint=self._checkpoint(stop),
        )

    def _seen_by(self, peer: str, entry: Entry, today: date) -> SealedEntry:
        if entry.leaf is None or leaf_hash(entry.leaf) != entry.hash:
            what = f"entry {entry.index} of {entry.log} does not have its hash"
            self._writer.stop_accepting(what)
            raise DataLoss(f"{what}; run `yrd audit verify`", log=entry.log, index=entry.index)
        decision = self._sharing.decide(entry.type, peer, today)
        return view(entry.leaf, entry.hash, entry.parts, decision)

    def _checkpoint(self, size: int) -> str:
        head = self._writer.head(self._log)
        if size == head.size:
            return head.checkpoint
        return self._signer.sign(Checkpoint(self._log, size, self._tree_at(size))).render()
