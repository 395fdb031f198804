"""Bad input about trips: asked about, and nothing else is distorted by it."""

from datetime import datetime
from typing import Any

import pytest

from tests.support.builders import NOW, place
from tests.support.hazmat import (
    TANKER,
    evaluate_known,
    handover,
    known_at,
    leak,
    moved,
    tanker,
    view,
)
from tests.support.situation import after, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import TripState

FAR: dict[str, Any] = {"at": (30.25, 120.15), "code": "330102"}


def asked(*told: Message, at: datetime = NOW) -> list[tuple[str, str]]:
    """Kind and message of each question."""
    known = known_at(told, at)
    evaluate_known(known)
    return sorted((q.kind, q.message_id) for q in known.questions)


def test_nothing_is_asked_about_a_sound_trip() -> None:
    assert asked(tanker(), moved(), leak(), handover("NOTICED", changes=DUE)) == []


DUE = {"expectedCrossingTime": text(after(minutes=40))}


def test_a_movement_in_2099_counts_as_when_it_was_told() -> None:
    future = moved(sealed=NOW, told=datetime(2099, 1, 1, tzinfo=NOW.tzinfo))
    assert asked(tanker(), future) == [("time_in_future", future.header.message_id)]
    seen = view(tanker(), future)
    assert seen.state == TripState.TRIP_STATE_MOVING
    assert view(tanker(), future, at=after(hours=3)).notices != ()


def test_a_waybill_that_never_ends_is_asked_about_and_no_longer_under_way() -> None:
    old = tanker(departureTime=text(after(days=-7, minutes=-1)))
    assert asked(old) == [("waybill_never_ends", old.header.message_id)]
    assert view(old).state == TripState.TRIP_STATE_LAPSED
    assert not view(old).under_way
    heard = view(old, moved())
    assert heard.state == TripState.TRIP_STATE_MOVING
    assert view(old, moved(), at=after(days=1)).state == TripState.TRIP_STATE_LAPSED


def test_a_planned_arrival_in_2099_lets_no_trip_live_for_ever() -> None:
    old = tanker(departureTime=text(after(days=-8)), plannedArrivalTime="2099-01-01T00:00:00Z")
    assert view(old).state == TripState.TRIP_STATE_LAPSED


def test_within_a_city_a_trip_takes_a_day() -> None:
    old = tanker(departureTime=text(after(hours=-25)), urbanDelivery=True)
    assert [kind for kind, _ in asked(old)] == ["waybill_never_ends"]


def test_a_departure_far_ahead() -> None:
    assert [k for k, _ in asked(tanker(departureTime="2099-01-01T00:00:00Z"))] == [
        "departure_far_ahead"
    ]


def test_a_route_that_leaves_a_province_out() -> None:
    """Shanghai and Anhui do not adjoin; what lies beyond the four provinces is not judged."""
    assert [k for k, _ in asked(tanker(routeProvinces=["310000", "340000"]))] == [
        "route_skips_province"
    ]
    assert asked(tanker(routeProvinces=["310000", "330000", "360000"])) == []


def test_another_vehicle_than_the_waybills() -> None:
    other = moved(changes={"vehicle": {"number": "沪B00001", "color": "PLATE_COLOR_YELLOW"}})
    assert asked(tanker(), other) == [("vehicle_differs", other.header.message_id)]


def test_the_trailer_is_the_waybills_vehicle_too() -> None:
    trailer = {"number": "沪B001挂", "color": "PLATE_COLOR_YELLOW"}
    assert asked(tanker(trailer=trailer), moved(changes={"vehicle": trailer})) == []


@pytest.mark.parametrize(("minutes", "possible"), [(5, False), (30, False), (40, True)])
def test_a_jump(minutes: int, possible: bool) -> None:
    """A hundred kilometres and eight."""
    there = moved(minutes=minutes, entity="330000/seen/1", **FAR)
    kinds = [kind for kind, _ in asked(tanker(), moved(), there, at=after(minutes=60))]
    assert ("impossible_jump" in kinds) is not possible


def test_where_only_the_area_is_known_it_may_be_off() -> None:
    there = moved(minutes=1, entity="330000/seen/1", at=None, code="330421")
    assert asked(tanker(), moved(at=None), there, at=after(minutes=2)) == []


def test_one_vehicle_in_two_places_under_two_waybills() -> None:
    other = tanker(destination=place("330102"))
    other.header.entity_id = "330000/waybill/2"
    there = moved(minutes=5, entity="330000/trip/2", waybill_id="330000/waybill/2", **FAR)
    kinds = dict(asked(tanker(), other, moved(), there, at=after(minutes=6)))
    assert kinds == {"vehicle_in_two_places": there.header.message_id}


def test_a_crossing_in_2099_is_not_used() -> None:
    notice = handover("NOTICED", changes={"expectedCrossingTime": "2099-01-01T00:00:00Z"})
    assert asked(tanker(), notice) == [("crossing_far_off", notice.header.message_id)]
    known = known_at((tanker(), moved(changes={"speedKmh": 60}), notice))
    (trip,) = evaluate_known(known).trips
    assert trip.next_border.expected_time.ToMicroseconds() < us(after(hours=1))


@pytest.mark.parametrize("name", [TANKER, "waybill-of-nobody"])
def test_two_participants_that_tell_one_waybill(name: str) -> None:
    """It is Shanghai's by its name, or by having told it first."""
    one, other = tanker(), tanker()
    for told, origin, minute in ((one, "310000", -1), (other, "320000", 1)):
        told.header.entity_id, told.stamp.origin = name, origin
        told.header.message_id = origin
        told.stamp.sealed_time.FromDatetime(after(minutes=minute))
    assert asked(other, one) == [("waybill_told_twice", "320000")]
    assert evaluate_known(known_at((other, one))).trips[0].participant == "310000"


def test_one_bad_trip_changes_nothing_of_another() -> None:
    bad = moved(
        sealed=NOW,
        told=datetime(2099, 1, 1, tzinfo=NOW.tzinfo),
        waybill_id="310000/w/9",
        entity="310000/trip/9",
    )
    alone, among = (
        evaluate_known(known_at(told)) for told in ((tanker(), moved()), (tanker(), moved(), bad))
    )
    assert [t for t in among.trips if t.waybill_id == TANKER] == alone.trips
    assert us(NOW) == known_at((tanker(),)).as_of_us
