"""The live pipeline dies anywhere and goes on: nothing is lost, nothing is published twice."""

from pathlib import Path

import pytest

from pipelines.pictures.results import view_of
from pipelines.running.graph import Instant
from pipelines.running.ports import FeedLost, Refused
from tests.support.bodies import proposal_body
from tests.support.builders import need
from tests.support.deaths import copied, deaths
from tests.support.feeds import Board, Fate, Feed, plain_graph
from tests.support.living import Life
from tests.support.situation import (
    answer,
    exercise,
    incident,
    lacking,
    offer,
    request,
    resource,
)
from tests.support.situation import said as said_by_hand
from tests.support.story import story
from yrd.exchange.v1.message_pb2 import Draft
from yrd.situation.v1.situation_pb2 import AidProposal

SUMMARY, PROPOSAL = "joint/summary/actual", "joint/proposal/actual/310000"
DRILL = "joint/summary/exercise/drill"
MINUTE = 60_000_000


def lost_store(folder: Path) -> Life:
    """A gateway that knows later revisions than the new store counts."""
    told = story()
    life = Life(folder, Feed(told[:3], 1))
    life.run()
    again = life.without_store()
    again.feed.add(*told[3:])
    again.feed.most = 3
    again.now_us += MINUTE
    return again


def fresh(folder: Path) -> Life:
    return Life(folder, Feed(story(), 4))


def test_killed_anywhere_it_publishes_the_same(tmp_path: Path) -> None:
    whole = fresh(tmp_path / "whole")
    whole.run()
    found = deaths(fresh(tmp_path / "life"), tmp_path / "deaths")
    assert {death.point.partition(" ")[0] for death in found} == {"before", "amid", "after"}
    for point, life in found:
        life.run()
        assert life.board.contents() == whole.board.contents(), point
        assert len(life.board.published) == len(whole.board.published), point
        assert life.archived() == whole.archived(), point
        assert life.rejected() == whole.rejected(), point


def test_killed_twice_it_publishes_the_same(tmp_path: Path) -> None:
    whole = fresh(tmp_path / "whole")
    whole.run()
    found = deaths(fresh(tmp_path / "life"), tmp_path / "deaths")
    for at, death in enumerate(found[::4]):
        for again in (1, 4, 9):
            life = copied(death, tmp_path / f"{at}-{again}")
            life.run_on(Fate(again))
            assert life.board.contents() == whole.board.contents(), (death.point, again)
            assert life.archived() == whole.archived(), (death.point, again)


def last_said(board: Board) -> dict[str, str]:
    """Of each view, what its newest publication says."""
    found = {
        entity: board.of(entity)[-1] for entity in {d.header.entity_id for d in board.published}
    }
    return {entity: view_of(draft).content for entity, draft in found.items()}


def due(life: Life) -> dict[str, str]:
    """What the newest publications must say once everything was read."""
    serialised = [m.SerializeToString() for m in life.feed.entries if m is not None]
    views = plain_graph([serialised], [], Instant(life.now_us, life.staleness)).views
    return {view.entity_id: view.content for view in views}


def test_a_lost_store_goes_on_behind_what_the_gateway_knows(tmp_path: Path) -> None:
    life = lost_store(tmp_path)
    before = len(life.board.of(SUMMARY))
    assert before > 1
    life.run()
    assert len(life.board.of(SUMMARY)) > before
    revisions = [d.header.revision for d in life.board.of(SUMMARY)]
    assert revisions == list(range(1, len(revisions) + 1))
    assert due(life).items() <= last_said(life.board).items()


def test_killed_anywhere_after_a_lost_store_the_newest_word_is_the_newest(tmp_path: Path) -> None:
    found = deaths(lost_store(tmp_path / "life"), tmp_path / "deaths")
    assert "after reissue" in {death.point for death in found}
    for point, life in found:
        life.run()
        assert due(life).items() <= last_said(life.board).items(), point


@pytest.mark.parametrize("lost", range(1, 5))
def test_without_the_gateway_for_a_while_the_newest_word_is_the_newest(
    lost: int, tmp_path: Path
) -> None:
    """The outbox grows; once the gateway is back it refuses revisions that it knows."""
    life = lost_store(tmp_path)
    life.board.lost = lost
    life.run_through_losses()
    assert due(life).items() <= last_said(life.board).items()


def said(life: Life) -> list[AidProposal]:
    """Everything that was proposed to Shanghai, in the actual scope."""
    return [draft.aid_proposal for draft in life.board.of(PROPOSAL)]


def test_a_proposal_that_is_no_longer_needed_is_withdrawn_once(tmp_path: Path) -> None:
    told = [lacking(), request(sequence=1), answer(), resource(sequence=1), incident("330000/x")]
    life = Life(tmp_path, Feed(told, 2))
    life.run()
    assert [p.withdrawn for p in said(life)] == [False, True]
    life.feed.add(answer(lines=[offer(2)], revision=2, sequence=2))
    life.run()
    assert [p.withdrawn for p in said(life)] == [False, True, False]
    assert said(life)[-1].lines[0].already_covered == 2


def test_a_proposal_that_fell_away_while_the_store_was_lost_is_withdrawn(tmp_path: Path) -> None:
    """The new store reads need and offer at once, and would never have proposed anything itself."""
    life = Life(tmp_path, Feed([lacking(), request(sequence=1)]))
    life.run()
    again = life.without_store()
    again.feed.add(answer())
    again.feed.most = 9
    again.run()
    assert [p.withdrawn for p in said(again)] == [False, True]


def test_a_proposal_that_a_person_made_is_left_alone(tmp_path: Path) -> None:
    own = "joint/proposal/actual/by-hand"
    body = proposal_body(incident().header.message_id, need())
    life = Life(tmp_path, Feed([said_by_hand("aidProposal", own, body), incident()]))
    life.run()
    assert life.board.of(own) == []


def test_two_pipelines_on_one_gateway_come_to_rest(tmp_path: Path) -> None:
    """Each has a store of its own and hears what the other published."""
    first = fresh(tmp_path)
    second = first.without_store()
    second.now_us += MINUTE // 60
    with first.process() as (one, store), second.process() as (other, other_store):
        for _ in range(100):
            one.step(0)
            other.step(0)
        said_before = len(first.board.published)
        one.step(0)
        other.step(0)
        assert store.offset() == other_store.offset() == len(first.feed.entries)
    assert len(first.board.published) == said_before
    assert due(first).items() <= last_said(first.board).items()


def test_a_proposal_is_not_withdrawn_by_what_goes_on_in_another_scope(tmp_path: Path) -> None:
    told = [lacking(), lacking(**exercise()), incident(**exercise("b")), incident("330000/x")]
    life = Life(tmp_path, Feed(told, 1))
    life.run()
    proposed = [d.aid_proposal for d in life.board.published if d.HasField("aid_proposal")]
    assert [p.withdrawn for p in proposed] == [False, False]


def test_all_that_waited_for_the_gateway_is_published_in_order(tmp_path: Path) -> None:
    told = [incident(**exercise(), revision=n, sequence=n) for n in range(1, 61)]
    life = Life(tmp_path, Feed(told, 1))
    life.board.lost = 60
    life.run_through_losses()
    revisions = [draft.header.revision for draft in life.board.of(DRILL)]
    assert revisions == list(range(1, 61))


def test_a_lost_store_that_reads_the_same_again_publishes_nothing_new(tmp_path: Path) -> None:
    life = fresh(tmp_path)
    life.run()
    before = life.board.contents()
    life.without_store().run()
    assert life.board.contents() == before


def refusing(tmp_path: Path, *, for_good: bool) -> Life:
    """A gateway that does not take the summary, but what else there is."""
    life = fresh(tmp_path)
    life.board.refusing[SUMMARY] = Refused("NOT_SO", for_good)
    return life


def put_aside(life: Life) -> set[str]:
    """Entity ids of results that are kept with the reason of their refusal."""
    aside = [data for data, reason in life.rejected() if reason == "NOT_SO"]
    return {Draft.FromString(data).header.entity_id for data in aside}


def test_a_result_that_is_refused_for_good_is_put_aside_with_the_reason(tmp_path: Path) -> None:
    life = refusing(tmp_path, for_good=True)
    life.run()
    assert life.board.of(SUMMARY) == []
    assert life.board.published != []
    assert put_aside(life) == {SUMMARY}


def test_a_result_that_may_be_taken_later_waits_and_keeps_no_other(tmp_path: Path) -> None:
    life = refusing(tmp_path, for_good=False)
    with pytest.raises(FeedLost, match="results wait: NOT_SO"):
        life.run()
    assert life.board.published != []
    assert put_aside(life) == set()
    life.board.refusing.clear()
    life.run()
    assert life.board.of(SUMMARY) != []
