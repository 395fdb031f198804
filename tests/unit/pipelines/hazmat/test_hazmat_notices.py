"""What the watch notices about a trip by itself."""

from datetime import datetime
from typing import Any

import pytest

from schemas.codes.tables import point_of
from tests.support.builders import NOW, place
from tests.support.hazmat import JINSHAN, TANKER, WIND, leak, moved, tanker, view, watch
from tests.support.situation import after, control, text, us, warning
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import HazmatNotice, HazmatNoticeKind, TripState

PREFIX = "HAZMAT_NOTICE_KIND_"
IN_HANGZHOU: dict[str, Any] = {"at": (30.25, 120.15), "code": "330102"}


def noticed(*told: Message, at: datetime = NOW) -> dict[str, HazmatNotice]:
    """Notices of the tanker by kind; those of its border left out."""
    trips = {trip.waybill_id: trip for trip in watch(tanker(), *told, at=at).trips}
    found = {HazmatNoticeKind.Name(n.kind).removeprefix(PREFIX): n for n in trips[TANKER].notices}
    return {k: n for k, n in found.items() if k not in ("ABOUT_TO_CROSS", "HANDOVER_OVERDUE")}


def test_on_its_way_nothing_is_noticed() -> None:
    assert noticed(moved(changes={"road": "G15 沈海高速", "speedKmh": 79})) == {}


@pytest.mark.parametrize(
    ("road", "speed", "limit"),
    [
        ("G15", 81, 80),
        ("G1501", 81, 80),
        ("S32", 81, 80),
        ("G320", 61, 60),
        ("S101", 61, 60),
        ("", 81, 80),
    ],
)
def test_speeding_by_the_kind_of_road(road: str, speed: float, limit: float) -> None:
    """令2019年第29号 Art. 46."""
    found = noticed(moved(changes={"road": road, "speedKmh": speed}))["SPEEDING"]
    assert (found.value, found.limit, found.unit, found.subject) == (speed, limit, "km/h", road)
    assert "SPEEDING" not in noticed(moved(changes={"road": road, "speedKmh": limit}))


@pytest.mark.parametrize(
    "movement",
    [
        moved("DEVIATED"),
        moved(changes={"road": "G50"}),
        moved(code="320509", at=(31.0, 120.6)),
    ],
)
def test_deviation(movement: Message) -> None:
    found = noticed(movement)["DEVIATION"]
    assert list(found.message_ids) == [movement.header.message_id]


def test_nothing_was_declared_nothing_deviates() -> None:
    told = tanker(routeRoads=[], routeProvinces=[])
    found = watch(told, moved(code="320509", at=(31.0, 120.6), changes={"road": "G50"})).trips[0]
    kinds = [n.kind for n in found.notices]
    assert HazmatNoticeKind.HAZMAT_NOTICE_KIND_DEVIATION not in kinds


def test_a_closed_road() -> None:
    closed = control(changes={"area": {"adminCodes": ["310116"]}})
    found = noticed(moved(changes={"road": "G15"}), closed)["CLOSED_ROAD"]
    assert (found.subject, len(found.message_ids)) == ("310000/control/1", 2)
    assert "CLOSED_ROAD" not in noticed(moved(changes={"road": "S32"}), closed)
    elsewhere = control(changes={"area": {"adminCodes": ["310115"]}})
    assert "CLOSED_ROAD" not in noticed(moved(changes={"road": "G15"}), elsewhere)


def test_a_road_is_closed_no_longer_than_its_control() -> None:
    ends = control(changes={"endTime": text(after(minutes=10))})
    told = moved(changes={"road": "G15"})
    seen = view(tanker(), told, ends, at=after(minutes=9))
    assert seen.deadline_us == us(after(minutes=10))
    assert "CLOSED_ROAD" in noticed(told, ends, at=after(minutes=9))
    assert "CLOSED_ROAD" not in noticed(told, ends, at=after(minutes=10))


@pytest.mark.parametrize(
    ("where", "minutes"), [({}, 30), ({"name": "枫泾服务区"}, 240), ({"address": "某停车场"}, 240)]
)
def test_a_stop_is_too_long_by_where_it_is(where: dict[str, str], minutes: int) -> None:
    stopped = moved("STOPPED", changes={"place": place("310116", JINSHAN) | where})
    assert "LONG_STOP" not in noticed(stopped, at=after(minutes=minutes - 1))
    found = noticed(stopped, at=after(minutes=minutes))["LONG_STOP"]
    assert (found.limit, found.since_time.ToMicroseconds()) == (minutes, us(NOW))


def test_a_stop_told_again_and_again_is_one_stop() -> None:
    told = [moved("STOPPED", minutes) for minutes in range(0, 130, 10)]
    found = noticed(*told, at=after(minutes=125))["LONG_STOP"]
    assert found.since_time.ToMicroseconds() <= us(after(minutes=29))


def test_after_moving_on_it_is_another_stop() -> None:
    told = [moved("STOPPED"), moved("STOPPED", 60, at=(30.75, 121.05))]
    assert "LONG_STOP" not in noticed(*told, at=after(minutes=70))


@pytest.mark.parametrize(
    ("kind", "minutes"), [("OFFLINE", 15), ("POSITION", 120), ("CHECKPOINT", 120)]
)
def test_silence(kind: str, minutes: int) -> None:
    assert "SILENT" not in noticed(moved(kind), at=after(minutes=minutes - 1))
    assert noticed(moved(kind), at=after(minutes=minutes))["SILENT"].limit == minutes


def test_a_vehicle_that_was_never_seen_is_silent_after_its_departure() -> None:
    assert "SILENT" not in noticed(at=after(minutes=59))
    found = noticed(at=after(minutes=60))["SILENT"]
    assert (found.rule, found.since_time.ToMicroseconds()) == ("unseen", us(after(hours=-1)))


def test_late() -> None:
    told = tanker(plannedArrivalTime=text(after(hours=-2)), departureTime=text(after(hours=-9)))
    kinds = [n.kind for n in watch(told, moved()).trips[0].notices]
    assert HazmatNoticeKind.HAZMAT_NOTICE_KIND_LATE in kinds


@pytest.mark.parametrize(
    ("color", "event", "told"),
    [
        ("RED", "11B01", True),
        ("ORANGE", "11B01", True),
        ("YELLOW", "11B01", False),
        ("YELLOW", "11B17", True),
        ("ORANGE", "11B09", False),
    ],
)
def test_an_area_under_warning(color: str, event: str, told: bool) -> None:
    kind = {"scheme": "GB/T 35561", "value": event}
    made = warning(changes={"color": f"WARNING_COLOR_{color}", "eventType": kind})
    assert ("WARNED_AREA" in noticed(moved(), made)) is told
    assert "WARNED_AREA" not in noticed(moved(**IN_HANGZHOU), made)


def closed_area(area: dict[str, Any]) -> Message:
    return control(changes={"kind": "CONTROL_KIND_AREA", "objectName": "", "area": area})


def circle(metres: float) -> dict[str, Any]:
    return {"circle": {"center": place("310116", (30.80, 121.09))["point"], "radiusMeters": metres}}


SQUARE = {
    "polygon": {
        "ring": [
            place("310116", at)["point"]
            for at in ((30.7, 121.0), (30.7, 121.2), (30.9, 121.2), (30.9, 121.0), (30.7, 121.0))
        ]
    }
}


@pytest.mark.parametrize(
    ("area", "inside"),
    [
        (circle(1000), True),
        (circle(900), False),
        (SQUARE, True),
        ({"adminCodes": ["310100"]}, True),
    ],
)
def test_a_closed_area_by_its_outline_or_by_its_codes(area: dict[str, Any], inside: bool) -> None:
    """The middle is 957 m away."""
    assert ("CLOSED_AREA" in noticed(moved(), closed_area(area))) is inside


def test_a_point_decides_where_there_is_an_outline() -> None:
    both = closed_area(circle(900) | {"adminCodes": ["310116"]})
    assert "CLOSED_AREA" not in noticed(moved(), both)
    assert "CLOSED_AREA" in noticed(moved(at=None), both)


def test_codes_decide_where_a_place_has_no_point() -> None:
    """The outline is around the county's point, the code that goes with it is the neighbour's."""
    around = {"center": place("310116", point_of("310116"))["point"], "radiusMeters": 900}
    other = closed_area({"circle": around, "adminCodes": ["330482"]})
    assert "CLOSED_AREA" not in noticed(moved(at=None), other)


def test_what_is_to_begin_is_a_deadline() -> None:
    ahead = text(after(minutes=7))
    for told in (
        warning(changes={"issueTime": ahead}),
        control(changes={"startTime": ahead}),
        leak({"waybillId": ""}, told=after(minutes=7)),
    ):
        assert view(tanker(), moved(), told).deadline_us == us(after(minutes=7))


def test_a_ring_that_crosses_itself_stops_nothing() -> None:
    ring = SQUARE["polygon"]["ring"]
    bow = {"polygon": {"ring": [ring[0], ring[2], ring[1], ring[3], ring[0]]}}
    assert noticed(moved(), closed_area(bow)) is not None


def test_another_vehicle_in_the_zone_of_a_leak() -> None:
    elsewhere = leak({"waybillId": "", **WIND}, at=(30.80, 121.09))
    found = noticed(moved(), elsewhere)["ISOLATION_ZONE"]
    assert found.subject == "310000/alert/chlorine"
    crash = leak({"waybillId": "", "kind": "HAZMAT_ALERT_KIND_CRASH"}, at=(30.80, 121.09))
    assert "ISOLATION_ZONE" not in noticed(moved(), crash)
    near = leak({"waybillId": "", "kind": "HAZMAT_ALERT_KIND_CRASH"}, at=(30.80, 121.083))
    assert "ISOLATION_ZONE" in noticed(moved(), near)


def test_a_vehicle_known_by_area_only_is_in_a_zone_by_inference() -> None:
    """The leak is near the point of its county; where in the county the vehicle is, nobody told."""
    near = leak({"waybillId": ""}, at=point_of("310116"))
    assert noticed(moved(at=None), near)["ISOLATION_ZONE"].inferred
    assert not noticed(moved(at=point_of("310116")), near)["ISOLATION_ZONE"].inferred
    (zone,) = watch(tanker(), moved(at=None), near).zones
    assert [(v.id, v.inferred) for v in zone.vehicles] == [(TANKER, True)]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ((), TripState.TRIP_STATE_UNSEEN),
        ((moved(),), TripState.TRIP_STATE_MOVING),
        ((moved("STOPPED"),), TripState.TRIP_STATE_STOPPED),
        ((moved("OFFLINE"),), TripState.TRIP_STATE_OFFLINE),
    ],
)
def test_how_a_trip_stands(told: tuple[Message, ...], state: TripState) -> None:
    assert view(tanker(), *told).state == state


def test_a_trip_to_come_is_planned() -> None:
    told = tanker(departureTime=text(after(hours=1)))
    seen = view(told)
    assert (seen.state, seen.under_way) == (TripState.TRIP_STATE_PLANNED, False)
    assert seen.deadline_us is not None
    assert seen.deadline_us <= us(after(hours=1))


@pytest.mark.parametrize("step", ["VOIDED", "COMPLETED"])
def test_a_waybill_that_is_void_or_completed_is_no_trip(step: str) -> None:
    assert watch(tanker(step=f"WAYBILL_STEP_{step}"), moved()).trips == []
