"""People put incidents together and take them apart; what they decide is recorded like any message."""

from itertools import permutations

import pytest

from pipelines.facts.known import Known
from pipelines.facts.scope import ACTUAL
from pipelines.facts.state import fold
from pipelines.incidents.incidents import evaluate
from tests.support.decisions import asked, merged, split, withdrawn
from tests.support.floods import jiangsu, joint, kind, members, north, shanghai, three_in_a_row
from tests.support.situation import after, exercise
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import IncidentLinkKind as LinkKind

SH, JS, ZJ = "310000/flood", "320000/flood", "330000/flood"
ONE, TWO = {frozenset({SH, JS})}, {frozenset({SH}), frozenset({JS})}


def far() -> list[Message]:
    """Two reports that nothing links."""
    return [shanghai(), jiangsu(changes=north(90) | kind("12A02"))]


def near() -> list[Message]:
    """Two reports that are near and soon enough."""
    return [shanghai(), jiangsu()]


def test_a_merge_makes_one_of_what_nothing_links() -> None:
    decision = merged(SH, JS)
    (found,) = joint(*far(), decision)
    (link,) = found.links
    assert (link.kind, link.first.entity_id, link.second.entity_id) == (
        LinkKind.INCIDENT_LINK_KIND_DECIDED,
        SH,
        JS,
    )
    assert list(link.message_ids) == [decision.header.message_id]
    assert "现场核实" in link.text_zh
    assert not link.HasField("score")


def test_a_split_outranks_nearness_and_says_so() -> None:
    decision = split(SH, JS)
    found = joint(*near(), decision)
    assert {i.joint_id for i in found} == {SH, JS}
    for incident in found:
        (kept,) = incident.kept_apart
        assert (kept.first.entity_id, kept.second.entity_id) == (SH, JS)
        assert (kept.participant, kept.reason) == ("310000", "现场核实")
        assert kept.overruled == [LinkKind.INCIDENT_LINK_KIND_NEAR]
        assert kept.message_id == decision.header.message_id
        assert not incident.links


def test_a_split_outranks_a_named_link() -> None:
    named = [shanghai(), jiangsu(changes=north(90) | {"sameEventIds": [SH]})]
    assert members(*named) == ONE
    assert members(*named, split(SH, JS)) == TWO


def test_a_later_revision_replaces_a_decision() -> None:
    told = [*near(), split(SH, JS), merged(SH, JS, revision=2, sequence=1)]
    assert members(*told) == ONE


def test_a_decision_that_is_withdrawn_or_expired_decides_nothing() -> None:
    assert members(*near(), split(SH, JS), withdrawn(SH, revision=2)) == ONE
    over = split(SH, JS, expireTime="2026-06-01T08:00:00Z", told=after(days=-900))
    assert members(*near(), over) == ONE


def test_of_one_authors_decisions_on_a_pair_the_last_in_its_log_counts() -> None:
    first = split(SH, JS, entity="310000/decision/a", sequence=5)
    second = merged(JS, SH, by="310000", entity="310000/decision/b", sequence=6)
    assert (
        members(*near(), first, second) == TWO
    )  # the second is on Jiangsu's incident: not its own
    second = merged(SH, JS, entity="310000/decision/b", sequence=6)
    assert members(*near(), first, second) == ONE
    assert members(*far(), second, split(SH, JS, entity="310000/decision/a", sequence=7)) == TWO


@pytest.mark.parametrize("room_says", ["MERGE", "SPLIT"])
def test_the_duty_room_outranks_the_provinces(room_says: str) -> None:
    room = (merged if room_says == "MERGE" else split)(SH, JS, by="joint")
    provinces = [split(SH, JS, sequence=9), merged(JS, SH, sequence=9)]
    assert members(*near(), room, *provinces) == (ONE if room_says == "MERGE" else TWO)
    assert asked(*near(), room, *provinces) == set()


def test_provinces_that_disagree_leave_it_split_and_are_asked() -> None:
    told = [*near(), split(SH, JS), merged(JS, SH)]
    assert members(*told) == TWO
    assert asked(*told) == {("decisions_differ", "320000")}


def test_a_province_decides_on_its_own_incidents_only() -> None:
    told = [*three_in_a_row(), split(JS, ZJ, by="310000")]
    assert members(*told) == members(*three_in_a_row())
    assert asked(*told) == {("decision_not_own", "310000")}
    assert len(joint(*three_in_a_row(), split(JS, ZJ, by="joint"))) == 2


def test_a_decision_about_itself_or_the_unknown_is_asked_about() -> None:
    assert asked(*near(), merged(SH, SH)) == {("decision_on_itself", "310000")}
    assert asked(*near(), split(SH, "340000/nothing")) == {("decision_on_unknown", "310000")}
    assert asked(*near(), split(SH, ("340000", JS))) == {("decision_on_unknown", "310000")}


def test_merges_in_a_circle_are_one_event() -> None:
    told = three_in_a_row()
    circle = [merged(SH, JS), merged(JS, ZJ), merged(ZJ, SH)]
    assert members(*told, *circle) == {frozenset({SH, JS, ZJ})}
    assert asked(*told, *circle) == set()


def test_a_merge_that_goes_round_a_split_is_not_done_and_asked_about() -> None:
    told = [*far(), three_in_a_row()[2]]
    decisions = [
        split(SH, ZJ, by="joint", entity="joint/decision/1"),
        merged(SH, JS, by="joint", entity="joint/decision/2"),
        merged(JS, ZJ),
    ]
    assert members(*told, *decisions) == {frozenset({SH, JS}), frozenset({ZJ})}
    assert asked(*told, *decisions) == {("merge_against_split", "320000")}


def test_two_incidents_of_one_province_are_merged_by_a_decision() -> None:
    told = [shanghai("310000/a"), shanghai("310000/b", kind("12A02"))]
    (found,) = joint(*told, merged("310000/a", "310000/b"))
    assert len(found.members) == 2


def test_incidents_with_the_same_entity_id_are_told_apart_by_participant() -> None:
    told = [shanghai("x", origin="310000"), jiangsu("x", origin="320000"), shanghai("310000/y")]
    found = joint(*told, split(("310000", "x"), ("320000", "x")))
    assert sorted(len(i.members) for i in found) == [1, 2]  # Jiangsu's is near 310000/y, too


def test_what_was_withdrawn_is_not_kept_apart_from_anything() -> None:
    gone = jiangsu(changes={"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2)
    (found,) = joint(*near(), gone, split(SH, JS))
    assert not found.kept_apart
    assert asked(*near(), gone, split(SH, JS)) == set()


def test_decisions_of_an_exercise_do_not_reach_what_is_real() -> None:
    told = [*near(), split(SH, JS, **exercise())]
    actual = {key: state for key, state in fold(told).items() if key.scope == ACTUAL}
    assert len(evaluate(Known(actual))) == 1


@pytest.mark.parametrize("order", list(permutations(range(5)))[::7])
def test_decisions_are_the_same_in_whatever_order_they_came(order: tuple[int, ...]) -> None:
    told = [*near(), split(SH, JS), merged(JS, SH), three_in_a_row()[2]]
    assert joint(*(told[i] for i in order)) == joint(*told)
