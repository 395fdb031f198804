"""An alert that names a plate only belongs to the trip that the vehicle was on."""

from typing import Any

import pytest

from tests.support.builders import place
from tests.support.hazmat import CHLORINE, JINSHAN, TANKER, moved, tanker, watch
from tests.support.situation import after, alert, text
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import HazmatAlertKind
from yrd.situation.v1.hazmat_watch_pb2 import TripState

LEAK = HazmatAlertKind.HAZMAT_ALERT_KIND_LEAK
PLATE = {"number": "沪A12345", "color": "PLATE_COLOR_YELLOW"}


def seen(minutes: float = 5, vehicle: dict[str, Any] | None = None) -> Message:
    """Somebody sees a tanker leak."""
    body: dict[str, Any] = {
        "waybillId": "",
        "vehicle": vehicle or PLATE,
        "goods": [],
        "place": place("310116", JINSHAN),
    }
    return alert("320000/alert/seen", body, told=after(minutes=minutes))


def trips(*told: Message, minutes: float = 10) -> dict[str, list[int]]:
    """Open alerts by trip."""
    return {
        trip.waybill_id: list(trip.open_alerts)
        for trip in watch(*told, at=after(minutes=minutes)).trips
    }


def test_the_alert_belongs_to_the_trip_and_its_goods_are_in_the_zone() -> None:
    told = (tanker(), moved(), seen())
    assert trips(*told) == {TANKER: [LEAK]}
    (zone,) = watch(*told, at=after(minutes=10)).zones
    assert (zone.waybill_id, zone.un_number) == (TANKER, CHLORINE["unNumber"])
    assert "trip_by_plate" in zone.assumptions
    assert set(zone.message_ids) == {told[0].header.message_id, told[2].header.message_id}


def test_the_vehicle_itself_is_not_noticed_in_its_own_zone() -> None:
    (trip,) = watch(tanker(), moved(), seen(), at=after(minutes=10)).trips
    assert not [n for n in trip.notices if n.subject == "320000/alert/seen"]


def test_a_trailer_is_known_by_its_plate_too() -> None:
    trailer = {"number": "沪B1234挂", "color": "PLATE_COLOR_YELLOW"}
    assert trips(tanker(trailer=trailer), moved(), seen(vehicle=trailer)) == {TANKER: [LEAK]}


@pytest.mark.parametrize(
    "told",
    [
        (tanker(), moved(), seen(vehicle=PLATE | {"color": "PLATE_COLOR_BLUE"})),
        (tanker(), moved("ARRIVED", 2), seen()),
        (tanker(departureTime=text(after(hours=2))), seen()),
        (tanker(step="WAYBILL_STEP_VOIDED"), seen()),
        (tanker(departureTime=text(after(days=-8))), seen()),
    ],
    ids=["another colour", "arrived before", "departs later", "voided", "long ago"],
)
def test_without_a_trip_it_is_shown_by_itself(told: tuple[Message, ...]) -> None:
    found = watch(*told, at=after(minutes=10))
    (lone,) = [trip for trip in found.trips if trip.open_alerts]
    assert (lone.waybill_id, lone.state) == ("320000/alert/seen", TripState.TRIP_STATE_UNKNOWN)


def test_of_two_trips_it_is_the_one_that_departed_last() -> None:
    earlier = tanker(departureTime=text(after(hours=-9)))
    earlier.header.entity_id = "310000/waybill/before"
    assert trips(earlier, tanker(), seen())[TANKER] == [LEAK]


def test_the_order_in_which_they_came_does_not_matter() -> None:
    told = (tanker(), moved(), seen())
    assert trips(*told[::-1]) == trips(*told)


def test_what_names_its_waybill_is_left_as_it_is() -> None:
    named = seen()
    named.hazmat_alert.waybill_id = "310000/waybill/other"
    assert trips(tanker(), named)["310000/waybill/other"] == [LEAK]
