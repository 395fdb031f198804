"""Actions of a peer whose log the target follows."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from integration.kit import notes, tree
from integration.kit.actions.action import Action
from integration.kit.bench import World
from integration.kit.model import Unmet
from integration.kit.recipes import KEYS, RecipeError, make, value_of
from schemas import disclosure
from schemas.catalog import body_of, type_name
from yrd.exchange.v1.message_pb2 import Disclosure, Draft, Leaf, SealedEntry

_SEALING = frozenset({"give", "withhold", "origin", "sequence", "type", "spoil", "core"})


@dataclass(frozen=True, slots=True)
class Sent:
    """An entry of the peer's log."""

    draft: Draft
    index: int
    sealed: SealedEntry


def peer_send(world: World, argument: Any, role: str) -> list[Sent]:
    """Seals drafts into the peer's log, which the target follows. Beside a draft's own keys:
    `give` (groups given; all unless said), `withhold`, and what breaks an entry: `origin`,
    `sequence`, `type`, `core` (hex), `spoil: digest`."""
    setup = world.target.setup
    swapped = {"participant": setup.peer, "peer": setup.participant}
    swapped["scope"] = f"{setup.peer}/kit/{world.names['slug']}"
    return [_send(world, item, {**world.names, **swapped}) for item in argument]


def _send(world: World, item: Any, names: Mapping[str, Any]) -> Sent:
    wanted: dict[str, Any] = {"base": item} if isinstance(item, str) else dict(item)
    how = value_of({key: wanted.pop(key) for key in _SEALING & wanted.keys()}, names)
    if wanted.keys() - KEYS:
        raise RecipeError(f"{sorted(wanted.keys() - KEYS)[0]}: no key of a peer's entry")
    draft = make(wanted, names)[0].draft
    sealed: list[SealedEntry] = []

    def seal(index: int) -> SealedEntry:
        sealed.append(_sealed(draft, index, how, world.target.setup.peer))
        return sealed[0]

    index = world.bench.peer.append(seal)
    return Sent(draft, index, sealed[0])


def _sealed(draft: Draft, index: int, how: Mapping[str, Any], peer: str) -> SealedEntry:
    leaf, disclosures = _leaf(draft, index, how, peer)
    data = leaf.SerializeToString()
    if how.get("withhold"):
        return SealedEntry(leaf_hash=tree.leaf_hash(data))
    given = [d for group, d in disclosures.items() if group in how.get("give", disclosures)]
    if how.get("spoil") == "digest":
        given = [part + b"\x1a\x00" for part in given]
    return SealedEntry(leaf=data, disclosures=given)


def _leaf(
    draft: Draft, index: int, how: Mapping[str, Any], peer: str
) -> tuple[Leaf, dict[str, bytes]]:
    body = body_of(draft)
    core, groups = disclosure.split(body) if body is not None else (b"", {})
    parts = {
        group: Disclosure(
            salt=secrets.token_bytes(16), group=group, body=content
        ).SerializeToString()
        for group, content in sorted(groups.items())
    }
    leaf = Leaf(
        header=draft.header,
        type=how.get("type", type_name(draft) or ""),
        core=bytes.fromhex(how["core"]) if "core" in how else core,
    )
    leaf.stamp.origin = how.get("origin", peer)
    leaf.stamp.source_system = "kit"
    leaf.stamp.sequence = int(how.get("sequence", index))
    leaf.stamp.sealed_time.FromDatetime(datetime.now(UTC))
    for group, data in parts.items():
        leaf.disclosure_digests.add(group=group, digest=sha256(data).digest())
    return leaf, parts


def peer_receipt(world: World, argument: Any, role: str) -> notes.Checkpoint:
    """Waits for a receipt of all entries up to an index, and checks its cosignature and tree."""
    index = int(value_of(argument, world.names))
    peer, setup = world.bench.peer, world.target.setup
    note = peer.receipt_for(index + 1, world.target.patience_seconds)
    if not note:
        raise Unmet(f"a receipt for {index + 1} entries of yrd/{setup.peer}", "none")
    try:
        checkpoint = notes.read(note)
        checkpoint.require_signed(notes.read_key(setup.gateway_witness_key))
        checkpoint.require_signed(peer.signer.key)
    except notes.BadNote as error:
        raise Unmet("a receipt with the cosignature of the target", str(error)) from None
    if checkpoint.root != peer.log.tree(checkpoint.size).root():
        raise Unmet("a receipt for the tree that was sent", "another root")
    return checkpoint


ACTIONS = {
    "peer_send": Action(peer_send, None, "ReplicationService.Replicate, which the kit serves"),
    "peer_receipt": Action(peer_receipt, None, "ReplicateReceipt, which the target sends"),
}
