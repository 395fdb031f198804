"""The next border of a trip, where it is assumed to cross, and when that is expected by which rule."""

from typing import Any

import pytest

from pipelines.places.distance import kilometres
from tests.support.builders import NOW, place
from tests.support.hazmat import JINSHAN, handover, moved, tanker, view, watch
from tests.support.situation import after, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import CrossingRule, NextBorder


def border(*told: Message) -> NextBorder:
    (trip,) = watch(*told).trips
    return trip.next_border


def provinces(*told: Message) -> tuple[str, str]:
    found = border(*told)
    return found.from_province, found.to_province


def test_the_next_border_is_that_of_the_declared_route() -> None:
    route = ["320000", "310000", "330000"]
    told = tanker(routeProvinces=route, origin=place("320509"))
    assert provinces(told) == ("320000", "310000")
    assert provinces(told, moved()) == ("310000", "330000")
    assert not border(told).inferred


def test_a_crossing_leads_to_the_next_one() -> None:
    told = tanker(routeProvinces=["310000", "330000", "340000"])
    crossed = moved("BORDER_CROSSED", changes={"fromProvince": "310000", "toProvince": "330000"})
    assert provinces(told, crossed) == ("330000", "340000")


def test_behind_the_last_border_there_is_none() -> None:
    (trip,) = watch(tanker(), moved(code="330482", at=(30.7, 121.0))).trips
    assert not trip.HasField("next_border")
    assert trip.province == "330000"


def test_without_a_declared_route_it_follows_from_the_destination_and_says_so() -> None:
    found = border(tanker(routeProvinces=[]))
    assert (found.from_province, found.to_province, found.inferred) == ("310000", "330000", True)


def test_a_way_through_a_third_province_is_not_guessed() -> None:
    (trip,) = watch(tanker(routeProvinces=[], destination=place("340100"))).trips
    assert not trip.HasField("next_border")


def test_a_vehicle_that_left_its_route_goes_on_to_its_destination() -> None:
    found = border(tanker(), moved(code="320509", at=(31.0, 120.6)))
    assert (found.from_province, found.to_province, found.inferred) == ("320000", "330000", True)


def test_it_is_assumed_to_cross_where_two_counties_make_the_shortest_way() -> None:
    found = border(tanker(), moved())
    assert (found.from_area, found.to_area) == ("310116", "330482")


@pytest.mark.parametrize(("code", "gate"), [("330482", "330482"), ("330922", "330922")])
def test_only_who_goes_to_the_islands_takes_their_bridge(code: str, gate: str) -> None:
    told = tanker(origin=place("310115", (30.87, 121.9)), destination=place(code))
    assert border(told).to_area == gate


@pytest.mark.parametrize(
    ("told", "speed", "rule"),
    [
        ({"speedKmh": 60}, 60, CrossingRule.CROSSING_RULE_TOLD_SPEED),
        ({"speedKmh": 10, "road": "G15"}, 70, CrossingRule.CROSSING_RULE_USUAL_SPEED),
        ({"road": "G15"}, 70, CrossingRule.CROSSING_RULE_USUAL_SPEED),
        ({"road": "G320"}, 45, CrossingRule.CROSSING_RULE_USUAL_SPEED),
        ({}, 45, CrossingRule.CROSSING_RULE_USUAL_SPEED),
    ],
)
def test_the_crossing_is_expected_by_speed(
    told: dict[str, Any], speed: float, rule: CrossingRule
) -> None:
    found = border(tanker(), moved(changes=told))
    assert found.rule == rule
    seconds = found.expected_time.ToSeconds() - NOW.timestamp()
    assert seconds == pytest.approx(found.distance_km / speed * 3600, abs=1)


def test_the_distance_is_along_a_road_that_is_longer_than_the_straight_line() -> None:
    near, far = (border(tanker(), moved(at=at)).distance_km for at in ((30.75, 121.2), JINSHAN))
    assert 0 < near < 1.3 * kilometres(JINSHAN, (30.75, 121.2)) + far


def test_a_vehicle_that_stands_is_expected_at_no_time() -> None:
    found = border(tanker(), moved("STOPPED"))
    assert found.HasField("distance_km")
    assert not found.HasField("expected_time")
    assert found.rule == CrossingRule.CROSSING_RULE_UNSPECIFIED


def test_before_it_is_seen_it_goes_by_the_planned_times() -> None:
    planned = tanker(plannedArrivalTime=text(after(hours=3)))
    found = border(planned)
    assert found.rule == CrossingRule.CROSSING_RULE_PLANNED_TIME
    assert us(after(hours=-1)) < found.expected_time.ToMicroseconds() < us(after(hours=3))
    assert border(tanker()).rule == CrossingRule.CROSSING_RULE_USUAL_SPEED


def test_a_notice_outranks_what_is_reckoned() -> None:
    due = {"expectedCrossingTime": text(after(minutes=25))}
    found = border(tanker(), moved(changes={"speedKmh": 60}), handover("NOTICED", changes=due))
    assert found.rule == CrossingRule.CROSSING_RULE_NOTICE
    assert found.expected_time.ToMicroseconds() == us(after(minutes=25))


def test_movements_after_the_instant_do_not_count_yet() -> None:
    """Seen by another province, later than the instant that is looked at."""
    ahead = moved(minutes=30, code="330482", at=(30.7, 121.0), entity="330000/seen/1")
    now = view(tanker(), moved(), ahead)
    assert (now.province, now.deadline_us) == ("310000", us(after(minutes=30)))
    assert view(tanker(), moved(), ahead, at=after(minutes=30)).province == "330000"
