"""Why reports are held to be one event: the reasons and scores that the summary shows."""

from typing import Any

import pytest

from tests.support.decisions import asked
from tests.support.floods import jiangsu, joint, members, north, shanghai, three_in_a_row
from tests.support.situation import SHANGHAI, after
from yrd.situation.v1.incidents_pb2 import FigureRule
from yrd.situation.v1.incidents_pb2 import IncidentLinkKind as LinkKind

ONE = {frozenset({"310000/flood", "320000/flood"})}


@pytest.mark.parametrize(
    ("km", "hours", "score"), [(0, 0, 1.0), (7.5, 0, 0.75), (0, 24, 0.75), (7.5, 24, 0.5)]
)
def test_what_is_near_has_a_score_and_what_it_rests_on(
    km: float, hours: float, score: float
) -> None:
    told = [shanghai(), jiangsu(changes=north(km), told=after(hours=hours))]
    (found,) = joint(*told)
    (link,) = found.links
    assert link.kind == LinkKind.INCIDENT_LINK_KIND_NEAR
    assert link.score == pytest.approx(score, abs=0.001)
    assert link.kilometers == pytest.approx(km, abs=0.01)
    assert link.hours == hours
    assert list(link.message_ids) == [m.header.message_id for m in told]
    assert f"{km:.1f}公里" in link.text_zh
    assert f"{km:.1f} km" in link.text_en


def test_what_is_named_comes_first_and_has_no_score() -> None:
    told = [shanghai(), jiangsu(changes={"sameEventIds": ["310000/flood"]})]
    (found,) = joint(*told)
    assert [link.kind for link in found.links] == [
        LinkKind.INCIDENT_LINK_KIND_NAMED,
        LinkKind.INCIDENT_LINK_KIND_NEAR,
    ]
    assert [link.HasField("score") for link in found.links] == [False, True]
    assert list(found.links[0].message_ids) == [told[1].header.message_id]


def area(**of: Any) -> dict[str, Any]:
    return {"affectedArea": of}


HERE = {"latitude": SHANGHAI[0], "longitude": SHANGHAI[1], "crs": 1}
MIDDLE = {"latitude": SHANGHAI[0] + 0.36, "longitude": SHANGHAI[1], "crs": 1}
CORNERS = [(0.2, -0.1), (0.2, 0.1), (0.6, 0.1), (0.6, -0.1), (0.2, -0.1)]
RING = [
    {"latitude": SHANGHAI[0] + lat, "longitude": SHANGHAI[1] + lon, "crs": 1}
    for lat, lon in CORNERS
]


@pytest.mark.parametrize(
    ("affected", "one"),
    [
        (area(adminCodes=["320583"]), True),
        (area(adminCodes=["320581"]), False),
        (area(adminCodes=["320500"]), False),  # all of a city is too wide to mean one event
        (area(circle={"center": MIDDLE, "radiusMeters": 1000}), True),
        (area(circle={"center": HERE, "radiusMeters": 30000}), False),
        (area(polygon={"ring": RING}), True),
    ],
)
def test_an_event_that_affects_the_others_place_is_one_with_its_report(
    affected: dict[str, Any], one: bool
) -> None:
    """Forty kilometres away: too far, but for the area that Shanghai says is affected."""
    told = [shanghai(changes=affected), jiangsu(changes=north(40))]
    assert (members(*told) == ONE) is one
    if one:
        assert joint(*told)[0].links[0].kilometers == 0


def test_an_affected_area_is_late_after_the_limit_too() -> None:
    told = [shanghai(changes=area(adminCodes=["320583"]))]
    assert members(*told, jiangsu(changes=north(40), told=after(hours=47))) == ONE
    assert len(joint(*told, jiangsu(changes=north(40), told=after(hours=49)))) == 2


def test_an_outline_that_crosses_itself_stops_nothing() -> None:
    crossed = [RING[0], RING[2], RING[1], RING[3], RING[0]]
    told = [shanghai(changes=area(polygon={"ring": crossed})), jiangsu(changes=north(40))]
    assert members(*told) == ONE


def test_who_names_itself_is_asked() -> None:
    assert asked(shanghai(changes={"sameEventIds": ["310000/flood"]})) == {
        ("same_event_as_itself", "310000")
    }


def test_the_rule_by_which_figures_were_chosen_is_said() -> None:
    assert joint(shanghai())[0].figure_rule == FigureRule.FIGURE_RULE_COMPETENT
    (both,) = joint(shanghai(), jiangsu())
    assert both.figure_rule == FigureRule.FIGURE_RULE_NEWEST_COMPETENT
    told = jiangsu(changes={"place": {"adminCode": "310118"}})
    (found,) = joint(told)
    assert found.figure_rule == FigureRule.FIGURE_RULE_NEWEST
    assert found.figures_message_id == told.header.message_id


def test_an_incident_over_a_border_names_all_provinces_that_it_concerns() -> None:
    assert list(joint(shanghai())[0].provinces) == ["310000"]
    changes = area(adminCodes=["320583", "310118"]) | {"affectedNeighbors": ["330000"]}
    (found,) = joint(shanghai(changes=changes))
    assert list(found.provinces) == ["310000", "320000", "330000"]
    (found,) = joint(*three_in_a_row())
    assert list(found.provinces) == ["310000", "320000"]


def test_loss_that_differs_is_shown() -> None:
    told = [
        shanghai(changes={"directLossFen": 100}),
        jiangsu(changes={"directLossFen": 300}, told=after(hours=1)),
    ]
    (found,) = joint(*told)
    (differing,) = found.disagreements
    assert differing.field == "direct_loss_fen"
    assert [v.value for v in differing.values] == ["100", "300"]
    assert found.direct_loss_fen == 300
    assert not joint(shanghai())[0].HasField("direct_loss_fen")
