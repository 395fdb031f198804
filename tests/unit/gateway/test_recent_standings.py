"""The store is asked once where an entity stands, and again only for what was not made durable."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gateway.store.port import Standing
from gateway.store.recent import Entity, RecentStandings
from gateway.store.round import Round

LOG = "yrd/310000"
TRIP, OTHER = ("t", "310000/trip"), ("t", "310000/other")


class Index:
    """Knows one entity, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[list[Entity]] = []

    def standings(self, log: str, entities: Sequence[Entity]) -> Mapping[Entity, Standing]:
        self.asked.append(list(entities))
        return {entity: Standing(1, "stored") for entity in entities if entity == OTHER}


def made(index: Index, recent: RecentStandings) -> Round:
    return Round({}, 0, 0, cast(Any, index), recent=recent)


def test_what_was_committed_is_not_asked_for_again() -> None:
    index, recent = Index(), RecentStandings()
    first = made(index, recent)
    assert first.standings(LOG, [TRIP, OTHER]) == {OTHER: Standing(1, "stored")}
    first.remember({}, {TRIP: Standing(4, "under_way")})
    first.committed()
    found = made(index, recent).standings(LOG, [TRIP, OTHER])
    assert found == {TRIP: Standing(4, "under_way"), OTHER: Standing(1, "stored")}
    assert index.asked == [[TRIP, OTHER], [OTHER]]
    assert made(index, recent).standings(LOG, [TRIP]) == {TRIP: Standing(4, "under_way")}
    assert len(index.asked) == 2


def test_a_round_that_was_not_committed_leaves_nothing() -> None:
    index, recent = Index(), RecentStandings()
    made(index, recent).remember({}, {TRIP: Standing(4, "under_way")})
    assert made(index, recent).standings(LOG, [TRIP]) == {}


def test_a_round_sees_its_own_before_what_was_committed() -> None:
    index, recent = Index(), RecentStandings()
    recent.learn({TRIP: Standing(4, "under_way")})
    round_ = made(index, recent)
    round_.remember({}, {TRIP: Standing(5, "arrived")})
    assert round_.standings(LOG, [TRIP]) == {TRIP: Standing(5, "arrived")}


def test_the_newest_are_kept_and_no_more_than_two_generations() -> None:
    recent = RecentStandings(most=10)
    for number in range(100):
        recent.learn({("t", str(number)): Standing(number)})
    kept = recent.among([("t", str(number)) for number in range(100)])
    assert 10 <= len(kept) <= 20
    assert list(kept.values())[-1] == Standing(99)
    recent.learn({("t", "99"): Standing(100)})
    assert recent.among([("t", "99")]) == {("t", "99"): Standing(100)}
