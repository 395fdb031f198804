"""What a follower makes of urgent entries that come ahead of their place; the origin is scripted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.log.checkpoint import verified
from gateway.log.merkle import Frontier, verify_inclusion
from gateway.log.note import parse_vkey
from gateway.log.suite import DEFAULT
from tests.support.builders import draft, incident_body, place
from tests.support.damage import flip, run_sql
from tests.support.handmade import HandmadeLog, hash_of
from tests.support.materials import Materials
from tests.support.readers import ids, offsets
from tests.support.rogue import ahead, batch
from tests.support.staged import PEER, US, Stage, staged
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft, SealedEntry, UrgentBatch
from yrd.exchange.v1.service_pb2 import AlarmEvidence, DispositionCounts

SIZE = 12


def report(name: str, **changes: object) -> Draft:
    body = incident_body(reporter=None, **changes)
    return draft(body, entity=f"{PEER}/{name}")


def log_of(materials: Materials, name: str = "a", size: int = SIZE) -> HandmadeLog:
    log = HandmadeLog(materials, PEER)
    log.add(*(report(f"{name}/{n}") for n in range(size)))
    return log


@pytest.fixture
def stage(materials: Materials, tmp_path: Path) -> Iterator[Stage]:
    with staged(materials, tmp_path, log_of(materials)) as made:
        yield made


def test_urgent_entries_are_delivered_at_once_and_not_again(stage: Stage) -> None:
    assert stage.send_ahead([9, 4], SIZE) == "", "nothing was cosigned"
    assert stage.order() == [9, 4]
    assert (stage.held().size, stage.held().counts) == (0, DispositionCounts())
    stage.send_rest(6)
    stage.send_ahead([11], SIZE)
    receipt = stage.send_rest(SIZE)
    assert receipt.startswith(f"{stage.log.origin}\n{SIZE}\n")
    assert stage.order() == [9, 4, 0, 1, 2, 3, 5, 11, 6, 7, 8, 10]
    assert offsets(stage.read()) == sorted(offsets(stage.read()))
    held = stage.held()
    assert held.root_hash == stage.log.frontier(SIZE).root()
    assert held.counts == DispositionCounts(whole=SIZE)
    assert stage.audit() == []


def test_an_urgent_batch_is_answered_by_what_is_held(stage: Stage) -> None:
    first = stage.send_rest(3)
    assert stage.send_ahead([7], SIZE) == first


def test_what_is_here_already_is_not_stored_again(stage: Stage) -> None:
    stage.send_rest(3)
    stage.send_ahead([8, 5], 10)
    stage.send_ahead([11, 8, 5, 2, 11], SIZE)
    assert stage.order() == [0, 1, 2, 8, 5, 11]
    stage.send_rest(SIZE)
    assert sorted(stage.order()) == list(range(SIZE))


def test_a_message_that_came_ahead_can_be_got(stage: Stage) -> None:
    stage.send_ahead([7], SIZE)
    message_id = stage.log.ids()[7]
    found = stage.made.client(US).get(message_id)
    assert (found.header.message_id, found.stamp.sequence) == (message_id, 7)


def test_a_restart_in_the_gap_loses_and_repeats_nothing(stage: Stage) -> None:
    stage.send_rest(2)
    stage.send_ahead([10, 6], SIZE)
    stage.restart()
    assert stage.held().size == 2
    assert stage.peer.opened[-1].size == 2
    assert stage.order() == [0, 1, 10, 6]
    stage.send_ahead([10, 6, 4], SIZE)
    stage.send_rest(7)
    stage.restart()
    stage.send_rest(SIZE)
    stage.restart()
    assert stage.order() == [0, 1, 10, 6, 4, 2, 3, 5, 7, 8, 9, 11]
    assert stage.held().counts == DispositionCounts(whole=SIZE)
    assert stage.held().root_hash == stage.log.frontier(SIZE).root()
    assert stage.audit() == []


def test_entries_beyond_a_gap_pass_an_audit_and_damage_to_them_is_found(stage: Stage) -> None:
    stage.send_rest(2)
    stage.send_ahead([10, 6], SIZE)
    assert stage.audit() == []
    stage.made.stop(US)
    data = stage.made.data(US)
    flip(data, "entry", "leaf", "idx = 10")
    flip(data, "ahead", "path", "idx = 6")
    (leaf, path) = stage.audit()
    assert "entry 10: the leaf does not have its hash" in leaf
    assert "entry 6, which came ahead: its proof does not lead to the root" in path
    flip(data, "ahead", "path", "idx = 6")
    run_sql(data, "DELETE FROM entry WHERE idx = 10")
    assert any("1 entries that came ahead are missing" in found for found in stage.audit())


def test_a_spoilt_entry_that_came_ahead_is_counted_when_its_place_is_reached(
    materials: Materials, tmp_path: Path
) -> None:
    log = log_of(materials, size=4)
    log.add(report("spoilt", place=place(point=(121.5, 31.2))), report("last"))
    with staged(materials, tmp_path, log) as stage:
        stage.send_ahead([4], 6)
        assert stage.order() == []
        count = "SELECT count(*) FROM entry WHERE disposition = 4"
        until(lambda: run_sql(stage.made.data(US), count) == [(1,)], "it is marked")
        assert stage.held().counts == DispositionCounts()
        stage.send_rest(6)
        assert stage.held().counts == DispositionCounts(whole=5, quarantined=1)
        assert stage.order() == [0, 1, 2, 3, 5]
        assert stage.audit() == []


def test_a_spoilt_entry_that_is_first_read_in_its_place_is_counted_too(
    materials: Materials, tmp_path: Path
) -> None:
    log = log_of(materials, size=4)
    log.add(report("spoilt", place=place(point=(121.5, 31.2))))
    with staged(materials, tmp_path, log) as stage:
        stage.send_ahead([4], 5)
        stage.send_rest(5)
        assert stage.held().counts == DispositionCounts(whole=5)
        assert stage.order() == [0, 1, 2, 3]
        until(lambda: stage.held().counts.quarantined == 1, "it is counted")
        assert stage.held().counts == DispositionCounts(whole=4, quarantined=1)


def test_a_message_that_was_over_when_it_came_says_so(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, PEER)
    ends = ["2026-06-01T13:00:00Z", "2099-06-01T13:00:00Z", None]
    for number, end in enumerate(ends):
        changes = {"expireTime": end} if end else {}
        log.add(draft(incident_body(reporter=None), entity=f"{PEER}/{number}", **changes))
    with staged(materials, tmp_path, log) as stage:
        stage.send_ahead([0], 3)
        stage.send_rest(3)
        assert [m.receipt.expired for m in stage.read()] == [True, False, False]
        over = stage.made.client(US).get(log.ids()[0])
        assert over.receipt.expired


@dataclass(frozen=True)
class Trick:
    """What is wrong with an urgent batch, and how the follower says it."""

    name: str
    spoil: Callable[[UrgentBatch, HandmadeLog, HandmadeLog], None]
    words: str
    kind: str


def other_leaf(sent: UrgentBatch, _: HandmadeLog, other: HandmadeLog) -> None:
    sent.entries[1].entry.CopyFrom(other.entries[sent.entries[1].index])


def other_place(sent: UrgentBatch, *_: HandmadeLog) -> None:
    sent.entries[1].index += 1


def beyond(sent: UrgentBatch, *_: HandmadeLog) -> None:
    sent.entries[1].index = (1 << 64) - 1


def bent_path(sent: UrgentBatch, *_: HandmadeLog) -> None:
    path = sent.entries[1].inclusion_proof
    path[0] = bytes(32)


def short_path(sent: UrgentBatch, *_: HandmadeLog) -> None:
    del sent.entries[1].inclusion_proof[-1]


def only_a_hash(sent: UrgentBatch, *_: HandmadeLog) -> None:
    entry = sent.entries[1].entry
    entry.CopyFrom(SealedEntry(leaf_hash=hash_of(entry)))


def other_log(sent: UrgentBatch, *_: HandmadeLog) -> None:
    sent.log_origin = "yrd/330000"


def foreign_signature(sent: UrgentBatch, true: HandmadeLog, _: HandmadeLog) -> None:
    sent.checkpoint = true.checkpoint(SIZE, signed_by="330000")


def older_tree(sent: UrgentBatch, true: HandmadeLog, _: HandmadeLog) -> None:
    sent.CopyFrom(true.urgent([0], 2))


def other_tree(sent: UrgentBatch, _: HandmadeLog, other: HandmadeLog) -> None:
    sent.CopyFrom(other.urgent([0], 3))


def other_past(sent: UrgentBatch, _: HandmadeLog, other: HandmadeLog) -> None:
    sent.CopyFrom(other.urgent([9, 1], SIZE))


NOT_PROVED = "is not proved to be in the tree of size 12"
TRICKS = [
    Trick("another leaf", other_leaf, f"urgent entry 5 {NOT_PROVED}", "forged_checkpoint"),
    Trick("another place", other_place, f"urgent entry 6 {NOT_PROVED}", "forged_checkpoint"),
    Trick("a place beyond", beyond, NOT_PROVED, "forged_checkpoint"),
    Trick("a bent proof", bent_path, f"urgent entry 5 {NOT_PROVED}", "forged_checkpoint"),
    Trick("a short proof", short_path, f"urgent entry 5 {NOT_PROVED}", "forged_checkpoint"),
    Trick("only a hash", only_a_hash, f"urgent entry 5 {NOT_PROVED}", "forged_checkpoint"),
    Trick("another log", other_log, "urgent entries of 'yrd/330000'", "replay"),
    Trick(
        "another's signature", foreign_signature, "no signature by yrd/320000", "forged_checkpoint"
    ),
    Trick("an older tree", older_tree, "at 2, where 3 entries are held", "replay"),
    Trick(
        "another tree of our size", other_tree, "another tree of size 3: the log was forked", "fork"
    ),
    Trick(
        "another past", other_past, "entry 1 is not the one that was sent before: a fork", "fork"
    ),
]


def require_contradiction(evidence: AlarmEvidence, stage: Stage) -> None:
    """Fails unless both sides are signed, and put different entries at one place."""
    key = parse_vkey((stage.made.materials.folder / PEER / "log.vkey").read_text())
    hashes = []
    for side in (evidence, evidence.other):
        checkpoint, _ = verified(side.shown_checkpoint, key, DEFAULT)
        if side.inclusion_proof:
            (digest,), place = side.leaf_hashes, (side.index, checkpoint.size)
            assert verify_inclusion(digest, *place, side.inclusion_proof, checkpoint.root)
        else:
            held = checkpoint.size - len(side.leaf_hashes)
            tree, _ = Frontier(held, tuple(side.held_tree)).extend(side.leaf_hashes)
            assert tree.root() == checkpoint.root
            digest = side.leaf_hashes[side.index - held]
        hashes.append(digest)
    assert hashes[0] != hashes[1]


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.name)
def test_an_urgent_batch_that_is_not_true_closes_the_link(
    stage: Stage, materials: Materials, trick: Trick
) -> None:
    stage.send_rest(3)
    sent = stage.log.urgent([9, 5], SIZE)
    trick.spoil(sent, stage.log, log_of(materials, "other"))
    stage.give(ahead(sent))
    assert trick.words in until(stage.problem, "the link is closed")
    assert stage.order() == [0, 1, 2]
    stage.made.stop(US)
    ((kind, evidence),) = stage.evidence()
    assert (kind, evidence.shown_checkpoint) == (trick.kind, sent.checkpoint)
    if evidence.HasField("other"):
        require_contradiction(evidence, stage)
    assert stage.audit() == []


def test_a_gap_that_is_filled_with_other_entries_is_a_fork_with_both_sides_kept(
    stage: Stage, materials: Materials
) -> None:
    other = log_of(materials, "other")
    stage.send_ahead([9, 5], SIZE)
    sent = other.batch(0, 6)
    stage.give(batch(sent))
    assert "entry 5 is not the one that was sent before" in until(stage.problem, "it is closed")
    assert stage.order() == [9, 5]
    assert stage.held().size == 0
    stage.made.stop(US)
    ((kind, evidence),) = stage.evidence()
    assert (kind, evidence.shown_checkpoint) == ("fork", sent.checkpoint)
    assert list(evidence.leaf_hashes) == [hash_of(entry) for entry in sent.entries]
    before = stage.log.urgent([5], SIZE)
    assert evidence.other.shown_checkpoint == before.checkpoint
    assert list(evidence.other.leaf_hashes) == [hash_of(stage.log.entries[5])]
    require_contradiction(evidence, stage)


def test_two_trees_that_go_ahead_are_a_fork_with_both_sides_kept(
    stage: Stage, materials: Materials
) -> None:
    other = log_of(materials, "other")
    stage.send_ahead([9, 5], SIZE)
    stage.give(ahead(other.urgent([11, 5], SIZE)))
    assert "entry 5 is not the one that was sent before" in until(stage.problem, "it is closed")
    assert stage.order() == [9, 5]
    stage.made.stop(US)
    ((kind, evidence),) = stage.evidence()
    assert kind == "fork"
    require_contradiction(evidence, stage)


def test_readers_see_the_order_of_receipt_over_a_restart(stage: Stage) -> None:
    stage.send_rest(2)
    stage.send_ahead([10, 6], SIZE)
    stage.send_rest(8)
    before = ids(stage.read())
    stage.restart()
    assert ids(stage.read()) == before
