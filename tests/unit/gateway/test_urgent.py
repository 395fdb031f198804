"""Which urgent entries wait to go ahead, and how batches wait for their answers."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.replication.urgent import PRIORITIES, Pace, Waiting

LIFE, URGENT = PRIORITIES
ADDED = st.lists(st.tuples(st.sampled_from(PRIORITIES), st.integers(1, 5)), max_size=10)


@given(ADDED, st.integers(1, 8), st.integers(0, 40))
def test_the_most_urgent_and_newest_wait_and_the_oldest_give_way(
    added: list[tuple[int, int]], most: int, sent: int
) -> None:
    waiting = Waiting(most)
    all_: list[tuple[int, int]] = []
    index = 0
    for priority, count in added:
        newest_first = list(range(index + count - 1, index - 1, -1))
        waiting.add(priority, newest_first)
        all_ += [(priority, -i) for i in newest_first]
        index += count
    expected = [(p, -i) for p, i in sorted(all_)[:most]]
    assert waiting.first(100) == [i for _, i in expected]
    waiting.drop_below(sent)
    assert waiting.first(100) == [i for _, i in expected if i >= sent]


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 12))
def test_what_has_gone_no_longer_waits(life: int, urgent: int, taken: int) -> None:
    waiting = Waiting(100)
    waiting.add(LIFE, range(life)[::-1])
    waiting.add(URGENT, range(10, 10 + urgent)[::-1])
    before = waiting.first(100)
    waiting.forget_first(taken)
    assert waiting.first(100) == before[taken:]
    assert len(waiting) == len(before[taken:])


def test_every_batch_has_an_answer_of_its_own() -> None:
    pace = Pace()
    for size in (None, 10, None, 20):
        pace.sent(size)
    for answer, left in ((0, 3), (10, 2), (10, 1), (10, 1), (20, 0), (20, 0)):
        pace.answered(answer)
        assert len(pace) == left


def test_a_receipt_for_two_batches_answers_both() -> None:
    pace = Pace()
    for size in (10, 20, None):
        pace.sent(size)
    pace.answered(20)
    assert len(pace) == 1


def test_a_follower_that_owes_answers_gets_no_further_batch() -> None:
    pace = Pace()
    pace.sent(10)
    assert not pace.full
    pace.sent(20)
    assert pace.full
    pace.answered(10)
    assert not pace.full
