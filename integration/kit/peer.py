"""The gateway that the kit plays for the target to follow: a log of its own, kept between runs.

The target holds it to what it has once seen, so the log stays in the folder and only grows.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc

from integration.kit import notes, tree
from integration.kit.model import Unfit
from integration.kit.setup import Setup, SetupError
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import Heartbeat, ReplicateRequest, ReplicateResponse

FILE = "peer-log.jsonl"
BATCH = 500
HEARTBEAT_SECONDS = 0.5


def require_setup(setup: Setup) -> None:
    """Raises Unfit unless the folder says where and as whom to play a peer."""
    if not (setup.peer and setup.peer_listen):
        raise Unfit("peer and peer_listen in kit.yaml")


@dataclass(slots=True)
class PeerLog:
    """The entries of the peer's log, in a file."""

    path: Path
    entries: list[SealedEntry] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "PeerLog":
        """Reads the file, if there is one."""
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return cls(path, [SealedEntry.FromString(bytes.fromhex(json.loads(x))) for x in lines])

    def append(self, sealed: SealedEntry) -> int:
        """Adds an entry for good; its index."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(sealed.SerializeToString().hex())}\n")
        self.entries.append(sealed)
        return len(self.entries) - 1

    def tree(self, size: int) -> tree.GrowingTree:
        """The tree of the first `size` entries."""
        grown = tree.GrowingTree()
        grown.add(e.leaf_hash or tree.leaf_hash(e.leaf) for e in self.entries[:size])
        return grown


@dataclass(slots=True)
class PeerGateway(rpc.ReplicationServiceServicer):
    """Serves the log to whoever has the certificate of the target's gateway, and keeps receipts."""

    setup: Setup
    log: PeerLog
    signer: notes.Signer
    receipts: list[str] = field(default_factory=list)
    streams: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    _server: Any = None
    _ending: bool = False

    @classmethod
    def start(cls, setup: Setup) -> "PeerGateway":
        """Listens. Raises SetupError if the address can't be had, OSError for a file."""
        signer = notes.signer(setup.folder / "peer-log.key", f"yrd/{setup.peer}", notes.LOG_KIND)
        made = cls(setup, PeerLog.read(setup.folder / FILE), signer)
        pair = setup.pair("peer")
        if pair is None:
            raise Unfit("a certificate for the role peer")
        pem, key = (path.read_bytes() for path in pair)
        ca = (setup.folder / "ca.pem").read_bytes()
        credentials = grpc.ssl_server_credentials([(key, pem)], ca, require_client_auth=True)
        server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        rpc.add_ReplicationServiceServicer_to_server(made, server)
        try:
            server.add_secure_port(setup.peer_listen, credentials)
        except RuntimeError:
            raise SetupError(
                f"{setup.folder}: peer_listen: {setup.peer_listen} can't be had; is another run on?"
            ) from None
        server.start()
        made._server = server
        return made

    def append(self, make: Callable[[int], SealedEntry]) -> int:
        """Adds the entry that `make` makes for the next index; that index."""
        with self.changed:
            index = self.log.append(make(len(self.log.entries)))
            self.changed.notify_all()
            return index

    def Replicate(self, requests: Any, context: Any) -> Iterator[ReplicateResponse]:  # noqa: N802
        """One stream: entries behind what the follower holds, heartbeats between them."""
        sent = next(requests).open.size
        threading.Thread(target=self._listen, args=(requests,), daemon=True).start()
        with self.changed:
            self.streams += 1
            self.changed.notify_all()
        while context.is_active() and not self._ending:
            with self.changed:
                if len(self.log.entries) <= sent:
                    self.changed.wait(HEARTBEAT_SECONDS)
                size = min(len(self.log.entries), sent + BATCH)
            if size > sent:
                yield ReplicateResponse(batch=self._batch(sent, size))
                sent = size
            else:
                beat = Heartbeat(size=len(self.log.entries))
                beat.time.FromNanoseconds(time.time_ns())
                yield ReplicateResponse(heartbeat=beat)

    def _batch(self, start: int, stop: int) -> SealedBatch:
        grown = self.log.tree(stop)
        return SealedBatch(
            log_origin=self.signer.key.name,
            start=start,
            entries=self.log.entries[start:stop],
            checkpoint=self.signer.checkpoint(stop, grown.root()),
        )

    def _listen(self, requests: Iterator[ReplicateRequest]) -> None:
        try:
            for request in requests:
                with self.changed:
                    self.receipts.append(request.receipt.cosigned_checkpoint)
                    self.changed.notify_all()
        except grpc.RpcError:
            return

    def receipt_for(self, size: int, seconds: float) -> str:
        """The first receipt for a tree of at least that size; empty if none comes in time."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                for note in reversed(self.receipts):
                    if _size(note) >= size:
                        return note
                if not self.changed.wait(deadline - time.monotonic()):
                    return ""

    def stop(self) -> None:
        """Ends streams and listening."""
        self._ending = True
        with self.changed:
            self.changed.notify_all()
        self._server.stop(0.2).wait()


def _size(note: str) -> int:
    try:
        return notes.read(note).size
    except notes.BadNote:
        return -1
