"""The link to one peer: follows its log for as long as the gateway runs."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import grpc
from google.protobuf.message import DecodeError

from gateway.config import Limits
from gateway.errors import GatewayError, LogInconsistent, Unavailable
from gateway.offload import offload
from gateway.replication.ahead import AheadJob, EarlyJob, check_ahead
from gateway.replication.framed import Framed, received
from gateway.replication.mirror import Mirror, Mirrored, MirrorJob
from gateway.replication.watch import Watch
from gateway.store.port import Head
from gateway.store.writer import Writer
from yrd.exchange.v1.message_pb2 import SealedBatch, UrgentBatch
from yrd.exchange.v1.service_pb2 import (
    DESCRIPTOR,
    ReplicateOpen,
    ReplicateReceipt,
    ReplicateRequest,
    ReplicateResponse,
)

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
SILENT_HEARTBEATS = 4
BATCH_US, ENTRY_US = 250, 25
"""What it takes to check a batch, its two signatures, and each of its entries."""
EARLY_US = 10 * ENTRY_US
FRAMED_ENTRY_US, FRAMED_KIB_US = 2, 1
"""The same for a batch that native steps read: for each entry, and for each KiB of it."""

Call: TypeAlias = "grpc.aio.StreamStreamCall[ReplicateRequest, bytes]"
Multi: TypeAlias = "grpc.aio.StreamStreamMultiCallable[ReplicateRequest, bytes]"
_SERVICE = DESCRIPTOR.services_by_name["ReplicationService"]
_METHOD = f"/{_SERVICE.full_name}/{_SERVICE.methods_by_name['Replicate'].name}"


@dataclass(slots=True)
class LinkState:
    """What an operator wants to know of the link. Time in microseconds since 1970."""

    connected: bool = False
    remote_size: int = 0
    last_heard_us: int = 0
    problem: str = ""


class Link:
    """Mirrors one peer's log: receives, checks, stores, sends the receipt.

    A peer that breaks its log is not followed any further: the link stays closed, with its evidence
    kept, until an operator has settled the alarm. `stored` is told of each batch that is stored, and when
    it came (nanoseconds since 1970).
    """

    def __init__(
        self,
        participant: str,
        mirror: Mirror,
        connect: Callable[[], grpc.aio.Channel],
        writer: Writer,
        watch: Watch,
        clock: Callable[[], float],
        limits: Limits,
        stored: Callable[[Mirrored, int], None] | None = None,
    ) -> None:
        self.participant, self.state = participant, LinkState()
        self._mirror, self._connect, self._writer, self._clock = mirror, connect, writer, clock
        self._watch, self._stored = watch, stored
        self._silence_seconds = limits.heartbeat_seconds * SILENT_HEARTBEATS
        self._skew_seconds = limits.max_clock_skew_seconds

    @property
    def log(self) -> str:
        """The peer's log."""
        return self._mirror.log

    async def run(self) -> None:
        """Follows until cancelled; stands still while an alarm is unsettled. Raises nothing."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            await self._until_settled()
            heard = self.state.last_heard_us
            try:
                await self._follow()
            except grpc.aio.AioRpcError as error:
                denied = self._watch.denial(self._writer.head(self.log), error)
                if denied is None:
                    self._interrupted(error)
                else:
                    await self._fail_closed(denied)
            except (grpc.RpcError, GatewayError, TimeoutError, asyncio.InvalidStateError) as error:
                self._interrupted(error)  # InvalidStateError: written to when it had just ended
            except Exception as error:
                # the link must live on, and say what happened
                logger.exception("link_failed", extra={"peer": self.participant})
                self._interrupted(error)
            pause = FIRST_PAUSE_SECONDS if self.state.last_heard_us > heard else pause * 2
            pause = min(pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))

    def _interrupted(self, error: Exception) -> None:
        if isinstance(error, grpc.aio.AioRpcError):
            self.state.problem = f"{error.code().name}: {error.details()}"
        else:
            silent = isinstance(error, TimeoutError)
            self.state.problem = "the peer fell silent" if silent else str(error) or repr(error)
        self.state.connected = False
        logger.info(
            "link_interrupted", extra={"peer": self.participant, "detail": self.state.problem}
        )

    async def _fail_closed(self, error: LogInconsistent) -> None:
        self.state.connected = False
        await self._watch.alarms.keep(error)
        self.state.problem = f"stopped: {error.message}"
        logger.error(
            "link_failed_closed", extra={"peer": self.participant, "detail": error.message}
        )

    async def _until_settled(self) -> None:
        """Waits while an alarm keeps the link closed."""
        closing = self._watch.alarms.closing
        stopped = closing(self.log)
        if stopped is not None:
            self.state.connected = False
            self.state.problem = f"stopped: {stopped.detail}: `yrd alarms show {stopped.number}`"
            await self._watch.pulse.until(lambda: closing(self.log) is None, None)
            self.state.problem = "settled; connecting"

    async def _follow(self) -> None:
        head = self._writer.head(self.log)
        async with self._connect() as channel:
            # not by the stub: what is answered stays bytes (replication/framed.py)
            asked: Multi = channel.stream_stream(
                _METHOD,
                request_serializer=ReplicateRequest.SerializeToString,
                response_deserializer=bytes,
            )
            call = asked()
            opened = ReplicateOpen(
                log_origin=self.log,
                size=head.size,
                cosigned_checkpoint=head.checkpoint,
                takes_urgent=True,
            )
            await call.write(ReplicateRequest(open=opened))
            try:
                await self._read(call)
            except LogInconsistent as error:
                # while the stream is open: the receipts before it are still on their way
                await self._fail_closed(error)

    async def _read(self, call: Call) -> None:
        """Takes what comes, until an alarm that was raised elsewhere closes the link."""
        while self._watch.alarms.closing(self.log) is None:
            async with asyncio.timeout(self._silence_seconds):
                data = await call.read()
            if not isinstance(data, bytes):
                await self._ended(call)
                return
            try:
                response = received(data)
            except DecodeError:
                raise Unavailable("the peer sent what is not a ReplicateResponse") from None
            self._heard()
            await self._take(call, response)

    async def _ended(self, call: Call) -> None:
        """Raises what the peer ended the stream with."""
        code, details = await call.code(), await call.details()
        if code is grpc.StatusCode.OK:
            code, details = grpc.StatusCode.UNAVAILABLE, "the peer ended the stream"
        initial, trailing = await call.initial_metadata(), await call.trailing_metadata()
        raise grpc.aio.AioRpcError(code, initial, trailing, details)

    def _heard(self) -> None:
        self.state.connected, self.state.problem = True, ""
        self.state.last_heard_us = int(self._clock() * 1e6)

    async def _take(self, call: Call, response: ReplicateResponse | Framed) -> None:
        held = self._writer.head(self.log).size
        if isinstance(response, Framed) or response.HasField("batch"):
            batch = response if isinstance(response, Framed) else response.batch
            stored = await self._store(batch)
            self.state.remote_size = max(self.state.remote_size, self._writer.head(self.log).size)
            await call.write(ReplicateRequest(receipt=ReplicateReceipt(cosigned_checkpoint=stored)))
        elif response.HasField("urgent"):
            await self._store_ahead(response.urgent)
            answer = ReplicateReceipt(cosigned_checkpoint=self._writer.head(self.log).checkpoint)
            await call.write(ReplicateRequest(receipt=answer))
        else:
            beat = response.heartbeat
            if beat.size < held:
                raise self._watch.shorter(self._writer.head(self.log), beat)
            self.state.remote_size = beat.size
            await self._watch.clock(self.log, beat, self._clock(), self._skew_seconds)

    async def _store(self, batch: SealedBatch | Framed) -> str:
        head = self._writer.head(self.log)
        now_us = int(self._clock() * 1e6)
        mirrored = await offload(_cost_us(batch), self._mirror.check, batch, head, now_us)
        await self._require_equal(await self._writer.submit(MirrorJob(mirrored)), head, batch)
        if self._stored is not None:
            self._stored(mirrored, now_us * 1000)
        if mirrored.wrong:  # kept, since it is in the tree for good; but not followed further
            raise mirrored.wrong
        return mirrored.cosigned

    async def _store_ahead(self, batch: UrgentBatch) -> None:
        head = self._writer.head(self.log)
        early = await offload(EARLY_US * len(batch.entries), check_ahead, self._mirror, batch, head)
        await self._require_equal(await self._writer.submit(AheadJob(early)), head, batch)

    async def _require_equal(
        self, other: int | None, head: Head, sent: SealedBatch | UrgentBatch | Framed
    ) -> None:
        """Raises Wrong, with both sides, if an entry is not the one that we hold."""
        if other is not None:
            sent = sent.parsed() if isinstance(sent, Framed) else sent
            early = await self._writer.submit(EarlyJob(self.log, other))
            raise await self._watch.contradicted(head, other, early, sent)


def _cost_us(batch: SealedBatch | Framed) -> int:
    """About what it takes to check a batch."""
    if isinstance(batch, Framed):
        each = FRAMED_ENTRY_US * batch.size + FRAMED_KIB_US * (len(batch.data) >> 10)
    else:
        each = ENTRY_US * len(batch.entries)
    return BATCH_US + each
