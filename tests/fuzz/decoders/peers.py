"""What peers send: entries, checkpoints, claims of what they hold, and what they give back."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from gateway.errors import GatewayError
from gateway.keys import read_keys
from gateway.log import checkpoint, keyring, note
from gateway.log.merkle import Frontier, Tree, leaf_hash
from gateway.log.suite import DEFAULT
from gateway.recovery.spool import Spool
from gateway.replication.ahead import check_ahead
from gateway.replication.framed import Columns, Framed, received
from gateway.replication.gossip import Gossip
from gateway.replication.holdings import judge
from gateway.replication.mirror import Mirror
from gateway.replication.watch import _denied_index
from gateway.replication.wrong import Wrong
from gateway.store.port import Head
from tests.fuzz.decoders.drafts import NOW
from tests.fuzz.target import Target
from tests.support.handmade import HandmadeLog
from tests.support.materials import Materials
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1.message_pb2 import SealedBatch, UrgentBatch

NOW_US = int(NOW.timestamp() * 1e6)


def targets(materials: Materials, log: HandmadeLog, folder: Path) -> list[Target]:
    """By who reads it."""
    return [
        *_followed(materials, log),
        _request(materials, log),
        *_held(materials, log, folder),
        _compared(materials, log, folder),
        _refused(),
    ]


def _followed(materials: Materials, log: HandmadeLog) -> list[Target]:
    keys = _ring(materials)
    secret = DEFAULT.load_private_key((materials.folder / "310000" / "witness.key").read_bytes())
    mirror = Mirror(log.origin, keys, DEFAULT, checkpoint.Witness("yrd/310000/witness", secret))
    held = Head(log.origin, log.frontier(3), log.checkpoint(3))

    def response(data: bytes) -> object:
        read = received(data)
        if isinstance(read, Framed):
            found, expected = (_judged(mirror, held, form) for form in (read, read.parsed()))
            assert found == expected
            return mirror.check(read, held, NOW_US)
        if read.HasField("urgent"):
            return check_ahead(mirror, read.urgent, held)
        return mirror.check(read.batch, held, NOW_US)

    def entries(data: bytes) -> object:
        """Entries alone, signed anew, so that what is behind the checkpoint is reached."""
        batch = SealedBatch.FromString(data)
        batch.start = 3
        hashes = [leaf_hash(e.leaf) if e.leaf else e.leaf_hash for e in batch.entries]
        found = [
            mirror.entry(e, h, 3 + i)
            for i, (e, h) in enumerate(zip(batch.entries, hashes, strict=True))
        ]
        read = received(pb.ReplicateResponse(batch=batch).SerializeToString())
        assert not isinstance(read, Framed) or mirror._read(read, held) == Columns.of(found)
        return found

    batches = [log.batch(3, stop) for stop in (4, 6, 12)]
    responses = [pb.ReplicateResponse(batch=batch).SerializeToString() for batch in batches]
    urgent: UrgentBatch = log.urgent([5, 9], 12)
    responses.append(pb.ReplicateResponse(urgent=urgent).SerializeToString())
    wrong = (DecodeError, GatewayError)
    return [
        Target("replicate response", response, responses, wrong, 2),
        Target("sealed entries", entries, [b.SerializeToString() for b in batches], wrong, 2),
    ]


def _judged(mirror: Mirror, held: Head, batch: SealedBatch | Framed) -> object:
    """What comes of a batch, in whatever form."""
    try:
        return mirror.check(batch, held, NOW_US)
    except Wrong as wrong:
        return wrong.message, wrong.evidence


def _ring(materials: Materials) -> keyring.KeyRing:
    text = (materials.folder / "320000" / "log.vkey").read_text()
    return keyring.KeyRing.of(note.parse_vkey(text))


def _request(materials: Materials, log: HandmadeLog) -> Target:
    keys = _ring(materials)

    def request(data: bytes) -> object:
        read = pb.ReplicateRequest.FromString(data)
        rendered = read.open.cosigned_checkpoint or read.receipt.cosigned_checkpoint
        return checkpoint.verified(rendered, keys, DEFAULT, old=True)

    note_ = log.checkpoint(3)
    asked: list[Message] = [
        pb.ReplicateRequest(
            open=pb.ReplicateOpen(log_origin="yrd/320000", size=3, cosigned_checkpoint=note_)
        ),
        pb.ReplicateRequest(receipt=pb.ReplicateReceipt(cosigned_checkpoint=note_)),
    ]
    samples = [m.SerializeToString() for m in asked]
    return Target("replicate request", request, samples, (DecodeError, note.NoteError), 2)


def _held(materials: Materials, log: HandmadeLog, folder: Path) -> list[Target]:
    """What a peer says that it holds of our log, and what it gives back of it."""
    peers = [materials.peer("310000", "127.0.0.1:1")]
    keys = read_keys(materials.config("320000", 7320, folder, peers=peers))
    cosigned = keys.witness.cosign(note.parse(log.checkpoint(12)), 1_780_000_000).render()

    def holding(data: bytes) -> object:
        return judge(keys, "310000", pb.GetHoldingResponse.FromString(data))

    def restored(data: bytes) -> object:
        piece = pb.RestoreResponse.FromString(data)
        spool.clear()
        spool.append(piece.entries)
        return Frontier().extend(spool.hashes())[0].root()

    spool = Spool(folder / "restored.spool", 0)
    piece = pb.RestoreResponse(entries=log.entries[:12], cosigned_checkpoint=cosigned)
    held = pb.GetHoldingResponse(size=12, cosigned_checkpoint=cosigned)
    wrong = (DecodeError,)
    return [
        Target("holding", holding, [held.SerializeToString()], wrong, 2),
        Target("restore response", restored, [piece.SerializeToString()], wrong),
    ]


class _Quiet:
    """A gateway around a comparison: it holds nine entries of the log, and takes note of nothing."""

    def __init__(self, log: HandmadeLog) -> None:
        self._hashes = [leaf_hash(entry.leaf) for entry in log.entries]

    def tile(self, _log: str, level: int, index: int) -> list[bytes]:
        return self._hashes if not (level or index) else []

    def has(self, _log: str, _kind: str) -> bool:
        return False

    async def keep(self, wrong: Wrong) -> None:
        assert wrong.message


def _compared(materials: Materials, log: HandmadeLog, folder: Path) -> Target:
    """What a peer says that it holds of a third log."""
    peers = [materials.peer("320000", "127.0.0.1:1")]
    keys = read_keys(materials.config("330000", 7330, folder, peers=peers))
    quiet: Any = _Quiet(log)
    gossip = Gossip(keys, {}, quiet, quiet, quiet, 1.0)
    heads = {log.origin: Head(log.origin, log.frontier(9), log.checkpoint(9))}
    loop = asyncio.new_event_loop()

    def compared(data: bytes) -> object:
        answer = pb.CompareCheckpointsResponse.FromString(data)
        return loop.run_until_complete(gossip.take(heads, answer))

    root, proof = log.frontier(9).root(), Tree(partial(quiet.tile, "")).consistency_proof(9, 12)
    held = [
        pb.HeldCheckpoint(checkpoint=log.checkpoint(5)),
        pb.HeldCheckpoint(checkpoint=log.checkpoint(12), root_hash=root, consistency_proof=proof),
    ]
    samples = [pb.CompareCheckpointsResponse(held=held[at:]).SerializeToString() for at in (0, 1)]
    return Target("compared checkpoints", compared, samples, (DecodeError,))


def _refused() -> Target:
    """The details of a peer's refusal."""
    info, status = AnyMessage(), Status(code=9, message="no")
    info.Pack(ErrorInfo(reason="LOG_INCONSISTENT", domain="yrd", metadata={"index": "7"}))
    status.details.append(info)

    def refusal(data: bytes) -> object:
        return _denied_index([("grpc-status-details-bin", data)])

    return Target("a peer's refusal", refusal, [status.SerializeToString()], (), 2)
