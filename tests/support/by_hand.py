"""A follower of a log that answers when a test says so, and notes all it was sent."""

from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from gateway.log.checkpoint import Checkpoint, Witness, verified, witness_name
from gateway.log.merkle import Frontier, leaf_hash, verify_inclusion
from gateway.log.note import parse, parse_vkey
from gateway.log.suite import DEFAULT
from tests.support.calls import receipt
from tests.support.scene import Scene
from yrd.exchange.v1.message_pb2 import Leaf, SealedEntry, UrgentBatch
from yrd.exchange.v1.service_pb2 import ReplicateOpen, ReplicateRequest, ReplicateResponse

LOG = "yrd/310000"
UNIX_TIME = 1_780_000_000


def id_of(entry: SealedEntry) -> str:
    """The message id of an entry; empty if it is withheld."""
    return Leaf.FromString(entry.leaf).header.message_id if entry.leaf else ""


@dataclass(slots=True)
class ByHand:
    """One stream of a peer, from the beginning of the log."""

    scene: Scene
    participant: str = "320000"
    takes_urgent: bool = True
    frontier: Frontier = field(default_factory=Frontier)
    cosigned: str = ""
    owed: list[str] = field(default_factory=list)
    _requests: "SimpleQueue[ReplicateRequest | None]" = field(default_factory=SimpleQueue)
    _responses: Any = None

    def __post_init__(self) -> None:
        opened = ReplicateOpen(log_origin=LOG, takes_urgent=self.takes_urgent)
        self._requests.put(ReplicateRequest(open=opened))
        stub = self.scene.stubs(self.participant, "gateway").replication
        self._responses = stub.Replicate(iter(self._requests.get, None), timeout=60)

    def next(self) -> ReplicateResponse:
        """The next response, checked; a heartbeat says that the origin waits."""
        response: ReplicateResponse = next(self._responses)
        if response.HasField("urgent"):
            self._check_ahead(response.urgent)
            self.owed.append(self.cosigned)
        elif response.HasField("batch"):
            batch = response.batch
            assert batch.start == self.frontier.size
            hashes = [leaf_hash(e.leaf) if e.leaf else e.leaf_hash for e in batch.entries]
            self.frontier, _ = self.frontier.extend(hashes)
            assert self._checkpoint(batch.checkpoint) == (self.frontier.size, self.frontier.root())
            self.cosigned = self._cosign(batch.checkpoint)
            self.owed.append(self.cosigned)
        return response

    def _check_ahead(self, batch: UrgentBatch) -> None:
        size, root = self._checkpoint(batch.checkpoint)
        for sent in batch.entries:
            assert sent.index >= self.frontier.size
            digest = leaf_hash(sent.entry.leaf)
            assert verify_inclusion(digest, sent.index, size, sent.inclusion_proof, root)

    def _checkpoint(self, note: str) -> tuple[int, bytes]:
        key = (self.scene.materials.folder / "310000" / "log.vkey").read_text()
        checkpoint: Checkpoint = verified(note, parse_vkey(key), DEFAULT)[0]
        return checkpoint.size, checkpoint.root

    def _cosign(self, note: str) -> str:
        path = self.scene.materials.folder / self.participant / "witness.key"
        key = DEFAULT.load_private_key(path.read_bytes())
        witness = Witness(witness_name(self.participant), key)
        return witness.cosign(parse(note), UNIX_TIME).render()

    def answer(self) -> None:
        """Answers the oldest batch that has no answer yet."""
        self._requests.put(receipt(self.owed.pop(0)))

    def step(self) -> ReplicateResponse:
        """Answers all there is to answer, then waits for something other than a heartbeat."""
        while self.owed:
            self.answer()
        while (response := self.next()).HasField("heartbeat"):
            pass
        return response

    def close(self) -> None:
        """Ends the stream."""
        self._requests.put(None)
        self._responses.cancel()
