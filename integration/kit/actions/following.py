"""Actions of a peer that follows the target's log."""

from dataclasses import dataclass
from typing import Any

from integration.kit import notes, tree
from integration.kit.actions.action import Action
from integration.kit.bench import World
from integration.kit.follower import Entry, exchange, require_checkpoint
from integration.kit.model import Unmet
from integration.kit.recipes import value_of
from yrd.exchange.v1.message_pb2 import SealedBatch
from yrd.exchange.v1.service_pb2 import Heartbeat, ReplicateOpen


@dataclass(frozen=True, slots=True)
class Replicated:
    """What one stream sent before it was left."""

    batches: list[SealedBatch]
    heartbeats: list[Heartbeat]


def follow(world: World, argument: Any, role: str) -> Entry:
    """Follows the log up to the entry of that sequence, checking every batch; that entry."""
    return world.bench.follower.until(int(value_of(argument, world.names)))


def replicate(world: World, argument: Any, role: str) -> Replicated:
    """Opens a stream of its own and reads `batches` batches, or `heartbeats` heartbeats."""
    wanted = value_of(dict(argument), world.names)
    opened = ReplicateOpen(
        log_origin=wanted.get("log_origin", world.bench.follower.log),
        size=wanted.get("size", 0),
        cosigned_checkpoint=wanted.get("cosigned_checkpoint", ""),
    )
    batches, beats = wanted.get("batches", 0), wanted.get("heartbeats", 0)
    found = Replicated([], [])
    with exchange(world.target, role, opened) as conversation:
        for response in conversation.answers():
            if response.HasField("batch"):
                found.batches.append(response.batch)
            else:
                found.heartbeats.append(response.heartbeat)
            if len(found.batches) >= batches and len(found.heartbeats) >= beats:
                return found
    raise Unmet(
        f"{batches} batches and {beats} heartbeats",
        f"{len(found.batches)} and {len(found.heartbeats)}",
    )


def receipt(world: World, argument: Any, role: str) -> None:
    """Opens a stream behind what is known and sends a receipt; the gateway must end the stream.

    `note`: what is sent; or `of`: size and root of a checkpoint that the kit, as the witness,
    cosigns though the log never had it.
    """
    wanted = value_of(dict(argument), world.names)
    follower = world.bench.follower
    opened = ReplicateOpen(log_origin=follower.log, size=len(follower.entries))
    note = wanted.get("note") or _cosigned(world, wanted)
    with exchange(world.target, role, opened) as conversation:
        conversation.receipt(note)
        for _ in conversation.answers():
            pass
    raise Unmet("the stream to end with LOG_INCONSISTENT", "it stays open")


def _cosigned(world: World, wanted: dict[str, Any]) -> str:
    setup, log = world.target.setup, world.bench.follower.log
    folder = setup.folder
    forger = notes.signer(folder / "peer-log.key", log, notes.LOG_KIND)
    witness = notes.signer(
        folder / "peer-witness.key", f"yrd/{setup.peer}/witness", notes.WITNESS_KIND
    )
    note = forger.checkpoint(int(wanted["size"]), bytes.fromhex(wanted["root"]))
    return witness.cosign(note, 1_780_000_000)


def consistent(world: World, argument: Any, role: str) -> list[notes.Checkpoint]:
    """Every checkpoint that the target ever sent here is of a prefix of the same tree."""
    follower = world.bench.follower
    grown, due = tree.GrowingTree(), {c.size: c for c in follower.checkpoints}
    key = notes.read_key(world.target.setup.gateway_log_key)
    for entry in follower.entries:
        grown.add([entry.hash])
        if grown.size in due:
            note = due[grown.size]
            if note.root != grown.root():
                raise Unmet(f"the root at {grown.size} as computed", "another one")
            note.require_signed(key)
    return follower.checkpoints


def read_checkpoint(world: World, argument: Any, role: str) -> notes.Checkpoint:
    """Reads a checkpoint and checks the log's signature; its tree must be the one followed."""
    note = str(value_of(argument, world.names))
    follower = world.bench.follower
    size = notes.read(note).size
    if size > 0:
        follower.until(size - 1)
    grown = tree.GrowingTree()
    grown.add(entry.hash for entry in follower.entries[:size])
    key = notes.read_key(world.target.setup.gateway_log_key)
    return require_checkpoint(note, key, follower.log, grown)


ACTIONS = {
    "follow": Action(follow, None, "ReplicationService.Replicate"),
    "replicate": Action(
        replicate,
        frozenset({"log_origin", "size", "cosigned_checkpoint", "batches", "heartbeats"}),
        "ReplicationService.Replicate",
    ),
    "receipt": Action(receipt, frozenset({"note", "size", "root"}), "ReplicationService.Replicate"),
    "consistent": Action(consistent, frozenset(), "ReplicationService.Replicate"),
    "read_checkpoint": Action(read_checkpoint, None, "AdminService.GetStatus"),
}
