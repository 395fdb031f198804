"""Silence is news: it is published with no input, once, and whatever else is going on."""

from pathlib import Path

from tests.support.feeds import Board, Feed
from tests.support.living import Life
from tests.support.situation import after, exercise, incident, us

SUMMARY = "joint/summary/actual"
MINUTE = 60_000_000


def silent(board: Board) -> bool:
    """Whether the newest actual summary shows Shanghai as silent."""
    newest = board.of(SUMMARY)[-1].situation_summary
    return {c.participant: c.stale for c in newest.coverage}["310000"]


def test_silence_is_news_once(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident()]))
    life.run()
    with life.process() as (pipeline, _):
        counts = []
        for minutes in (0, 9, 1, 1, 5, 60):
            life.now_us += minutes * MINUTE
            pipeline.step(0)
            counts.append(len(life.board.of(SUMMARY)))
        assert counts == [1, 1, 1, 2, 2, 2]
        assert silent(life.board)
        newest = life.board.of(SUMMARY)[-1].situation_summary
        assert newest.as_of_time.ToSeconds() == us(after(minutes=11)) // 10**6
        life.feed.add(incident(sequence=1, sealed=after(minutes=76)))
        pipeline.step(0)
        assert not silent(life.board)


def test_a_busy_exercise_does_not_hide_that_someone_has_fallen_silent(tmp_path: Path) -> None:
    drill = [incident(**exercise(), revision=n, sequence=n) for n in range(1, 6)]
    life = Life(tmp_path, Feed([incident(), *drill], 1))
    with life.process() as (pipeline, _):
        for _step in range(5):
            life.now_us += 5 * MINUTE
            pipeline.step(0)
    assert silent(life.board)


def test_entries_that_are_not_wanted_do_not_hide_it_either(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(), None, None, None, None], 1))
    with life.process() as (pipeline, _):
        for _step in range(5):
            life.now_us += 5 * MINUTE
            pipeline.step(0)
    assert silent(life.board)


def test_an_exercise_has_no_clock_to_fall_silent_by(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([incident(**exercise())]))
    life.run()
    before = len(life.board.published)
    with life.process() as (pipeline, _):
        life.now_us += 10_000 * MINUTE
        pipeline.step(0)
    assert len(life.board.published) == before > 0


def test_nothing_is_said_before_anyone_spoke(tmp_path: Path) -> None:
    life = Life(tmp_path, Feed([None, incident(mode="MODE_TEST")]))
    life.run()
    assert life.board.published == []
