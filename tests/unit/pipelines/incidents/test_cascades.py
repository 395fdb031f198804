"""What brought what about, and what cannot have."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.incidents.cascades import evaluate
from pipelines.incidents.causality import backward, components, in_order
from tests.support.floods import kind
from tests.support.situation import after, incident, known
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import Cascade

TYPHOON, FLOOD, PLANT = "330000/typhoon", "310000/flood", "310000/plant"


def brought(entity: str, *causes: str, hours: float = 0, **changes: Any) -> Message:
    """An incident that others brought about, so many hours after NOW."""
    header = {"told": after(hours=hours)}
    return incident(entity, {"causeIds": list(causes)} | changes, **header)


def chain() -> list[Message]:
    return [
        brought(TYPHOON, **kind("11B01")),
        brought(FLOOD, TYPHOON, hours=5, **kind("11A02")),
        brought(PLANT, FLOOD, hours=9, **kind("12D02")),
    ]


def cascades(*told: Message) -> list[Cascade]:
    seen = known(*told)
    return evaluate(seen)


def questions(*told: Message) -> set[tuple[str, str]]:
    seen = known(*told)
    evaluate(seen)
    return {(q.kind, q.message_id) for q in seen.questions}


def edges(cascade: Cascade) -> list[tuple[str, str]]:
    return [(link.cause_id, link.effect_id) for link in cascade.links]


def test_typhoon_flood_and_plant_are_one_chain() -> None:
    told = chain()
    (found,) = cascades(*told)
    assert found.cascade_id == FLOOD
    assert list(found.joint_ids) == [TYPHOON, FLOOD, PLANT]
    assert edges(found) == [(FLOOD, PLANT), (TYPHOON, FLOOD)]
    assert [list(link.message_ids) for link in found.links] == [
        [told[2].header.message_id],
        [told[1].header.message_id],
    ]
    assert {p for link in found.links for p in link.participants} == {"310000"}
    assert questions(*told) == set()


def test_without_causes_there_is_no_cascade() -> None:
    assert cascades(incident(), incident("320000/b")) == []


def test_a_cause_is_the_joint_incident_that_its_report_belongs_to() -> None:
    told = [*chain(), brought("320000/typhoon", sameEventIds=[TYPHOON], **kind("11B01"))]
    (found,) = cascades(*told)
    assert edges(found) == [(FLOOD, PLANT), ("320000/typhoon", FLOOD)]


def test_two_that_say_the_same_are_one_link() -> None:
    told = [*chain(), brought("320000/water", TYPHOON, sameEventIds=[FLOOD], **kind("11A02"))]
    (found,) = cascades(*told)
    link = next(link for link in found.links if link.cause_id == TYPHOON)
    assert list(link.participants) == ["310000", "320000"]
    assert len(link.message_ids) == 2


def test_a_circle_is_cut_where_the_cause_began_later_and_asked_about() -> None:
    told = chain()
    told[0] = brought(TYPHOON, PLANT, **kind("11B01"))
    (found,) = cascades(*told)
    assert edges(found) == [(FLOOD, PLANT), (TYPHOON, FLOOD)]
    assert questions(*told) == {("cause_in_a_circle", told[0].header.message_id)}


def test_two_that_began_at_once_and_name_each_other_keep_one_link() -> None:
    told = [brought("310000/a", "310000/b"), brought("310000/b", "310000/a")]
    (found,) = cascades(*told)
    assert edges(found) == [("310000/a", "310000/b")]


def test_what_is_said_before_its_cause_began_counts_if_it_makes_no_circle() -> None:
    """Times may be wrong; only a circle cannot be."""
    (found,) = cascades(brought(FLOOD, TYPHOON), brought(TYPHOON, hours=3))
    assert edges(found) == [(TYPHOON, FLOOD)]


def test_its_own_cause_and_an_unknown_cause_are_asked_about() -> None:
    told = [brought(FLOOD, FLOOD), brought(PLANT, "340000/never")]
    assert cascades(*told) == []
    assert questions(*told) == {
        ("cause_of_itself", told[0].header.message_id),
        ("cause_unknown", told[1].header.message_id),
    }


def test_a_withdrawn_cause_brings_about_nothing() -> None:
    gone = incident(TYPHOON, {"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2)
    assert [list(c.joint_ids) for c in cascades(*chain(), gone)] == [[FLOOD, PLANT]]
    assert questions(*chain(), gone) == set()


def test_a_long_circle_stops_nothing() -> None:
    ids = [f"310000/{n:05}" for n in range(3000)]
    edges_ = list(zip(ids, [*ids[1:], ids[0]], strict=True))
    began = {name: n for n, name in enumerate(ids)}
    assert backward(edges_, began) == [(ids[-1], ids[0])]
    assert in_order(edges_[:-1], began) == ids
    assert components(edges_) == [ids]


names = st.sampled_from("abcdefgh")
graphs = st.lists(st.tuples(names, names).filter(lambda e: e[0] != e[1]), unique=True, max_size=20)
ages = st.fixed_dictionaries({name: st.integers(0, 3) for name in "abcdefgh"})


@given(edges_=graphs, began=ages, order=st.randoms(use_true_random=False))
def test_without_the_links_that_are_cut_no_circle_is_left(
    edges_: list[tuple[str, str]], began: dict[str, int], order: Any
) -> None:
    cut = backward(edges_, began)
    left = [edge for edge in edges_ if edge not in cut]
    place = {name: n for n, name in enumerate(in_order(left, began))}
    assert all(place[cause] < place[effect] for cause, effect in left)
    shuffled = list(edges_)
    order.shuffle(shuffled)
    assert backward(shuffled, began) == cut
    assert components(shuffled) == components(edges_)


@given(edges_=graphs, began=ages)
def test_only_links_of_a_circle_are_cut(
    edges_: list[tuple[str, str]], began: dict[str, int]
) -> None:
    def reach(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            at = waiting.pop()
            new = {effect for cause, effect in edges_ if cause == at} - found
            found |= new
            waiting += new
        return found

    for cause, effect in backward(edges_, began):
        assert cause in reach(effect)
