"""A peer's gateway that says what a test tells it to say, with that peer's own certificate."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc

from gateway.errors import GatewayError, to_status
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from tests.support.running import free_port
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import SealedBatch, UrgentBatch
from yrd.exchange.v1.service_pb2 import (
    GetHoldingRequest,
    GetHoldingResponse,
    Heartbeat,
    ReplicateOpen,
    ReplicateResponse,
)

Script = Callable[[ReplicateOpen], Iterator[ReplicateResponse]]


class StopScript(Exception):
    """Raised by a script: the stream ends in order."""


class Refusal(Exception):
    """Raised by a script: the stream ends with an error."""

    def __init__(self, error: GatewayError) -> None:
        super().__init__(error.message)
        self.error = error


def batch(sealed: SealedBatch) -> ReplicateResponse:
    """Entries on the stream."""
    return ReplicateResponse(batch=sealed)


def ahead(sealed: UrgentBatch) -> ReplicateResponse:
    """Urgent entries on the stream."""
    return ReplicateResponse(urgent=sealed)


def heartbeat(size: int, unix_time: float | None = None) -> ReplicateResponse:
    """A heartbeat that claims a size, and a time if one is given."""
    beat = Heartbeat(size=size)
    if unix_time is not None:
        beat.time.FromMicroseconds(int(unix_time * 1e6))
    return ReplicateResponse(heartbeat=beat)


def all_of(log: HandmadeLog) -> Script:
    """Sends what is in a log behind where the caller stands, in one batch."""

    def script(opened: ReplicateOpen) -> Iterator[ReplicateResponse]:
        if opened.size < len(log.entries):
            yield batch(log.batch(opened.size, len(log.entries)))

    return script


@dataclass(slots=True)
class Rogue(rpc.ReplicationServiceServicer):
    """Follows its script for each stream, then stays silent until the test ends."""

    participant: str
    address: str
    script: Script
    opened: list[ReplicateOpen] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    holding: GetHoldingResponse = field(default_factory=GetHoldingResponse)
    """What it says of the caller's own log."""

    def GetHolding(self, request: GetHoldingRequest, context: Any) -> GetHoldingResponse:  # noqa: N802
        """What it is told to say."""
        return self.holding

    def Replicate(self, requests: Any, context: Any) -> Iterator[ReplicateResponse]:  # noqa: N802
        """One stream."""
        opened = next(requests).open
        self.opened.append(opened)
        threading.Thread(target=self._listen, args=(requests,), daemon=True).start()
        try:
            yield from self.script(opened)
        except StopScript:
            return
        except Refusal as refusal:
            status = to_status(refusal.error)
            details = ("grpc-status-details-bin", status.SerializeToString())
            context.set_trailing_metadata((details,))
            code = next(c for c in grpc.StatusCode if c.value[0] == status.code)
            context.abort(code, status.message)
        while context.is_active() and not self.ending.wait(0.02):
            pass

    def _listen(self, requests: Any) -> None:
        try:
            for request in requests:
                self.receipts.append(request.receipt.cosigned_checkpoint)
        except grpc.RpcError:
            return


@contextmanager
def rogue(materials: Materials, participant: str, script: Script) -> Iterator[Rogue]:
    """Runs it until the block ends."""
    ca, certificate, key = (p.read_bytes() for p in materials.system(participant, "gateway"))
    credentials = grpc.ssl_server_credentials([(key, certificate)], ca, require_client_auth=True)
    made = Rogue(participant, f"127.0.0.1:{free_port()}", script)
    server = grpc.server(ThreadPoolExecutor(8))
    rpc.add_ReplicationServiceServicer_to_server(made, server)
    server.add_secure_port(made.address, credentials)
    server.start()
    try:
        yield made
    finally:
        made.ending.set()
        server.stop(None).wait()
