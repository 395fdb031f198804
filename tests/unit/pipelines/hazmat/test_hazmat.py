"""Trips with dangerous goods: which are under way, where, and what is wrong with them."""

from typing import Any

import pytest

from pipelines import hazmat
from pipelines.nature import warnings
from tests.support.situation import (
    after,
    alert,
    control,
    crossing,
    known,
    movement,
    us,
    waybill,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import HazmatTrip

LEAK = 1
CLOSED = {"closed": True}
OTHER = waybill("310000/waybill/2")


def trips(*told: Message) -> list[HazmatTrip]:
    found = known(*told)
    return hazmat.evaluate(found, warnings.controls(found, us(after()))).trips


def later(minutes: int, revision: int) -> dict[str, Any]:
    return {"told": after(minutes=minutes), "revision": revision}


def arrived(minutes: int = 60, revision: int = 9) -> Message:
    return movement("ARRIVED", **later(minutes, revision))


def test_a_trip_is_under_way_from_its_waybill_on() -> None:
    (trip,) = trips(waybill())
    assert (trip.waybill_id, trip.participant) == ("310000/waybill/1", "310000")
    assert list(trip.un_numbers) == ["1203"]
    assert not trip.HasField("last_place")


def test_the_newest_movement_says_where_it_is() -> None:
    (trip,) = trips(
        waybill(),
        movement("POSITION", changes={"place": {"adminCode": "310118"}}, **later(5, 2)),
        movement("DEPARTED"),
    )
    assert (trip.last_movement, trip.last_place.admin_code) == (2, "310118")
    assert trip.last_time.ToSeconds() == after(minutes=5).timestamp()


def test_movements_that_several_provinces_tell_are_one_trip() -> None:
    seen = movement("CHECKPOINT", "320000/trip/9", told=after(minutes=30))
    (trip,) = trips(waybill(), movement("DEPARTED"), seen)
    assert trip.last_movement == seen.vehicle_movement.kind
    assert seen.header.message_id in trip.message_ids


def test_of_two_movements_at_one_instant_always_the_same_counts() -> None:
    here = movement("CHECKPOINT", messageId="a" * 36)
    there = movement("STOPPED", "320000/trip/9", messageId="b" * 36)
    other = movement("STOPPED", "320000/trip/9", messageId="0" * 36)
    assert trips(waybill(), here, there)[0].last_movement == there.vehicle_movement.kind
    assert trips(waybill(), here, other)[0].last_movement == here.vehicle_movement.kind


def test_a_trip_that_has_arrived_is_gone() -> None:
    assert trips(waybill(), movement("DEPARTED"), arrived()) == []


def test_one_arrival_ends_one_trip() -> None:
    (trip,) = trips(waybill(), OTHER, arrived())
    assert trip.waybill_id == "310000/waybill/2"


def test_an_open_alert_is_shown_with_its_trip() -> None:
    (trip,) = trips(waybill(), alert())
    assert list(trip.open_alerts) == [LEAK]
    assert len(trip.message_ids) == 2


def test_an_alert_is_shown_with_its_own_trip_only() -> None:
    found = {trip.waybill_id: list(trip.open_alerts) for trip in trips(waybill(), OTHER, alert())}
    assert found == {"310000/waybill/1": [LEAK], "310000/waybill/2": []}


def test_a_closed_alert_is_not_shown() -> None:
    (trip,) = trips(waybill(), alert(), alert(changes=CLOSED, revision=2))
    assert list(trip.open_alerts) == []


def test_an_open_alert_is_shown_even_if_the_truck_has_arrived() -> None:
    """It leaks where it stands."""
    shown = [kind for trip in trips(waybill(), alert(), arrived()) for kind in trip.open_alerts]
    assert shown == [LEAK]


def test_an_alert_without_a_known_trip_is_shown_alone() -> None:
    made = alert("330000/alert/1", {"waybillId": "330000/waybill/7"})
    (trip,) = trips(made)
    assert (trip.waybill_id, trip.participant) == ("330000/waybill/7", "330000")
    assert (list(trip.open_alerts), list(trip.un_numbers)) == ([LEAK], ["1203"])
    assert trip.last_place.admin_code == "310115"
    assert trip.last_time == made.header.occurred_time
    assert list(trip.message_ids) == [made.header.message_id]


def test_an_alert_that_names_no_trip_goes_by_its_own_name() -> None:
    (trip,) = trips(alert(changes={"waybillId": ""}))
    assert trip.waybill_id == "310000/alert/1"


def test_an_alert_joins_its_trip_once_the_waybill_is_here() -> None:
    assert len(trips(alert())) == 1
    assert len(trips(alert(), waybill())) == 1


def test_borders_stand_in_the_order_in_which_they_were_crossed() -> None:
    told = [
        waybill(),
        crossing("310000", "320000", **later(90, 3)),
        crossing("330000", "310000", **later(30, 2)),
        movement("POSITION", **later(95, 4)),
    ]
    (trip,) = trips(*told)
    assert list(trip.borders_crossed) == ["330000-310000", "310000-320000"]


def test_a_crossing_that_both_sides_tell_is_one_crossing() -> None:
    told = [
        waybill(),
        crossing("310000", "320000", **later(30, 2)),
        crossing("310000", "320000", "320000/seen/1", told=after(minutes=31)),
    ]
    (trip,) = trips(*told)
    assert list(trip.borders_crossed) == ["310000-320000"]


def test_a_crossing_of_another_trip_is_not_shown() -> None:
    told = [waybill(), movement("DEPARTED"), crossing("310000", "320000", "310000/trip/2")]
    told[2].vehicle_movement.waybill_id = "310000/waybill/2"
    (trip,) = trips(*told)
    assert list(trip.borders_crossed) == []


def test_what_a_trip_rests_on_is_named() -> None:
    told = [
        waybill(),
        alert(),
        crossing("310000", "320000", **later(30, 2)),
        movement("POSITION", **later(40, 3)),
    ]
    (trip,) = trips(*told)
    assert set(trip.message_ids) == {m.header.message_id for m in told}


@pytest.mark.parametrize(
    ("name", "concerned"),
    [
        ("G15 沈海高速", True),
        ("G15", True),
        ("G1523 甬莞高速", False),
        ("G50 沪渝高速", False),
        ("", False),
    ],
)
def test_a_control_on_its_road_is_shown(name: str, concerned: bool) -> None:
    (trip,) = trips(waybill(), control(changes={"objectName": name}))
    assert list(trip.control_ids) == (["310000/control/1"] if concerned else [])


def test_a_control_that_is_not_in_force_is_not_shown() -> None:
    (trip,) = trips(waybill(), control(changes={"lifted": True}))
    assert list(trip.control_ids) == []


def test_trips_stand_by_waybill() -> None:
    told = [
        waybill("330000/w"),
        waybill("310000/w"),
        alert("320000/alert/1", {"waybillId": "320000/w"}),
    ]
    assert [trip.waybill_id for trip in trips(*told)] == ["310000/w", "320000/w", "330000/w"]
