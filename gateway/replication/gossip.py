"""Two gateways compare what they hold of third logs: an origin that shows them different trees is found.

The one that holds more proves, from its own tree, what the other should hold; so both have the evidence.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import count

import grpc

from gateway.keys import Keys
from gateway.log.checkpoint import Checkpoint, log_origin, verified
from gateway.log.checkpoint import parse as parse_checkpoint
from gateway.log.merkle import Tree, verify_consistency
from gateway.log.note import NoteError
from gateway.log.note import parse as parse_note
from gateway.log.suite import DEFAULT
from gateway.replication.alarms import Alarms
from gateway.replication.wrong import Wrong
from gateway.store.port import Head, LogReader
from gateway.store.writer import Writer
from yrd.exchange.v1.service_pb2 import (
    AlarmEvidence,
    CompareCheckpointsRequest,
    CompareCheckpointsResponse,
    HeldCheckpoint,
)
from yrd.exchange.v1.service_pb2_grpc import ReplicationServiceStub

logger = logging.getLogger(__name__)
HEARTBEATS = 10
CALL_SECONDS = 5.0


class Gossip:
    """Compares with each peer in turn, and answers peers that compare."""

    def __init__(
        self,
        keys: Keys,
        peers: Mapping[str, Callable[[], grpc.aio.Channel]],
        logs: LogReader,
        writer: Writer,
        alarms: Alarms,
        heartbeat_seconds: float,
    ) -> None:
        self._keys, self._peers, self._logs = keys, peers, logs
        self._writer, self._alarms = writer, alarms
        self._pause_seconds = heartbeat_seconds * HEARTBEATS

    async def run(self) -> None:
        """Compares for ever. A peer that can't be reached is asked again the next time."""
        peers = list(self._peers)
        for turn in count() if peers else ():
            await asyncio.sleep(self._pause_seconds / len(peers))
            peer = peers[turn % len(peers)]
            try:
                await self._compare(peer)
            except (grpc.RpcError, TimeoutError, asyncio.InvalidStateError) as error:
                logger.debug("not_compared", extra={"peer": peer, "detail": str(error)})
            except Exception:
                logger.exception("comparison_failed", extra={"peer": peer})

    async def _compare(self, peer: str) -> None:
        heads = {head.log: head for head in self._heads(peer)}
        if not heads:
            return
        request = CompareCheckpointsRequest(checkpoints=[h.checkpoint for h in heads.values()])
        async with asyncio.timeout(CALL_SECONDS), self._peers[peer]() as channel:
            answer = await ReplicationServiceStub(channel).CompareCheckpoints(request)
        await self.take(heads, answer)

    async def take(self, heads: Mapping[str, Head], answer: CompareCheckpointsResponse) -> None:
        """Compares what a peer holds with what is held here, by log."""
        for theirs in answer.held:
            found = self._signed(theirs.checkpoint)
            if found is None or found.origin not in heads:
                continue
            head = heads[found.origin]
            if found.size <= head.size:
                await self._measure(head, found, theirs.checkpoint)
            elif _proves(theirs, found, head):
                await self._fork(
                    head, theirs.checkpoint, theirs.root_hash, theirs.consistency_proof
                )

    async def answer(
        self, peer: str, request: CompareCheckpointsRequest
    ) -> CompareCheckpointsResponse:
        """What is held of the logs that a peer has shown, with proofs where it is more."""
        response = CompareCheckpointsResponse()
        held = {head.log: head for head in self._heads(peer)}
        for rendered in request.checkpoints:
            found = self._signed(rendered)
            if found is None or found.origin not in held:
                continue
            head = held[found.origin]
            mine = HeldCheckpoint(checkpoint=head.checkpoint)
            if found.size <= head.size:
                mine.root_hash, path = await self._measure(head, found, rendered)
                mine.consistency_proof.extend(path)
            response.held.append(mine)
        return response

    def _heads(self, peer: str) -> Iterable[Head]:
        """Logs of others than that peer and ourselves."""
        for participant in self._keys.logs:
            head = self._writer.head(log_origin(participant))
            if participant != peer and head.size and head.checkpoint:
                yield head

    def _signed(self, rendered: str) -> Checkpoint | None:
        """A checkpoint that a peer's log has signed; anything else shows nothing about anyone."""
        try:
            origin = parse_checkpoint(parse_note(rendered).text).origin
            ring = self._keys.logs.get(origin.removeprefix("yrd/"))
            found = verified(rendered, ring, DEFAULT, old=True)[0] if ring else None
        except NoteError:
            return None
        return found if found is not None and found.size else None

    async def _measure(
        self, head: Head, found: Checkpoint, rendered: str
    ) -> tuple[bytes, list[bytes]]:
        """Root of our tree at that size, with its proof; raises the alarm if it is another."""
        root, path = await asyncio.to_thread(self._prove, head, found.size)
        if root != found.root:
            await self._fork(head, rendered, root, path)
        return root, path

    def _prove(self, head: Head, size: int) -> tuple[bytes, list[bytes]]:
        tree = Tree(partial(self._logs.tile, head.log))
        path = tree.consistency_proof(size, head.size) if size < head.size else []
        return tree.root(size), path

    async def _fork(self, head: Head, shown: str, root: bytes, path: Iterable[bytes]) -> None:
        if self._alarms.has(head.log, "fork"):
            return
        evidence = AlarmEvidence(
            held_checkpoint=head.checkpoint,
            shown_checkpoint=shown,
            held_root=root,
            consistency_proof=path,
        )
        what = "it has signed one tree for us and another for a peer: the log was forked"
        wrong = Wrong(what, kind="fork", log=head.log, index=head.size, evidence=evidence)
        await self._alarms.keep(wrong)


def _proves(theirs: HeldCheckpoint, found: Checkpoint, head: Head) -> bool:
    """Whether a larger tree is proved to begin otherwise than ours."""
    return theirs.root_hash != head.frontier.root() and verify_consistency(
        head.size, found.size, theirs.root_hash, found.root, theirs.consistency_proof
    )
