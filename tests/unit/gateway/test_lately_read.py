"""What was read for one peer is not read again for the next, wherever that one begins and ends."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.replication.lately_read import RUNS_KEPT, LatelyRead
from gateway.store.port import Entry
from tests.support.entries import OURS

PAGE = 50


class Log:
    """A log without end, of which a page can be read at once."""

    def __init__(self) -> None:
        self.reads: list[tuple[int, int]] = []

    def read(self, start: int, stop: int) -> list[Entry]:
        self.reads.append((start, stop))
        indices = range(start, min(stop, start + PAGE))
        return [Entry(i + 1, OURS, i, b"", b"", "t", 1, 0) for i in indices]


def indices(found: list[Entry]) -> list[int]:
    return [entry.sequence for entry in found]


def test_a_peer_out_of_step_is_served_what_is_here() -> None:
    log = Log()
    lately = LatelyRead(log.read)
    for start, stop in ((0, 10), (10, 30), (30, 40)):
        lately.entries(start, stop)
    assert indices(lately.entries(5, 35)) == list(range(5, 35))
    assert indices(lately.entries(12, 13)) == [12]
    assert log.reads == [(0, 10), (10, 30), (30, 40)]
    assert indices(lately.entries(35, 60)) == list(range(35, 60))
    assert log.reads[-1] == (40, 60)


def test_the_oldest_and_what_is_cleared_are_read_again() -> None:
    log = Log()
    lately = LatelyRead(log.read)
    for start in range(RUNS_KEPT + 1):
        lately.entries(start, start + 1)
    lately.entries(0, 1)
    assert log.reads.count((0, 1)) == 2
    lately.clear()
    lately.entries(0, 1)
    assert log.reads.count((0, 1)) == 3


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 80)), max_size=12))
def test_any_stretch_is_what_the_log_has(stretches: list[tuple[int, int]]) -> None:
    lately = LatelyRead(Log().read)
    for start, size in stretches:
        found = indices(lately.entries(start, start + size))
        assert found == list(range(start, start + len(found)))
        assert 1 <= len(found) <= size
        assert len(found) >= min(size, PAGE)
