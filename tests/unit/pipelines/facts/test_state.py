"""States merge in any order to the same bytes, and the newest revision wins."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipelines.facts.seen
from pipelines.facts.scope import Key
from pipelines.facts.state import Folding, fold, merge, merge_all, serialise
from tests.support.builders import NOW
from tests.support.generated import batched, canonical, folded, histories, several
from tests.support.situation import after, crossing, incident, known, movement, resource
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import State

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def by_key(
    batches: Sequence[Sequence[Message]], join: Callable[[Sequence[State]], State]
) -> dict[Key, bytes]:
    """States of the batches, those of each key joined."""
    found: dict[Key, list[State]] = {}
    for batch in batches:
        for key, state in fold(batch).items():
            found.setdefault(key, []).append(state)
    return canonical({key: join(states) for key, states in found.items()})


def from_the_left(states: Sequence[State]) -> State:
    return reduce(merge, states, State())


def from_the_right(states: Sequence[State]) -> State:
    return reduce(lambda late, early: merge(early, late), reversed(states), State())


def as_a_tree(states: Sequence[State]) -> State:
    if len(states) < 2:
        return states[0] if states else State()
    half = len(states) // 2
    return merge(as_a_tree(states[:half]), as_a_tree(states[half:]))


@pytest.mark.parametrize("join", [from_the_left, from_the_right, as_a_tree, merge_all])
@QUIET
@given(data=st.data())
def test_order_repeats_batches_and_association_do_not_matter(
    join: Callable[[Sequence[State]], State], data: st.DataObject
) -> None:
    history = data.draw(histories)
    batches: Any = data.draw(batched(history))
    assert by_key(batches, join) == folded(history)


@QUIET
@given(early=histories, late=histories)
def test_folding_all_is_merging_what_was_folded_apart(
    early: list[Message], late: list[Message]
) -> None:
    parts: tuple[Mapping[Key, State], ...] = (fold(early), fold(late))
    merged = {
        key: merge(*(states.get(key, State()) for states in parts))
        for key in {*parts[0], *parts[1]}
    }
    assert canonical(merged) == folded([*early, *late])


@QUIET
@given(history=several)
def test_the_empty_state_changes_nothing(history: list[Message]) -> None:
    for state in fold(history).values():
        alone = serialise(state)
        assert serialise(merge(State(), state)) == alone
        assert serialise(merge(state, State())) == alone
        assert serialise(merge_all([State(), state, State()])) == alone
        assert serialise(merge(state, state)) == alone
    assert merge_all([]) == State()
    assert merge(State(), State()) == State()


@QUIET
@given(history=several)
def test_a_merge_leaves_its_parts_alone(history: list[Message]) -> None:
    states = list(fold(history).values())
    before = [serialise(state) for state in states]
    for state in states:
        merge(state, State.FromString(serialise(state)))
        merge_all([state, state])
    assert [serialise(state) for state in states] == before


SEALED_LATER = {"sealed": after(seconds=1)}
HIGHER, LOWER = "b" * 36, "a" * 36


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"revision": 1}, {"revision": 2}),
        ({"revision": 9}, {"revision": 10}),
        ({"revision": 1, **SEALED_LATER}, {"revision": 2}),
        ({"revision": 1}, {"revision": 1, **SEALED_LATER}),
        ({"messageId": HIGHER}, {"messageId": LOWER, **SEALED_LATER}),
        ({"messageId": LOWER}, {"messageId": HIGHER}),
    ],
)
def test_the_newest_revision_wins_whatever_came_first(
    older: dict[str, Any], newer: dict[str, Any]
) -> None:
    old, new = incident(**older), incident(**newer)
    for order in ([old, new], [new, old]):
        assert known(*order).newest("incident_report") == known(new).newest("incident_report")


def test_even_the_same_id_with_other_content_is_settled() -> None:
    one, other = incident(messageId=LOWER), incident(changes={"title": "x"}, messageId=LOWER)
    assert one != other
    assert folded([one, other]) == folded([other, one])


def test_entities_of_the_same_name_stay_apart_by_origin_and_type() -> None:
    told = [
        incident("310000/x", origin="310000"),
        incident("310000/x", origin="320000"),
        resource("310000/x", origin="310000"),
    ]
    assert len(known(*told).newest("incident_report")) == 2
    assert len(known(*told).newest("resource_status")) == 1


def test_a_crossing_is_kept_when_the_truck_has_moved_on() -> None:
    crossed = crossing("310000", "320000", revision=2)
    told = [movement("DEPARTED"), crossed, movement("POSITION", revision=3)]
    for order in (told, told[::-1]):
        kept = known(*order).kept("vehicle_movement")
        assert [m.header.revision for m in kept] == [2]
        assert [m.header.revision for m in known(*order).newest("vehicle_movement")] == [3]


def test_each_border_is_kept_once_and_the_latest_way_across() -> None:
    told = [
        crossing("310000", "320000", revision=1),
        crossing("320000", "330000", revision=2),
        crossing("310000", "320000", revision=3),
    ]
    kept = known(*told).kept("vehicle_movement")
    assert sorted(m.header.revision for m in kept) == [2, 3]


@pytest.mark.parametrize(
    ("sequences", "ranges"),
    [
        ([0], [(0, 1)]),
        ([2, 0, 1], [(0, 3)]),
        ([0, 2, 4], [(0, 1), (2, 3), (4, 5)]),
        ([4, 0, 4, 1, 0], [(0, 2), (4, 5)]),
    ],
)
def test_what_was_seen_of_a_log_is_a_union(
    sequences: list[int], ranges: list[tuple[int, int]]
) -> None:
    one_by_one = [fold([incident(sequence=n)]) for n in sequences]
    key = Key("actual", "coverage", "310000")
    seen = merge_all([states[key] for states in one_by_one]).coverage
    assert [(r.start, r.end) for r in seen.ranges] == ranges
    assert sum(r.end - r.start for r in seen.ranges) == len(set(sequences))


def test_the_newest_word_counts_even_if_it_came_first() -> None:
    late = NOW + timedelta(minutes=5)
    told = [incident(sequence=1, sealed=late), incident(sequence=0)]
    assert known(*told).last_told_us() == late.timestamp() * 1e6


def test_where_it_was_received_is_no_part_of_a_state() -> None:
    here, there = incident(), incident()
    there.receipt.offset, there.receipt.received_time.seconds = 77, 1
    assert folded([here]) == folded([there])
    assert here.HasField("receipt")


def test_views_of_the_pipeline_itself_make_no_state() -> None:
    own = Message.FromString(incident().SerializeToString())
    own.situation_summary.scope = "joint"
    bare = Message.FromString(incident().SerializeToString())
    bare.ClearField("body")
    assert fold([own, bare]) == {}


def test_a_long_fold_keeps_ranges_and_not_each_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines.facts.seen, "MOST_LOOSE", 3)
    numbers = [4, 0, 1, 9, 2, 3, 8, 0, 5, 11]
    folding = Folding()
    for n in numbers:
        folding.add(incident(sequence=n))
    seen = folding.states()[Key("actual", "coverage", "310000")].coverage
    assert [(r.start, r.end) for r in seen.ranges] == [(0, 6), (8, 10), (11, 12)]
