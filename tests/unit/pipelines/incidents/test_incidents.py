"""Joint incidents: which reports are held to be one event."""

from itertools import permutations
from typing import Any

import pytest

from pipelines.facts.known import Known
from pipelines.facts.state import fold, merge_all
from pipelines.incidents.incidents import evaluate
from tests.support.floods import (
    jiangsu,
    joint,
    kind,
    members,
    north,
    shanghai,
    three_in_a_row,
)
from tests.support.situation import after


def hours_later(hours: float) -> dict[str, Any]:
    return {"told": after(hours=hours)}


def test_one_event_told_by_two_provinces_is_shown_once_with_both() -> None:
    (found,) = joint(
        shanghai(changes={"casualties": {"dead": 1, "injured": 4}}),
        jiangsu(changes={"casualties": {"dead": 3, "injured": 4}}),
    )
    assert [(m.participant, m.casualties.dead) for m in found.members] == [
        ("310000", 1),
        ("320000", 3),
    ]
    (differing,) = found.disagreements
    assert differing.field == "casualties.dead"
    assert [(v.participant, v.value) for v in differing.values] == [
        ("310000", "1"),
        ("320000", "3"),
    ]
    assert [v.message_id for v in differing.values] == list(found.message_ids)
    assert [v.reported_time for v in differing.values] == [m.reported_time for m in found.members]
    assert "both 11A" in found.link_reasons[0]


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        (north(14.9), {}),
        (kind("11A04"), {}),
        ({}, hours_later(47.9)),
        ({}, hours_later(-47.9)),
        (north(14.9), hours_later(47.9)),
    ],
)
def test_near_and_soon_reports_of_one_family_are_one_event(
    changes: dict[str, Any], header: dict[str, Any]
) -> None:
    assert len(joint(shanghai(), jiangsu(changes=changes, **header))) == 1


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        (north(15.1), {}),
        ({}, hours_later(48.1)),
        ({}, hours_later(-48.1)),
        (kind("11B01"), {}),
        (kind("12A02"), {}),
    ],
)
def test_what_is_far_late_or_of_another_kind_is_another_event(
    changes: dict[str, Any], header: dict[str, Any]
) -> None:
    assert len(joint(shanghai(), jiangsu(changes=changes, **header))) == 2


@pytest.mark.parametrize(
    ("value", "kilometres", "hours"),
    [
        ("11A02", 15, 48),
        ("11B01", 30, 48),
        ("11C01", 200, 6),
        ("12D02", 5, 12),
        ("12H04", 3, 6),
        ("12J08", 10, 24),
    ],
)
def test_how_near_and_how_soon_depends_on_the_family(
    value: str, kilometres: float, hours: float
) -> None:
    for km, late, one in [
        (kilometres - 0.1, hours - 0.1, True),
        (kilometres + 0.1, 0.0, False),
        (0.0, hours + 0.1, False),
    ]:
        told = [
            shanghai(changes=kind(value)),
            jiangsu(changes=kind(value) | north(km), **hours_later(late)),
        ]
        assert (len(joint(*told)) == 1) == one


def test_two_incidents_of_one_province_are_two() -> None:
    assert len(joint(shanghai("310000/a"), shanghai("310000/b"))) == 2


def test_a_province_may_join_its_own() -> None:
    told = [shanghai("310000/a"), shanghai("310000/b", {"sameEventIds": ["310000/a"]})]
    assert members(*told) == {frozenset({"310000/a", "310000/b"})}


def test_what_a_province_has_joined_still_meets_its_neighbours_report() -> None:
    told = [shanghai("310000/a"), shanghai("310000/b", {"sameEventIds": ["310000/a"]}), jiangsu()]
    assert members(*told) == {frozenset({"310000/a", "310000/b", "320000/flood"})}


@pytest.mark.parametrize(
    ("farther", "nearer"),
    [
        ((9, 0), (1, 0)),
        ((0, 30), (0, 10)),
        ((3, 40), (9, 0)),
        ((14, 0.5), (1, 20)),
    ],
)
def test_a_report_near_two_incidents_of_another_province_joins_the_nearer(
    farther: tuple[float, float], nearer: tuple[float, float]
) -> None:
    """Nearer in space and time taken together."""
    told = [
        shanghai("310000/a", north(farther[0]), **hours_later(farther[1])),
        shanghai("310000/b", north(nearer[0]), **hours_later(nearer[1])),
        jiangsu(changes=north(0)),
    ]
    one = frozenset({"310000/b", "320000/flood"})
    assert members(*told) == {frozenset({"310000/a"}), one}


@pytest.mark.parametrize("naming", ["310000", "320000"])
def test_a_province_that_names_the_others_incident_joins_it(naming: str) -> None:
    far = north(90) | kind("12A02")
    names = {
        "310000": {"sameEventIds": ["320000/flood"]},
        "320000": {"sameEventIds": ["310000/flood"]},
    }
    here = names["310000"] if naming == "310000" else {}
    there = names["320000"] if naming == "320000" else {}
    (found,) = joint(shanghai(changes=here), jiangsu(changes=far | there))
    assert len(found.members) == 2
    (reason,) = found.link_reasons
    assert all(words in reason for words in ("310000/flood", "320000/flood"))
    assert reason.endswith(f"named by {naming}")


def test_what_is_one_with_a_third_is_one() -> None:
    ends = three_in_a_row()
    assert len(joint(ends[0], ends[2])) == 2
    assert members(*ends) == {frozenset({"310000/flood", "320000/flood", "330000/flood"})}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_joint_incident_is_the_same_in_whatever_order_it_was_told(order: list[int]) -> None:
    told = three_in_a_row()
    (found,) = joint(*(told[i] for i in order))
    assert found == joint(*told)[0]
    assert found.joint_id == "310000/flood"


def test_the_joint_id_is_the_smallest_whoever_speaks() -> None:
    (found,) = joint(shanghai("z", origin="310000"), jiangsu("a", origin="320000"))
    assert found.joint_id == "a"
    assert [m.participant for m in found.members] == ["320000", "310000"]


def test_a_withdrawn_report_takes_its_incident_away() -> None:
    withdrawn = shanghai(changes={"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2)
    assert joint(shanghai(), withdrawn) == []
    assert members(shanghai(), jiangsu(), withdrawn) == {frozenset({"320000/flood"})}


def test_a_withdrawn_report_holds_nothing_together() -> None:
    told = three_in_a_row()
    gone = jiangsu(changes=north(10) | {"kind": "REPORT_KIND_WITHDRAWAL"}, revision=2)
    assert len(joint(*told, gone)) == 2


def test_every_source_is_named_by_its_message() -> None:
    told = [shanghai(), jiangsu()]
    (found,) = joint(*told)
    assert list(found.message_ids) == [m.header.message_id for m in told]
    assert [m.message_id for m in found.members] == list(found.message_ids)


def test_states_that_were_merged_give_the_same_incidents() -> None:
    told = [shanghai(), jiangsu(), shanghai(revision=2, told=after(hours=1))]
    parts = [fold([message]) for message in told]
    keys = {key for part in parts for key in part}
    merged = {key: merge_all(p[key] for p in parts if key in p) for key in keys}
    assert evaluate(Known(merged)) == joint(*told)


def test_each_joint_incident_has_reasons_of_its_own() -> None:
    elsewhere = {"sameEventIds": ["340000/x"]}
    told = [shanghai(), jiangsu(), shanghai("310000/y", kind("12A02") | elsewhere)]
    told.append(jiangsu("340000/x", north(200)))
    reasons = [list(i.link_reasons) for i in joint(*told)]
    assert [len(r) for r in reasons] == [1, 1]
    assert "both 11A" in reasons[0][0]
    assert reasons[1] == ["310000/y = 340000/x: named by 310000"]


def test_reports_without_a_known_place_are_joined_by_name_alone() -> None:
    nowhere = {"place": {"adminCode": "990000"}}
    assert len(joint(shanghai(changes=nowhere), jiangsu(changes=nowhere))) == 2
    assert len(joint(shanghai(), jiangsu(changes=nowhere))) == 2
    assert len(joint(shanghai(changes=nowhere), jiangsu())) == 2
    named = {"sameEventIds": ["310000/flood"]}
    assert len(joint(shanghai(changes=nowhere), jiangsu(changes=nowhere | named))) == 1
