"""Isolation zones: the guidebook's distances, as areas whose sizes an independent geodesic confirms."""

from datetime import datetime

import pytest
from pyproj import Geod

from tests.support.builders import NOW, place
from tests.support.hazmat import (
    CHLORINE,
    JINSHAN,
    MIDNIGHT,
    NOON,
    TANKER,
    WIND,
    leak,
    moved,
    tanker,
    watch,
)
from tests.support.situation import after, resource, text
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import IsolationZone, Outline, ZoneBasis

GEOD = Geod(ellps="WGS84")
CENTIMETRES = 0.05
"""Outlines are given to 1e-7 degrees."""


def zone(*told: Message, at: datetime = NOW) -> IsolationZone:
    (found,) = watch(tanker(), *told, at=at).zones
    return found


def polar(outline: Outline) -> list[tuple[float, float]]:
    """Azimuth and metres of each corner from the middle, by pyproj's Geod."""
    found = []
    for point in outline.ring:
        azimuth, _, metres = GEOD.inv(*reversed(JINSHAN), point.longitude, point.latitude)
        found.append((azimuth % 360, metres))
    return found


@pytest.mark.parametrize(
    ("at", "mps", "night", "metres"),
    [
        (NOON, 2, False, 5800),
        (NOON, 4, False, 3400),
        (NOON, 8, False, 2900),
        (MIDNIGHT, 2, True, 6700),
        (MIDNIGHT, 4, True, 5000),
        (MIDNIGHT, 8, True, 4100),
    ],
)
def test_a_tanker_of_chlorine_by_day_and_night_and_wind(
    at: datetime, mps: float, night: bool, metres: int
) -> None:
    """The figures of ERG 2016, Table 3, UN 1017, tank truck."""
    found = zone(leak({"windFromDegrees": 90, "windMps": mps}), at=at)
    assert (found.un_number, found.container, found.edition) == ("1017", "tank_truck", "ERG 2016")
    assert (found.guide, found.material, found.unverified) == (124, "Chlorine", False)
    assert (found.night, found.large_spill) == (night, True)
    assert (found.isolation_meters, found.protection_meters) == (600, metres)
    assert list(found.assumptions) == []


def test_isolation_is_a_circle_of_that_radius() -> None:
    found = zone(leak(WIND))
    distances = [metres for _, metres in polar(found.isolation_area)]
    assert len(distances) == 65
    assert all(abs(metres - 600) < CENTIMETRES for metres in distances)


def test_the_protective_area_lies_downwind_and_is_as_wide_as_long() -> None:
    """The wind blows from the east: the square lies west of the tanker, half of it to each side."""
    corners = polar(zone(leak(WIND), at=NOON).protection_area)
    farthest = sorted(corners, key=lambda c: c[1])[-2:]
    diagonal = 3400 * 1.25**0.5
    turn = 26.565
    for (azimuth, metres), due in zip(sorted(farthest), (270 - turn, 270 + turn), strict=True):
        assert abs(metres - diagonal) < CENTIMETRES
        assert abs(azimuth - due) < 0.01
    upwind = [metres for azimuth, metres in corners if 0.01 < azimuth < 179.99]
    assert all(metres <= 1700 + CENTIMETRES for metres in upwind)
    assert max(m for a, m in corners if 45 < a < 135) < 600 + CENTIMETRES


@pytest.mark.parametrize(
    ("wind", "metres", "assumed"),
    [
        ({}, 5800, {"wind_unknown", "wind_speed_unknown"}),
        ({"windMps": 4}, 3400, {"wind_unknown"}),
        ({"windFromDegrees": 90, "windMps": 0.1}, 5800, {"wind_unknown"}),
        ({"windFromDegrees": 90}, 5800, {"wind_speed_unknown"}),
    ],
)
def test_what_is_not_known_of_the_wind_is_said(
    wind: dict[str, float], metres: int, assumed: set[str]
) -> None:
    found = zone(leak(wind), at=NOON)
    assert (found.protection_meters, set(found.assumptions)) == (metres, assumed)


def test_without_a_direction_the_protective_area_is_all_around() -> None:
    distances = [metres for _, metres in polar(zone(leak(), at=NOON).protection_area)]
    assert all(abs(metres - 5800) < CENTIMETRES for metres in distances)


@pytest.mark.parametrize("outline", ["isolation_area", "protection_area"])
def test_rings_are_closed_and_counter_clockwise(outline: str) -> None:
    ring = getattr(zone(leak(WIND)), outline).ring
    assert ring[0] == ring[-1]
    area, _ = GEOD.polygon_area_perimeter([p.longitude for p in ring], [p.latitude for p in ring])
    assert area > 0


def test_day_ends_when_the_sun_sets_there() -> None:
    found = zone(leak(), at=NOON)
    beijing = found.until_time.ToSeconds() + 8 * 3600
    assert beijing % 86400 == pytest.approx((18 * 60 + 55) * 60, abs=180)


def test_a_small_leak_has_the_small_distances() -> None:
    goods = CHLORINE | {"quantity": {"value": 50, "unit": "kg"}}
    found = zone(leak({"goods": [goods]}), at=NOON)
    assert (found.large_spill, found.container) == (False, "")
    assert (found.isolation_meters, found.protection_meters) == (60, 300)


def test_cylinders_are_no_tank() -> None:
    told = tanker(tankNumber="", tankVolumeM3=None)
    bottles = CHLORINE | {"packing": "钢瓶"}
    (found,) = watch(told, leak({"goods": [bottles], **WIND}), at=NOON).zones
    assert (found.container, found.isolation_meters) == ("multiple_ton_cylinders", 300)


def test_a_container_that_is_not_known_is_taken_for_a_tank() -> None:
    (found,) = watch(leak({"goods": [CHLORINE | {"packing": ""}]})).zones
    assert found.container == "tank_truck"
    assert "container_unknown" in found.assumptions


def test_a_substance_without_a_row_is_said_to_have_none() -> None:
    goods = {
        "unNumber": "1145",
        "name": "环己烷",
        "division": "3",
        "quantity": CHLORINE["quantity"],
    }
    found = zone(leak({"goods": [goods]}))
    assert list(found.assumptions) == ["no_row"]
    assert not found.HasField("isolation_meters")
    assert not found.HasField("isolation_area")
    assert (found.guide, found.material) == (0, "")


def test_what_the_guidebook_does_not_give_is_not_made_up() -> None:
    goods = {"unNumber": "1230", "name": "甲醇", "division": "3", "quantity": CHLORINE["quantity"]}
    found = zone(leak({"goods": [goods]}))
    assert (found.isolation_meters, found.HasField("protection_meters")) == (50, False)
    assert "no_protective_distance" in found.assumptions
    assert found.unverified


def test_a_burning_tank_is_isolated_as_far_as_it_may_burst() -> None:
    gas = {
        "unNumber": "1075",
        "name": "液化气",
        "division": "2.1",
        "quantity": CHLORINE["quantity"],
    }
    burning = {"goods": [gas], "kind": "HAZMAT_ALERT_KIND_FIRE"}
    found = zone(leak(burning))
    assert found.basis == ZoneBasis.ZONE_BASIS_FIRE
    assert found.isolation_meters == 1852  # a tank of up to 22,000 litres
    (unknown,) = watch(tanker(tankVolumeM3=None), leak(burning)).zones
    assert unknown.isolation_meters == 1600  # any tank


@pytest.mark.parametrize("kind", ["SPEEDING", "FATIGUE", "DEVIATION", "LOST"])
def test_what_lets_nothing_out_has_no_zone(kind: str) -> None:
    assert watch(tanker(), leak({"kind": f"HAZMAT_ALERT_KIND_{kind}"})).zones == []


def test_who_is_inside() -> None:
    shelter = {"kind": "RESOURCE_KIND_SHELTER", "name": "中学"}
    told = [
        resource("330000/shelter/1", shelter | {"place": place("330482", (30.79, 121.05))}),
        resource("330000/pumps/1", {"place": place("330482", (30.801, 121.079))}),
        resource("330000/pumps/2", {"place": place("330482", (30.80, 121.20))}),
        moved(at=(30.80, 121.06), waybill_id="330000/waybill/2", entity="330000/trip/2"),
        tanker(),
        leak(WIND),
    ]
    other = tanker()
    other.header.entity_id = "330000/waybill/2"
    found = watch(*told, other).zones[0]
    assert [one.id for one in found.resources] == ["330000/shelter/1", "330000/pumps/1"]
    assert [one.isolation for one in found.resources] == [False, True]
    assert [one.id for one in found.vehicles] == ["330000/waybill/2"]
    _, _, metres = GEOD.inv(*reversed(JINSHAN), 121.06, 30.80)
    assert found.vehicles[0].distance_km == pytest.approx(metres / 1000, rel=0.005)


def test_areas_whose_point_is_inside_and_those_across_the_border_that_it_may_reach() -> None:
    """The points of Jiashan and Jinshan lie some kilometres off; the border lies between them."""
    found = zone(leak(at=(30.84, 120.93)), at=MIDNIGHT)
    assert [(one.id, one.name) for one in found.areas] == [("330421", "嘉善县")]
    near = zone(leak(at=(30.79, 121.13)), at=MIDNIGHT)
    assert list(near.may_reach) == ["330421", "330482"]


def test_a_county_without_a_point_may_reach_all_that_it_adjoins() -> None:
    """Wujiang (吴江) has none; Qingpu, Jiashan and others adjoin it."""
    place_ = {"place": place("320509", (31.04, 120.82))}
    assert {"310118", "330421"} <= set(zone(leak(place_)).may_reach)


def test_the_leaking_tanker_itself_is_not_told_that_it_is_in_its_zone() -> None:
    found = watch(tanker(), moved(), leak(WIND))
    assert [one.id for one in found.zones[0].vehicles] == []
    assert TANKER in [trip.waybill_id for trip in found.trips]


def test_a_zone_names_what_it_rests_on() -> None:
    told = [tanker(), leak()]
    (found,) = watch(*told).zones
    assert set(found.message_ids) == {m.header.message_id for m in told}


def test_a_zone_begins_with_its_alert_and_ends_with_it() -> None:
    told = leak(told=after(hours=1), expireTime=text(after(hours=2)))
    assert watch(tanker(), told, at=after(minutes=59)).zones == []
    assert len(watch(tanker(), told, at=after(minutes=60)).zones) == 1
    assert watch(tanker(), told, at=after(hours=2)).zones == []
