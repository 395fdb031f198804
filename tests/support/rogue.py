"""A peer's gateway that says what a test tells it to say, with that peer's own certificate."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc

from tests.support.materials import Materials
from tests.support.running import free_port
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import SealedBatch, UrgentBatch
from yrd.exchange.v1.service_pb2 import Heartbeat, ReplicateOpen, ReplicateResponse

Script = Callable[[ReplicateOpen], Iterator[ReplicateResponse]]


def batch(sealed: SealedBatch) -> ReplicateResponse:
    """Entries on the stream."""
    return ReplicateResponse(batch=sealed)


def ahead(sealed: UrgentBatch) -> ReplicateResponse:
    """Urgent entries on the stream."""
    return ReplicateResponse(urgent=sealed)


def heartbeat(size: int) -> ReplicateResponse:
    """A heartbeat that claims a size."""
    return ReplicateResponse(heartbeat=Heartbeat(size=size))


@dataclass(slots=True)
class Rogue(rpc.ReplicationServiceServicer):
    """Follows its script for each stream, then stays silent until the test ends."""

    participant: str
    address: str
    script: Script
    opened: list[ReplicateOpen] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def Replicate(self, requests: Any, context: Any) -> Iterator[ReplicateResponse]:  # noqa: N802
        """One stream."""
        opened = next(requests).open
        self.opened.append(opened)
        threading.Thread(target=self._listen, args=(requests,), daemon=True).start()
        yield from self.script(opened)
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
