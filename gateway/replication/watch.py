"""What a follower notices of an origin beside its batches: its size, its clock, its refusals."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from gateway.log.merkle import Tree, leaf_hash
from gateway.replication.ahead import proved_early
from gateway.replication.alarms import Alarms
from gateway.replication.wrong import Wrong
from gateway.store.early import Early
from gateway.store.port import Head, LogReader
from gateway.store.pulse import Pulse
from yrd.exchange.v1.message_pb2 import SealedBatch, UrgentBatch
from yrd.exchange.v1.service_pb2 import AlarmEvidence, Heartbeat

_DETAILS = "grpc-status-details-bin"
_INCONSISTENT = "LOG_INCONSISTENT"


@dataclass(frozen=True, slots=True)
class Watch:
    """What all links of a gateway share: the alarms, and the store to prove things from."""

    alarms: Alarms
    logs: LogReader
    pulse: Pulse

    def shorter(self, head: Head, beat: Heartbeat) -> Wrong:
        """The origin says that it has fewer entries than it has signed."""
        what = f"it has {beat.size} entries, and we hold {head.size} under its signature"
        return Wrong(
            f"{what}: rolled back",
            kind="rollback",
            log=head.log,
            index=head.size,
            evidence=AlarmEvidence(held_checkpoint=head.checkpoint, said=f"heartbeat: {beat.size}"),
        )

    def denial(self, head: Head, error: grpc.aio.AioRpcError) -> Wrong | None:
        """The origin refuses what it has signed itself; None if it refuses something else."""
        index, details = _denied_index(error.trailing_metadata()), error.details() or ""
        if not (head.size and index.isdecimal()):
            return None
        shorter = int(index) < head.size
        return Wrong(
            f"the origin refuses the {head.size} entries that it has signed: {details}",
            kind="rollback" if shorter else "fork",
            log=head.log,
            index=head.size,
            evidence=AlarmEvidence(held_checkpoint=head.checkpoint, said=details),
        )

    async def clock(self, log: str, beat: Heartbeat, now: float, skew_seconds: float) -> None:
        """Raises an alarm, once until it is settled, if the origin's clock is off. The link goes on."""
        if not beat.HasField("time"):
            return
        off = beat.time.seconds + beat.time.nanos / 1e9 - now
        if abs(off) > skew_seconds and not self.alarms.has(log, "time"):
            where = "ahead of" if off > 0 else "behind"
            what = f"its clock is {abs(off):.0f} s {where} ours: one of the two is wrong"
            evidence = AlarmEvidence()
            await self.alarms.keep(Wrong(what, kind="time", log=log, index="", evidence=evidence))

    async def contradicted(
        self, head: Head, index: int, early: Early | None, sent: SealedBatch | UrgentBatch
    ) -> Wrong:
        """The origin sends another entry than before at a place; `early`: it had come ahead of it."""
        evidence = _sent_side(head, index, sent)
        if early is not None:
            evidence.other.CopyFrom(proved_early(index, early))
        else:
            evidence.other.CopyFrom(await asyncio.to_thread(self.held_side, head, index))
        what = f"entry {index} is not the one that was sent before: a fork"
        return Wrong(what, kind="fork", log=head.log, index=index, evidence=evidence)

    def held_side(self, head: Head, index: int) -> AlarmEvidence:
        """An entry as it is held, proved in the tree of the head."""
        (entry,) = self.logs.entries(head.log, index, index + 1)
        tree = Tree(partial(self.logs.tile, head.log))
        return AlarmEvidence(
            shown_checkpoint=head.checkpoint,
            index=index,
            leaf_hashes=[entry.hash],
            inclusion_proof=tree.inclusion_proof(index, head.size),
        )


def _sent_side(head: Head, index: int, sent: SealedBatch | UrgentBatch) -> AlarmEvidence:
    """What was sent of an entry, under a checkpoint that is signed."""
    if isinstance(sent, SealedBatch):
        hashes = [entry.leaf_hash or leaf_hash(entry.leaf) for entry in sent.entries]
        return AlarmEvidence(
            held_checkpoint=head.checkpoint,
            held_tree=head.frontier.roots,
            leaf_hashes=hashes,
            shown_checkpoint=sent.checkpoint,
            index=index,
        )
    entry = next(e for e in sent.entries if e.index == index)
    return AlarmEvidence(
        shown_checkpoint=sent.checkpoint,
        index=index,
        leaf_hashes=[leaf_hash(entry.entry.leaf)],
        inclusion_proof=entry.inclusion_proof,
    )


def _denied_index(trailing: Iterable[tuple[str, Any]] | None) -> str:
    """The index in the metadata of a LOG_INCONSISTENT; empty for anything else."""
    for key, value in trailing or ():
        if key == _DETAILS and isinstance(value, bytes):
            info = ErrorInfo()
            try:
                unpacked = any(d.Unpack(info) for d in Status.FromString(value).details)
            except DecodeError:
                return ""
            if unpacked and (info.domain, info.reason) == ("yrd", _INCONSISTENT):
                return str(info.metadata.get("index", ""))
    return ""
