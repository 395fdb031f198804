"""The tail gives what it holds, and says when it does not hold enough."""

from collections.abc import Iterable, Sequence

import pytest

from gateway.store.port import Entry
from gateway.store.tail import Committed, Tail

RUNS = ([("a", 0), ("a", 1), ("b", 0)], [("b", 1)], [("a", 2), ("b", 2), ("a", 3)])


def entry(offset: int, log: str, sequence: int, leaf: bytes = b"") -> Entry:
    return Entry(offset, log, sequence, b"", leaf, "t", 1, 0)


def committed(some: Iterable[Entry]) -> Committed:
    entries = list(some)
    leaf_bytes = sum(len(one.leaf or b"") for one in entries)
    parts = sum(len(one.parts) for one in entries)
    return Committed(entries, {one.log for one in entries}, leaf_bytes, parts)


def filled(runs: Sequence[Sequence[tuple[str, int]]] = RUNS, first: int = 1) -> Tail:
    tail, offset = Tail(), first
    for run in runs:
        tail.add(committed(entry(offset + i, *place) for i, place in enumerate(run)))
        offset += len(run)
    return tail


@pytest.mark.parametrize("after", range(8))
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_received_gives_the_order_of_receipt(after: int, limit: int) -> None:
    found = filled().received(after, limit)
    assert found is not None
    assert [e.offset for e in found] == list(range(after + 1, 8))[:limit]


def test_nothing_is_said_of_what_lies_before_the_tail() -> None:
    assert Tail().received(0, 10) is None
    assert filled(first=5).received(3, 10) is None
    assert filled(first=5).received(4, 1) == [entry(5, "a", 0)]


@pytest.mark.parametrize(("start", "stop"), [(0, 4), (0, 1), (1, 3), (2, 4), (3, 4), (3, 3)])
def test_entries_gives_a_part_of_a_log(start: int, stop: int) -> None:
    found = filled().entries("a", start, stop)
    assert found is not None
    assert [(e.log, e.sequence) for e in found] == [("a", i) for i in range(start, stop)]


@pytest.mark.parametrize(("log", "start", "stop"), [("a", 0, 5), ("c", 0, 1), ("b", 2, 4)])
def test_entries_that_are_not_all_there_are_not_given(log: str, start: int, stop: int) -> None:
    assert filled().entries(log, start, stop) is None


def test_the_oldest_runs_go_when_it_is_full() -> None:
    tail = Tail(max_bytes=3000)
    for offset in range(1, 6):
        tail.add(committed([entry(offset, "a", offset - 1, b"x" * 500)]))
    assert tail.received(1, 10) is None
    kept = tail.received(2, 10)
    assert kept is not None
    assert [e.offset for e in kept] == [3, 4, 5]
    assert tail.entries("a", 1, 2) is None
    assert tail.entries("a", 2, 3) == kept[:1]


def test_clear_forgets_everything() -> None:
    tail = filled()
    tail.clear()
    assert tail.received(0, 10) is None
    assert tail.entries("a", 0, 1) is None


def test_a_log_that_grew_with_gaps_is_given_only_from_behind_them() -> None:
    tail = filled()
    tail.add(committed([entry(8, "a", 9), entry(9, "b", 3)]), {"a"})
    tail.add(committed([entry(10, "a", 4)]))
    assert tail.entries("a", 4, 5) == [entry(10, "a", 4)]
    assert tail.entries("a", 3, 5) is None
    assert tail.entries("a", 9, 10) is None
    found = tail.entries("b", 2, 4)
    assert found is not None
    assert [e.sequence for e in found] == [2, 3]


def test_a_gap_filled_without_a_new_entry_is_a_gap_here() -> None:
    tail = filled()
    tail.add(committed([]), {"a"})
    assert tail.entries("a", 2, 4) is None
    received = tail.received(6, 10)
    assert received is not None
    assert [e.offset for e in received] == [7]
