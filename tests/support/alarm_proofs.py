"""Whether the bytes kept with an alarm show what it says, to somebody who has only the public keys."""

from gateway.log.checkpoint import Checkpoint, verified
from gateway.log.merkle import Frontier, leaf_hash, verify_consistency, verify_inclusion
from gateway.log.note import NoteError, VerifierKey, parse_vkey
from gateway.log.suite import DEFAULT
from gateway.sharing.activation import Activation, read
from gateway.sharing.decide import Timeline
from gateway.sharing.due import Due, due
from tests.support.materials import Materials
from yrd.exchange.v1.message_pb2 import Leaf
from yrd.exchange.v1.service_pb2 import Alarm, AlarmEvidence


def shown_by(materials: Materials, alarm: Alarm) -> str:
    """What the evidence shows of that log's owner; empty if it shows nothing."""
    owner = alarm.log_origin.removeprefix("yrd/")
    key = parse_vkey((materials.folder / owner / "log.vkey").read_text())
    evidence = AlarmEvidence.FromString(alarm.evidence)
    held, shown = (_signed(n, key) for n in (evidence.held_checkpoint, evidence.shown_checkpoint))
    if evidence.inclusion_proof or evidence.leaf:
        return _misplaced(evidence, shown)
    if held and shown and held.size == shown.size:
        return "two trees" if held.root != shown.root else ""
    if held and shown and evidence.held_root:
        return _two_trees(evidence, held, shown)
    if held and shown and evidence.leaf_hashes:
        return _no_extension(evidence, held, shown)
    if evidence.shown_checkpoint and not shown:
        return "not signed"
    return "signed more" if held and evidence.said else ""


def _signed(note: str, key: VerifierKey) -> Checkpoint | None:
    try:
        return verified(note, key, DEFAULT)[0]
    except NoteError:
        return None


def _misplaced(evidence: AlarmEvidence, shown: Checkpoint | None) -> str:
    assert shown is not None
    assert verify_inclusion(
        leaf_hash(evidence.leaf),
        evidence.index,
        shown.size,
        evidence.inclusion_proof,
        shown.root,
    )
    stamp = Leaf.FromString(evidence.leaf).stamp
    here = (f"yrd/{stamp.origin}", stamp.sequence) == (shown.origin, evidence.index)
    return "its own entry" if here else "a foreign entry in its tree"


def _two_trees(evidence: AlarmEvidence, held: Checkpoint, shown: Checkpoint) -> str:
    """Both signed: the tree of the larger one begins otherwise than the smaller one says."""
    small, large = sorted((held, shown), key=lambda c: c.size)
    assert verify_consistency(
        small.size, large.size, evidence.held_root, large.root, evidence.consistency_proof
    )
    return "two trees" if evidence.held_root != small.root else ""


def _no_extension(evidence: AlarmEvidence, held: Checkpoint, shown: Checkpoint) -> str:
    tree = Frontier(held.size, tuple(evidence.held_tree))
    assert tree.root() == held.root
    grown, _ = tree.extend(evidence.leaf_hashes)
    if grown.size != shown.size:
        return "a checkpoint of another size"
    return "no extension" if grown.root() != shown.root else ""


def due_by(materials: Materials, alarm: Alarm, peer: str) -> Due:
    """What the evidence of a missing entry shows, decided anew from the entries that are proved in it."""
    owner = alarm.log_origin.removeprefix("yrd/")
    key = parse_vkey((materials.folder / owner / "log.vkey").read_text())
    evidence = AlarmEvidence.FromString(alarm.evidence)
    inner, steps = evidence, list[Activation]()
    while inner.HasField("other"):
        inner = inner.other
        assert inner.shown_checkpoint == evidence.shown_checkpoint
        assert _misplaced(inner, _signed(inner.shown_checkpoint, key)) == "its own entry"
        steps.append(read(inner.index, inner.leaf, inner.disclosures, 0))
    assert _misplaced(evidence, _signed(evidence.shown_checkpoint, key)) == "its own entry"
    return due(Timeline(owner, steps), evidence.index, evidence.leaf, peer)
