"""What peers hold of one's own log."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import grpc

from gateway.keys import Keys
from gateway.log.checkpoint import verified
from gateway.log.note import NoteError
from gateway.log.suite import DEFAULT
from gateway.replication.wrong import Wrong
from yrd.exchange.v1.service_pb2 import AlarmEvidence, GetHoldingRequest, GetHoldingResponse
from yrd.exchange.v1.service_pb2_grpc import ReplicationServiceStub


@dataclass(frozen=True, slots=True)
class Holding:
    """A peer's answer: the tree that it holds, under our signature and its own.

    `problem` says why there is no answer; `wrong` that the answer was false.
    """

    size: int = 0
    root: bytes = b""
    note: str = ""
    problem: str = ""
    wrong: Wrong | None = None

    @property
    def answered(self) -> bool:
        """Whether the peer has given a true answer."""
        return not self.problem and self.wrong is None


async def ask_all(
    keys: Keys, peers: Mapping[str, Callable[[], grpc.aio.Channel]], seconds: float
) -> dict[str, Holding]:
    """Asks all peers at once; each has an entry in the answer."""

    log = keys.signer.origin

    async def one(peer: str) -> Holding:
        try:
            async with asyncio.timeout(seconds), peers[peer]() as channel:
                request = GetHoldingRequest(log_origin=log)
                answer = await ReplicationServiceStub(channel).GetHolding(request)
        except TimeoutError:
            return Holding(problem="no answer in time")
        except grpc.aio.AioRpcError as error:
            return Holding(problem=f"{error.code().name}: {error.details()}")
        return judge(keys, peer, answer)

    names = list(peers)
    return dict(zip(names, await asyncio.gather(*map(one, names)), strict=True))


def judge(keys: Keys, peer: str, answer: GetHoldingResponse) -> Holding:
    """Checks an answer: what a peer says that it holds must be signed by us and by the peer."""
    if not answer.size and not answer.cosigned_checkpoint:
        return Holding()
    log, note = keys.signer.origin, answer.cosigned_checkpoint
    try:
        checkpoint, _ = verified(note, keys.own_log, DEFAULT, old=True)
        verified(note, keys.witnesses[peer], DEFAULT, old=True)
    except NoteError as error:
        return _false(log, peer, note, str(error))
    if (checkpoint.origin, checkpoint.size) != (log, answer.size):
        shown = f"the checkpoint is of {checkpoint.origin} at {checkpoint.size}"
        return _false(log, peer, note, shown)
    return Holding(checkpoint.size, checkpoint.root, note)


def _false(log: str, peer: str, note: str, why: str) -> Holding:
    what = f"{peer} says that it holds entries of ours, and does not show it: {why}"
    evidence = AlarmEvidence(shown_checkpoint=note)
    return Holding(
        wrong=Wrong(what, kind="forged_checkpoint", log=log, index="", evidence=evidence)
    )
