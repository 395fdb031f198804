"""How many people in all: nobody twice, nothing unknown as zero, the least and the most it can be."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.incidents.cascades import evaluate as cascades
from pipelines.incidents.incidents import evaluate
from pipelines.incidents.shared_people import least_people
from pipelines.incidents.totals import totals
from tests.support.floods import jiangsu, joint, shanghai
from tests.support.situation import after, incident, known
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import CasualtyTotals

FIGURES = {"dead": 1, "missing": 2}


def harmed(entity: str, dead: int | None, *causes: str, hours: float = 0) -> Message:
    casualties = {} if dead is None else {"dead": dead}
    body = {"casualties": casualties, "causeIds": list(causes)}
    return incident(entity, body, told=after(hours=hours))


def summed(*told: Message) -> CasualtyTotals:
    seen = known(*told)
    found = evaluate(seen)
    return totals(found, cascades(seen))


@pytest.mark.parametrize(
    ("typhoon", "flood", "plant", "least", "most"),
    [
        (12, 5, 3, 12, 20),
        (2, 5, 3, 5, 10),
        (None, 5, 3, 5, 8),
        (0, 5, None, 5, 5),
    ],
)
def test_people_of_a_cause_and_of_what_followed_may_be_the_same(
    typhoon: int | None, flood: int | None, plant: int | None, least: int, most: int
) -> None:
    told = [
        harmed("330000/typhoon", typhoon),
        harmed("310000/flood", flood, "330000/typhoon", hours=1),
        harmed("310000/plant", plant, "310000/flood", hours=2),
    ]
    found = summed(*told)
    assert (found.known.dead, found.at_most.dead) == (least, most)
    assert found.incidents_unknown.dead == sum(n is None for n in (typhoon, flood, plant))


def test_people_of_two_things_that_followed_are_different_people() -> None:
    told = [harmed("330000/typhoon", 6)]
    told += [harmed(f"310000/{n}", n, "330000/typhoon", hours=1) for n in (4, 5)]
    assert summed(*told).known.dead == 9
    assert summed(*told, harmed("340000/elsewhere", 7)).known.dead == 16


def test_one_that_has_two_causes_is_not_counted_under_either() -> None:
    told = [harmed("310000/a", 4), harmed("310000/b", 4)]
    told.append(harmed("310000/c", 7, "310000/a", "310000/b", hours=1))
    assert (summed(*told).known.dead, summed(*told).at_most.dead) == (8, 15)


def test_for_each_figure_it_is_said_how_many_do_not_give_it() -> None:
    told = [
        harmed("310000/a", 1),
        incident("320000/b", {"casualties": {"missing": 2}}),
        incident("330000/c", {"casualties": None}),
    ]
    found = summed(*told)
    assert (found.incidents_unknown.dead, found.incidents_unknown.missing) == (2, 2)
    assert found.incidents_unknown.trapped == found.incidents == 3
    assert not found.known.HasField("trapped")
    assert not found.at_most.HasField("trapped")
    assert found.incidents_with_unknown_dead == found.incidents_unknown.dead


def test_a_figure_that_only_the_neighbour_gives_stays_unknown() -> None:
    told = [shanghai(changes={"casualties": {"missing": 1}})]
    told.append(jiangsu(changes={"casualties": {"dead": 9}, "place": {"adminCode": "310118"}}))
    found = totals(joint(*told))
    assert not found.known.HasField("dead")
    assert found.incidents_unknown.dead == 1


names = st.sampled_from("abcdef")
weights = st.fixed_dictionaries({name: st.integers(0, 9) for name in "abcdef"})
forward = st.lists(st.tuples(names, names).filter(lambda e: e[0] < e[1]), unique=True, max_size=12)


@given(counted=weights, edges=forward)
def test_the_least_is_the_most_that_surely_are_different_people(
    counted: dict[str, int], edges: list[tuple[str, str]]
) -> None:
    """Against all choices of incidents of which none led to another, tried one by one."""
    led = set(edges)
    for middle in sorted(counted):
        into = {a for a, b in led if b == middle}
        led |= {(a, c) for a in into for b, c in led if b == middle}
    choices = [c for size in range(7) for c in combinations(sorted(counted), size)]
    apart = [c for c in choices if not any(pair in led for pair in combinations(c, 2))]
    due = max(sum(counted[name] for name in choice) for choice in apart)
    assert least_people(counted, edges) == due
