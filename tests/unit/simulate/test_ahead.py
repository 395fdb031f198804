"""What goes ahead of its place, and in which order."""

import numpy as np

from gateway.replication.urgent import MOST_WAITING, SHARE
from integration.simulate.ahead import Gap, Went
from integration.simulate.arrivals import LIFE, URGENT


def _gap() -> Gap:
    """Three steps, each with two life-safety and three urgent messages; the link came back in step 3."""
    gap = Gap(link=0, begun=3, next=0)
    gap.add(np.array([[2, 3]] * 3))
    return gap


def _taken(went: list[Went]) -> list[tuple[int, int, int]]:
    return [(one.priority, one.cohort, one.count) for one in went]


def test_life_safety_first_and_the_newest_first() -> None:
    assert _taken(_gap().take(1_000_000, 8, at=3)) == [
        (LIFE, 2, 2),
        (LIFE, 1, 2),
        (LIFE, 0, 2),
        (URGENT, 2, 2),
    ]


def test_what_is_left_comes_next_and_nothing_twice() -> None:
    gap = _gap()
    gap.take(1_000_000, 8, at=3)
    assert _taken(gap.take(1_000_000, 1000, at=4)) == [
        (URGENT, 2, 1),
        (URGENT, 1, 3),
        (URGENT, 0, 3),
    ]
    assert not gap.take(1_000_000, 1000, at=5)


def test_no_more_than_a_share_of_the_gap_and_no_more_than_there_may_wait() -> None:
    assert sum(one.count for one in _gap().take(4 * SHARE, 1000, at=3)) == 4
    flood = Gap(link=0, begun=3, next=0)
    flood.add(np.array([[10 * MOST_WAITING, 0]]))
    assert sum(one.count for one in flood.take(10**9, 10**9, at=3)) == MOST_WAITING


def test_what_comes_later_takes_turns_and_what_has_come_in_its_place_does_not_go_again() -> None:
    gap = Gap(link=0, begun=0, next=0)  # all of it came after the link was back
    gap.add(np.array([[500, 0], [500, 0]]))
    (went,) = gap.take(1_000_000, 2100, at=1)
    assert (went.cohort, went.count) == (1, 100)  # 50 entries to a thousand
    gap.drop_before(1)
    assert _taken(gap.take(1_000_000, 10**6, at=2)) == [(LIFE, 1, 400)]
