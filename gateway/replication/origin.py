"""Serves one's own log to peers, as the agreements let each see it, and keeps their receipts."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from functools import partial
from time import monotonic
from typing import TypeVar

from gateway.errors import DataLoss, MalformedRequest
from gateway.log.instants import timestamp
from gateway.log.merkle import leaf_hash
from gateway.offload import offload
from gateway.replication.batch_form import Groups, doubtful, serialised
from gateway.replication.issued import Issued
from gateway.replication.lately_read import LatelyRead
from gateway.replication.receipts import Receipts
from gateway.replication.urgent import Ahead, Pace
from gateway.replication.views import Views, decide
from gateway.sharing.decide import Sharing, sealed_view
from gateway.store.port import Entry, OwnLog
from gateway.store.pulse import Pulse
from gateway.store.writer import Writer
from yrd.exchange.v1.message_pb2 import Disposition, SealedEntry
from yrd.exchange.v1.service_pb2 import (
    Heartbeat,
    ReplicateOpen,
    ReplicateResponse,
)

Built = TypeVar("Built")

BATCH = 1000
PACE_SECONDS = 0.005  # between the beginnings of two batches to a peer
BATCH_BYTES = 4 << 20  # a peer takes no message of more than 32 MiB
BATCHES_KEPT = 8
ENTRY_US = 8
"""What it takes to put an entry into a batch."""


class Origin:
    """This participant's log as its peers see it."""

    def __init__(
        self,
        sharing: Sharing,
        logs: OwnLog,
        writer: Writer,
        pulse: Pulse,
        issued: Issued,
        receipts: Receipts,
        clock: Callable[[], float],
        heartbeat_seconds: float,
    ) -> None:
        self._sharing = sharing
        self._logs, self._writer, self._pulse, self._clock = logs, writer, pulse, clock
        self._heartbeat_seconds = heartbeat_seconds
        self._issued, self.receipts, self._log = issued, receipts, issued.log
        # batches are built in worker threads, one at a time: the next peer finds it ready
        self._building = threading.Lock()
        self._lately = LatelyRead(self._read)
        self._views = Views(sharing, self._lately.entries)
        self._batches: OrderedDict[tuple[int, int, Hashable], tuple[bytes, int]] = OrderedDict()

    def forget(self, offsets: frozenset[int]) -> None:
        """Forgets batches and entries that were read before something was destroyed."""
        with self._building:  # one that is being built may still have it
            self._batches.clear()
            self._lately.clear()

    async def serve(self, peer: str, opened: ReplicateOpen, pace: Pace) -> AsyncIterator[bytes]:
        """Entries behind what the peer holds, for ever, as serialised ReplicateResponse.

        `pace` hears of the peer's answers on this stream from `receipts`. Raises GatewayError.
        """
        await self._check_claim(peer, opened)
        sent, last = opened.size, 0.0
        ahead = Ahead(
            self._log, self._logs, lambda size: self._issued.at(size)[1], partial(self._view, peer)
        )
        while not self._writer.stopping:
            ready = partial(self._may_send, sent, pace)
            if not await self._pulse.until(ready, self._heartbeat_seconds):
                yield self._heartbeat()
                continue
            # commits that come meanwhile share a batch, its checks, its receipt and its syncs
            if (pause := last + PACE_SECONDS - monotonic()) > 0:
                await asyncio.sleep(pause)
            last = monotonic()
            if self._writer.stopping:
                return
            size = self._writer.head(self._log).size
            if opened.takes_urgent and (urgent := await self._current(ahead.batch, sent, size)):
                pace.sent(None)
                yield urgent
            else:
                stop = self._issued.stop(sent, min(size, sent + BATCH))
                build = partial(self._batch, peer)
                batch, stop = await self._current(build, sent, stop)
                pace.sent(stop)
                yield batch
                sent = stop

    async def _current(self, build: Callable[[int, int], Built], start: int, stop: int) -> Built:
        """A batch as of this moment: what is withdrawn while it is built is not in it."""
        while True:
            timeline = self._sharing.timeline
            batch = await offload(ENTRY_US * (stop - start), build, start, stop)
            if timeline is self._sharing.timeline:
                return batch

    def _may_send(self, sent: int, pace: Pace) -> bool:
        """Whether there is more and the peer has answered enough; true when stopping, too.

        Under load the batches grow by themselves, since each waits for a receipt.
        """
        if self._writer.stopping:
            return True
        return not pace.full and self._writer.head(self._log).size > sent

    def _heartbeat(self) -> bytes:
        time, size = timestamp(int(self._clock() * 1e6)), self._writer.head(self._log).size
        beat = ReplicateResponse(heartbeat=Heartbeat(time=time, size=size))
        return beat.SerializeToString()

    async def _check_claim(self, peer: str, opened: ReplicateOpen) -> None:
        if opened.log_origin != self._log:
            raise MalformedRequest(
                f"this gateway serves {self._log}, not {opened.log_origin!r}: check the address",
                field="open.log_origin",
            )
        size = self._writer.head(self._log).size
        if opened.size > size:
            await self.receipts.require_false(peer, opened.cosigned_checkpoint)
            what = f"{peer} claims to hold {opened.size} entries, does not show it, and there are "
            raise await self.receipts.false(f"{what}{size}", opened.cosigned_checkpoint, size)
        if opened.cosigned_checkpoint:
            await self.receipts.receive(peer, opened.cosigned_checkpoint, old=True)

    def _batch(self, peer: str, start: int, stop: int) -> tuple[bytes, int]:
        """Entries [start, stop) as the peer may see them; peers who see the same share it.

        A serialised ReplicateResponse, and where it ends: before `stop` if the entries are large.
        """
        with self._building:
            view = self._views.of(peer, start, stop)
            key = (start, stop, view.key)
            batch = self._batches.get(key)
            if batch is None:
                batch = self._batches[key] = self._build(start, stop, view.given)
                while len(self._batches) > BATCHES_KEPT:
                    self._batches.popitem(last=False)
            return batch

    def _build(self, start: int, stop: int, given: Sequence[Groups]) -> tuple[bytes, int]:
        while True:
            batch, stop = self._joined(start, stop, given)
            if len(batch) <= BATCH_BYTES or stop == start + 1:
                return batch, stop
            stop = start + max(1, (stop - start) * BATCH_BYTES // len(batch))

    def _joined(self, start: int, stop: int, given: Sequence[Groups]) -> tuple[bytes, int]:
        """A batch of entries from `start`, and where they end."""
        entries = self._lately.entries(start, stop)[: len(given)]
        stop = start + len(entries)
        checkpoint = self._issued.at(stop)[1]
        return serialised(self._log, start, entries, given[: len(entries)], checkpoint), stop

    def _view(self, peer: str, view: SealedEntry, entry: Entry) -> bool:
        """Fills in an entry that may go ahead of its place; False if it is withheld."""
        decision = decide(self._sharing.timeline, entry, peer)
        if not decision.shared:
            return False
        self._require_hash(entry)
        shown = sealed_view(entry.leaf or b"", entry.hash, entry.parts, decision.given)
        view.MergeFromString(shown)
        return True

    def _read(self, start: int, stop: int) -> list[Entry]:
        """Entries [start, stop) or the first ones that can be read at once, each with its hash."""
        entries = self._logs.entries(self._log, start, stop)
        for entry in doubtful(entries):
            self._require_hash(entry)
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
        with self._building:
            self._batches.clear()
            self._issued.keys_changed()
