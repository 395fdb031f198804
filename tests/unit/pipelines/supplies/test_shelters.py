"""Shelters: places, people, free places; over-full ones are shown, and take nothing from others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.supplies.shelters import MOST_OVER_FULL, is_over_full, over_full, rollup
from pipelines.supplies.stocktake import take
from tests.support.builders import place
from tests.support.situation import after, known, picture, resource, text, us
from tests.support.stores import holdings
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.supplies_pb2 import ShelterLine

FOCUS = frozenset({"", "320000", "320500", "320509"})


def shelter(
    entity: str = "320000/shelter/1",
    places: float = 600,
    free: float = 600,
    taken: float = 0,
    changes: dict[str, Any] | None = None,
) -> Message:
    body = {
        "kind": "RESOURCE_KIND_SHELTER",
        "capabilities": [{"scheme": "yrd-capability", "value": "shelter.place"}],
        "place": place("320509"),
        "stock": {"unit": "床", "total": places, "available": free, "committed": taken},
    }
    return resource(entity, body | (changes or {}))


def line(*told: Message, area: str = "320500") -> ShelterLine:
    (found,) = [x for x in rollup().of(holdings(*told)).lines(FOCUS) if x.admin_code == area]
    return found


def figures(found: ShelterLine) -> tuple[int, float, float, float, int]:
    return found.shelters, found.capacity, found.occupancy, found.free, found.over_full


@pytest.mark.parametrize(
    ("told", "figures_"),
    [
        (shelter(), (1, 600, 0, 600, 0)),
        (shelter(free=350, taken=250), (1, 600, 250, 350, 0)),
        (shelter(free=300, taken=250), (1, 600, 250, 300, 0)),
        (shelter(free=0, taken=600), (1, 600, 600, 0, 0)),
        (shelter(free=0, taken=600, changes={"occupants": 640}), (1, 600, 640, 0, 1)),
        (shelter(free=600, changes={"occupants": 500}), (1, 600, 500, 100, 0)),
        (shelter(free=600, changes={"occupants": 0}), (1, 600, 0, 600, 0)),
        (shelter(places=0, free=0), (1, 0, 0, 0, 0)),
    ],
)
def test_places_people_and_free_places(told: Message, figures_: tuple[float, ...]) -> None:
    assert figures(line(told)) == figures_


def test_an_over_full_shelter_takes_no_free_place_from_another() -> None:
    crowded = shelter("320000/shelter/1", free=0, taken=600, changes={"occupants": 900})
    found = line(crowded, shelter("320000/shelter/2", free=400, taken=200))
    assert figures(found) == (2, 1200, 1100, 400, 1)


def test_over_full_shelters_are_named_the_worst_first() -> None:
    told = [
        shelter(f"320000/shelter/{i}", free=0, taken=600, changes={"occupants": 600 + i})
        for i in range(4)
    ]
    found = over_full(filter(is_over_full, holdings(*told)))
    assert [(s.resource_id, s.occupancy, s.capacity.value) for s in found] == [
        (f"320000/shelter/{i}", 600 + i, 600) for i in (3, 2, 1)
    ]


def test_as_many_are_named_as_can_be_read_and_all_are_counted() -> None:
    told = [
        shelter(f"320000/shelter/{i}", changes={"occupants": 601})
        for i in range(MOST_OVER_FULL + 1)
    ]
    (found,) = [a for a in picture(told).summary.shelters if a.admin_code == "320000"]
    assert len(found.over_full) == MOST_OVER_FULL
    assert [x.over_full for x in found.lines] == [MOST_OVER_FULL + 1]


def test_more_people_committed_than_places_is_over_full_and_no_nonsense() -> None:
    crowded = shelter(free=0, taken=600)
    crowded.resource_status.stock.committed = 700
    assert figures(line(crowded)) == (1, 600, 700, 0, 1)


@pytest.mark.parametrize("amount", ["total", "available", "committed"])
def test_less_than_nothing_is_a_question(amount: str) -> None:
    bad = shelter()
    setattr(bad.resource_status.stock, amount, -1)
    found = known(bad, shelter("320000/shelter/2"))
    take(found, us(after()))
    assert [q.kind for q in found.questions] == ["negative_stock"]
    assert figures(line(bad, shelter("320000/shelter/2"))) == (1, 600, 0, 600, 0)


def test_an_outdated_state_counts_in_no_figure() -> None:
    old = shelter(changes={"validUntilTime": text(after()), "occupants": 999})
    found = line(old, shelter("320000/shelter/2"))
    assert (figures(found), found.outdated) == ((1, 600, 0, 600, 0), 1)
    assert not any(map(is_over_full, holdings(old)))


numbers = st.integers(0, 1000)


@settings(deadline=None, max_examples=100)
@given(told=st.lists(st.tuples(numbers, numbers, numbers, st.none() | numbers), max_size=5))
def test_free_places_are_never_negative_and_never_more_than_places(
    told: list[tuple[int, int, int, int | None]],
) -> None:
    shelters = []
    for i, (places, free, taken, people) in enumerate(told):
        message = shelter(f"320000/shelter/{i}", places, min(free, places), 0)
        message.resource_status.stock.committed = taken
        if people is not None:
            message.resource_status.occupants = people
        shelters.append(message)
    for found in rollup().of(holdings(*shelters)).lines(FOCUS):
        assert 0 <= found.free <= found.capacity
        assert found.shelters == len(told)
