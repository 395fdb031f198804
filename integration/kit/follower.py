"""The kit as a peer that follows the log of the gateway under test, and checks all that it is sent."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import grpc

from integration.kit import notes, tree
from integration.kit.model import Unmet
from integration.kit.target import REPLICATION, Target
from yrd.exchange.v1.message_pb2 import Leaf, SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import (
    ReplicateOpen,
    ReplicateReceipt,
    ReplicateRequest,
    ReplicateResponse,
)

ROLE = "peer"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it came: `sent` is all that was sent with its batch, serialised."""

    index: int
    leaf: bytes
    hash: bytes
    disclosures: tuple[bytes, ...]
    sent: bytes

    @property
    def given(self) -> bool:
        """Whether the leaf came, and not only its hash."""
        return bool(self.leaf)


@dataclass(slots=True)
class Follower:
    """Follows from the log's beginning; what was read is kept for the next case. Thread-safe."""

    target: Target
    entries: list[Entry] = field(default_factory=list)
    checkpoints: list[notes.Checkpoint] = field(default_factory=list)
    cosigned: str = ""
    _tree: tree.GrowingTree = field(default_factory=tree.GrowingTree)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def log(self) -> str:
        """The log that is followed."""
        return f"yrd/{self.target.setup.participant}"

    def until(self, sequence: int) -> Entry:
        """The entry, once it has come. Raises Unmet if it doesn't, or if what comes is wrong."""
        with self._lock:
            if sequence >= len(self.entries):
                self._follow(sequence)
            return self.entries[sequence]

    def _follow(self, sequence: int) -> None:
        setup = self.target.setup
        key = notes.read_key(setup.gateway_log_key)
        witness = notes.signer(
            setup.folder / "peer-witness.key", f"yrd/{setup.peer}/witness", notes.WITNESS_KIND
        )
        opened = ReplicateOpen(
            log_origin=self.log, size=len(self.entries), cosigned_checkpoint=self.cosigned
        )
        with exchange(self.target, ROLE, opened) as conversation:
            for response in conversation.answers():
                if response.HasField("batch"):
                    self._take(response.batch, key)
                    self.cosigned = witness.cosign(response.batch.checkpoint, int(time.time()))
                    conversation.receipt(self.cosigned)
                if len(self.entries) > sequence:
                    return
        raise Unmet(f"entry {sequence} of {self.log} on Replicate", f"{len(self.entries)} entries")

    def _take(self, batch: SealedBatch, key: notes.Key) -> None:
        if (batch.log_origin, batch.start) != (self.log, len(self.entries)):
            raise Unmet(
                f"entries of {self.log} from {len(self.entries)} on, none missing",
                f"entries of {batch.log_origin!r} from {batch.start} on",
            )
        sent = batch.SerializeToString()
        fresh = [_entry(sealed, batch.start + i, sent) for i, sealed in enumerate(batch.entries)]
        self._tree.add(entry.hash for entry in fresh)
        self.checkpoints.append(require_checkpoint(batch.checkpoint, key, self.log, self._tree))
        self.entries += fresh


def require_checkpoint(
    note: str, key: notes.Key, log: str, grown: tree.GrowingTree
) -> notes.Checkpoint:
    """The checkpoint, if it is signed and of this very tree. Raises Unmet."""
    try:
        checkpoint = notes.read(note)
        checkpoint.require_signed(key)
    except notes.BadNote as error:
        raise Unmet(f"a checkpoint signed by {key.name}", str(error)) from None
    if (checkpoint.origin, checkpoint.size) != (log, grown.size):
        raise Unmet(
            f"a checkpoint of {log} at {grown.size}, the tree behind the batch's last entry",
            f"one of {checkpoint.origin} at {checkpoint.size}",
        )
    if checkpoint.root != grown.root():
        raise Unmet(
            f"root {grown.root().hex()}, computed from the entries (RFC 6962)",
            f"root {checkpoint.root.hex()} in the signed checkpoint",
        )
    return checkpoint


def _entry(sealed: SealedEntry, index: int, sent: bytes) -> Entry:
    if bool(sealed.leaf) == bool(sealed.leaf_hash):
        raise Unmet(
            f"a leaf or a leaf hash for entry {index}, and not both",
            "both" if sealed.leaf else "neither",
        )
    found = tree.leaf_hash(sealed.leaf) if sealed.leaf else sealed.leaf_hash
    entry = Entry(index, sealed.leaf, found, tuple(sealed.disclosures), sent)
    if sealed.leaf:
        stamp = Leaf.FromString(sealed.leaf).stamp
        if stamp.sequence != index:
            raise Unmet(f"stamp.sequence {index} at index {index}", str(stamp.sequence))
    elif sealed.disclosures:
        raise Unmet(f"nothing but the hash of withheld entry {index}", "disclosures with it")
    return entry


@dataclass(slots=True)
class Conversation:
    """One open Replicate stream."""

    call: Any
    requests: "queue.SimpleQueue[bytes | None]"

    def receipt(self, note: str) -> None:
        """Sends a receipt."""
        request = ReplicateRequest(receipt=ReplicateReceipt(cosigned_checkpoint=note))
        self.requests.put(request.SerializeToString())

    def answers(self) -> Iterator[ReplicateResponse]:
        """What comes. Raises grpc.RpcError; a deadline ends it quietly."""
        try:
            yield from self.call
        except grpc.RpcError as error:
            call: Any = error
            if call.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                raise

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self.call.cancel()
        self.requests.put(None)


def exchange(target: Target, role: str, opened: ReplicateOpen) -> Conversation:
    """Opens a stream as a peer."""
    requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    requests.put(ReplicateRequest(open=opened).SerializeToString())
    method = f"{REPLICATION}Replicate"
    sent = iter(requests.get, None)
    return Conversation(target.stream(role, method, sent, ReplicateResponse.FromString), requests)
