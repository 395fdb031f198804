"""Nonsense of seven kinds at once: nothing stops, no figure of others moves, each is asked about, once."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipelines.facts.facts import Facts
from pipelines.facts.scope import ACTUAL, Key
from pipelines.facts.state import fold, merge, serialise
from pipelines.questions.objections import MOST_OPEN
from tests.support.builders import NOW
from tests.support.feeds import Feed
from tests.support.living import Life
from tests.support.nonsense import FAR, good, nonsense
from tests.support.situation import incident, picture, us
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.situation.v1.situation_pb2 import SituationSummary
from yrd.state.v1.state_pb2 import State

SUMMARY = "joint/summary/actual"
BAD = [message for told in nonsense().values() for message in told]


def lived(folder: Path, told: Sequence[Message], most: int = 99) -> Life:
    """A pipeline that has read all of it."""
    life = Life(folder, Feed(told, most))
    life.run()
    return life


def mixed(seed: int, times: int = 1) -> list[Message]:
    """Good and bad, each so many times, in some order."""
    told = [*good(), *BAD] * times
    return Random(seed).sample(told, len(told))


def last(life: Life, entity_id: str = SUMMARY) -> SituationSummary:
    return life.board.of(entity_id)[-1].situation_summary


def objections(life: Life) -> list[Draft]:
    return [draft for draft in life.board.published if draft.HasField("objection")]


def bare(summary: SituationSummary) -> dict[str, Any]:
    """What a summary says, by field, but for its instant, its input, and who told how much."""
    left_out = ("as_of_time", "input_digest", "coverage")
    return {
        field.name: str(value)
        for field, value in summary.ListFields()
        if field.name not in left_out
    }


def test_each_is_counted_and_listed_and_answered_to_its_origin(tmp_path: Path) -> None:
    life = lived(tmp_path, mixed(0))
    summary = last(life)
    counted = {(c.kind, c.participant): c.count for c in summary.question_counts}
    assert counted == {(kind, "320000"): 1 for kind in nonsense()}
    bad = {message.header.message_id for message in BAD}
    assert {q.kind for q in summary.questions} == set(nonsense())
    assert {q.message_id for q in summary.questions} <= bad
    said = [draft.objection for draft in objections(life)]
    asked = [(q.message_id, q.field, q.participant) for q in summary.questions]
    assert sorted((o.message_id, o.field_path, o.addressee) for o in said) == sorted(asked)
    assert {(o.author, o.step) for o in said} == {("joint", 1)}


@pytest.mark.parametrize("seed", range(2))
def test_no_figure_of_others_moves(seed: int, tmp_path: Path) -> None:
    """The parts of the picture that are about Shanghai and Zhejiang are the same, word for word."""
    plain = lived(tmp_path / "plain", good(), 3)
    life = lived(tmp_path / "mixed", mixed(seed), 3)
    for part in ("province/310000", "province/330000", "border/310000-330000"):
        name = f"{SUMMARY}/{part}"
        assert bare(last(plain, name)) == bare(last(life, name)), part
    before, now = last(plain), last(life)
    assert before.totals.known == now.totals.known
    others = ("310000", "330000", "joint")
    assert [c for c in before.coverage if c.participant in others] == [
        c for c in now.coverage if c.participant in others
    ]
    for field, value in before.ListFields():
        if field.name in ("incidents", "warnings", "hazmat", "resources", "aid"):
            assert {str(item) for item in value} <= {str(item) for item in getattr(now, field.name)}


@pytest.mark.parametrize("kind", nonsense())
def test_each_kind_by_itself_is_asked_about(kind: str) -> None:
    found = picture([*good(), *nonsense()[kind]])
    assert [(q.kind, q.participant) for q in found.questions] == [(kind, "320000")]


@pytest.mark.parametrize("seed", range(4))
def test_twice_and_shuffled_the_same_is_published(seed: int, tmp_path: Path) -> None:
    once = lived(tmp_path / "once", [*good(), *BAD])
    twice = lived(tmp_path / "twice", mixed(seed, times=2))
    assert twice.board.contents() == once.board.contents()


def test_whatever_the_batches_the_same_objections_stand_in_the_end(tmp_path: Path) -> None:
    stand = []
    for seed, most in enumerate((3, 99)):
        life = lived(tmp_path / str(most), mixed(seed), most)
        newest = {draft.header.entity_id: draft.objection for draft in objections(life)}
        stand.append(sorted(o.message_id for o in newest.values() if o.step == 1))
    assert len(stand[0]) == len(nonsense())
    assert stand[0] == stand[1]


def test_a_participant_whose_clock_is_ahead_hides_nobody(tmp_path: Path) -> None:
    ahead = incident("320000/flood/1", sealed=FAR, told=FAR)
    ahead.stamp.sequence = 9
    told = [*good(), ahead]
    summary = last(lived(tmp_path, told))
    assert {c.participant: c.stale for c in summary.coverage} == {
        "310000": False,
        "320000": True,
        "330000": False,
        "340000": False,
        "joint": True,
    }
    assert summary.as_of_time.ToSeconds() == us(NOW) // 10**6


def revisions(count: int, first: int = 1) -> list[Message]:
    """So many revisions of one incident, each sealed a microsecond after the one before."""
    base = incident("320000/flood/1", {"kind": "REPORT_KIND_FOLLOW_UP"})
    kept, begin = base.SerializeToString(), base.header.message_id[:24]
    found = []
    for number in range(first, first + count):
        made = Message.FromString(kept)
        header, stamp = made.header, made.stamp
        header.revision = stamp.sequence = number
        header.message_id = f"{begin}{number:012x}"
        stamp.sealed_time.nanos = number * 1000
        found.append(made)
    return found


def test_of_a_million_revisions_one_is_kept() -> None:
    """Folded batch by batch, as they come: what is kept has one size, and is the newest."""
    kept: dict[Key, State] = {}
    facts, sizes = Facts(), set()
    batch = revisions(10_000)
    for _ in range(100):
        for key, state in fold(batch).items():
            kept[key] = merge(kept.get(key, State()), state)
        facts.update(kept)
        sizes.add(sum(len(serialise(state)) for state in kept.values()) // 100)
        assert len(facts) == 1
        for message in batch:  # the next ones; what was folded are bytes by now
            message.header.revision += len(batch)
            message.stamp.sequence += len(batch)
    assert len(sizes) == 1
    assert facts.newest("incident_report")[0].header.revision == 1_000_000
    assert {key.scope for key in kept} == {ACTUAL}


def test_very_many_revisions_are_one_question_and_one_objection(tmp_path: Path) -> None:
    life = lived(tmp_path, [*good(), *revisions(1000)], 200)
    assert [(c.kind, c.count) for c in last(life).question_counts] == [("too_many_revisions", 1)]
    assert len(objections(life)) == 1
    assert len(last(life).incidents) == 3


def test_a_flood_of_nonsense_makes_no_flood_of_objections(tmp_path: Path) -> None:
    flood = [incident(f"320000/flood/{n}", told=FAR, sequence=n) for n in range(100)]
    life = lived(tmp_path, [*good(), *flood], 25)
    (count,) = last(life).question_counts
    assert count.count == 100
    assert len(last(life).questions) == 20
    assert len(objections(life)) == MOST_OPEN
