"""The link to one peer: follows its log for as long as the gateway runs."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import grpc

from gateway.errors import GatewayError, LogInconsistent, Unavailable
from gateway.offload import offload
from gateway.replication.ahead import AheadJob, ForkJob, check_ahead
from gateway.replication.mirror import EvidenceJob, Mirror, MirrorJob
from gateway.store.writer import Writer
from yrd.exchange.v1.message_pb2 import SealedBatch, UrgentBatch
from yrd.exchange.v1.service_pb2 import (
    ReplicateOpen,
    ReplicateReceipt,
    ReplicateRequest,
    ReplicateResponse,
)
from yrd.exchange.v1.service_pb2_grpc import ReplicationServiceStub

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
SILENT_HEARTBEATS = 4

Call: TypeAlias = "grpc.aio.StreamStreamCall[ReplicateRequest, ReplicateResponse]"


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
    kept, until an operator has looked at it and restarted the gateway.
    """

    def __init__(
        self,
        participant: str,
        mirror: Mirror,
        connect: Callable[[], grpc.aio.Channel],
        writer: Writer,
        clock: Callable[[], float],
        heartbeat_seconds: float,
    ) -> None:
        self.participant, self.state = participant, LinkState()
        self._mirror, self._connect, self._writer, self._clock = mirror, connect, writer, clock
        self._silence_seconds = heartbeat_seconds * SILENT_HEARTBEATS

    @property
    def log(self) -> str:
        """The peer's log."""
        return self._mirror.log

    async def run(self) -> None:
        """Follows until cancelled, or until the peer breaks its log. Raises nothing."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            heard = self.state.last_heard_us
            try:
                await self._follow()
                self._interrupted(
                    Unavailable("the peer ended the stream, as it does when it stops")
                )
            except LogInconsistent as error:
                await self._fail_closed(error)
                return
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
        self.state.connected, self.state.problem = False, f"stopped for good: {error.message}"
        logger.error(
            "link_failed_closed", extra={"peer": self.participant, "detail": error.message}
        )

    async def _follow(self) -> None:
        head = self._writer.head(self.log)
        async with self._connect() as channel:
            call: Call = ReplicationServiceStub(channel).Replicate()
            opened = ReplicateOpen(
                log_origin=self.log,
                size=head.size,
                cosigned_checkpoint=head.checkpoint,
                takes_urgent=True,
            )
            await call.write(ReplicateRequest(open=opened))
            while True:
                async with asyncio.timeout(self._silence_seconds):
                    response = await call.read()
                if response is grpc.aio.EOF or not isinstance(response, ReplicateResponse):
                    return await self._ended(call)
                self._heard()
                await self._take(call, response)

    async def _ended(self, call: Call) -> None:
        """Raises what the peer ended the stream with."""
        code = await call.code()
        if code is not grpc.StatusCode.OK:
            raise grpc.aio.AioRpcError(
                code,
                await call.initial_metadata(),
                await call.trailing_metadata(),
                await call.details(),
            )

    def _heard(self) -> None:
        self.state.connected, self.state.problem = True, ""
        self.state.last_heard_us = int(self._clock() * 1e6)

    async def _take(self, call: Call, response: ReplicateResponse) -> None:
        held = self._writer.head(self.log).size
        if response.HasField("batch"):
            stored = await self._store(response.batch)
            self.state.remote_size = max(self.state.remote_size, self._writer.head(self.log).size)
            await call.write(ReplicateRequest(receipt=ReplicateReceipt(cosigned_checkpoint=stored)))
        elif response.HasField("urgent"):
            await self._store_ahead(response.urgent)
            answer = ReplicateReceipt(cosigned_checkpoint=self._writer.head(self.log).checkpoint)
            await call.write(ReplicateRequest(receipt=answer))
        elif response.heartbeat.size < held:
            what = f"{self.log} has {response.heartbeat.size} entries, we hold {held}: rolled back"
            await self._keep("rollback", what, response.heartbeat.SerializeToString())
            raise LogInconsistent(what, log=self.log, index=held)
        else:
            self.state.remote_size = response.heartbeat.size

    async def _store(self, batch: SealedBatch) -> str:
        head = self._writer.head(self.log)
        try:
            now_us = int(self._clock() * 1e6)
            mirrored = await offload(len(batch.entries), self._mirror.check, batch, head, now_us)
        except LogInconsistent as error:
            await self._keep("fork", error.message, batch.SerializeToString())
            raise
        await self._require_equal(await self._writer.submit(MirrorJob(mirrored)), batch)
        return mirrored.cosigned

    async def _store_ahead(self, batch: UrgentBatch) -> None:
        head = self._writer.head(self.log)
        try:
            early = await offload(len(batch.entries), check_ahead, self._mirror, batch, head)
        except LogInconsistent as error:
            await self._keep("fork", error.message, batch.SerializeToString())
            raise
        await self._require_equal(await self._writer.submit(AheadJob(early)), batch)

    async def _require_equal(self, other: int | None, sent: SealedBatch | UrgentBatch) -> None:
        """Raises LogInconsistent, with both sides kept, if an entry is not the one that we hold."""
        if other is not None:
            what = f"{self.log}: entry {other} is not the one that was sent before: a fork"
            await self._writer.submit(ForkJob(self.log, other, what, sent.SerializeToString()))
            raise LogInconsistent(what, log=self.log, index=other)

    async def _keep(self, kind: str, detail: str, data: bytes) -> None:
        await self._writer.submit(EvidenceJob(self.log, kind, detail, data))
