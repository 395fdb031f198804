"""Who gets what is read from the drill's agreements, and the map that it is laid over."""

import pytest

from gateway.sharing.decide import Kind
from integration.simulate.figures import load
from integration.simulate.provinces import (
    JOINT,
    Place,
    borders_between,
    participants,
    provinces,
    region_of,
)
from integration.simulate.sharing import DAY, View, _timeline, most, relation, view
from schemas.catalog import BODY_FIELDS

DELTA = {place.code: place for place in participants(4)}
ON_CORRIDORS = ("310000", "320000", "330000", JOINT)


def test_the_map() -> None:
    found = {place.code: place for place in provinces()}
    assert len(found) == 31
    assert sum(place.cities for place in found.values()) == 297
    for place in found.values():
        assert all(place.code in found[other].borders for other in place.borders)
        assert place.code not in place.borders
    assert borders_between()["310000", "340000"] == 2
    assert {region_of(place.code) for place in provinces()} == set("123456")


def _really(type_name: str, origin: Place, receiver: Place) -> bool:
    timeline = _timeline(origin.code)
    decision = timeline.answer(Kind(timeline.place(0), type_name, DAY), receiver.code).fixed
    assert decision is not None
    return decision.shared


@pytest.mark.parametrize("name", load().streams)
def test_in_the_delta_it_is_what_the_agreements_say(name: str) -> None:
    """Among those on the corridors; Anhui is on none, so what it is no neighbour for stands for far."""
    stream = load().streams[name]
    assert stream.type in BODY_FIELDS
    pairs = [(DELTA[a], DELTA[b]) for a in ON_CORRIDORS for b in ON_CORRIDORS if a != b]
    pairs += [(DELTA["310000"], DELTA["340000"])]
    for origin, receiver in pairs:
        if (origin.code == JOINT) is stream.by_joint:
            seen = view(stream.type, relation(origin, receiver)) is not View.WITHHELD
            assert seen == _really(stream.type, origin, receiver), (origin.code, receiver.code)


def test_who_passes_on_gets_the_most_that_any_behind_it_may_see() -> None:
    assert most([View.WITHHELD, View.REDACTED]) is View.REDACTED
    assert most([View.REDACTED, View.WHOLE]) is View.WHOLE
    assert most([]) is View.WITHHELD
