"""Where substances get out: alerts and incidents, each told once."""

from datetime import datetime
from typing import Any

import pytest

from schemas.codes.tables import point_of
from tests.support.builders import NOW, place
from tests.support.hazmat import JINSHAN, leak, tanker
from tests.support.situation import incident, picture
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import IsolationZone, ZoneBasis

PLANT = "310000/plant/1"
CHLORINE = {"unNumber": "1017", "name": "氯", "quantity": {"value": 2, "unit": "t"}}


def plant(entity: str = PLANT, code: str = "12D02", **changes: Any) -> Message:
    body = {
        "primaryType": {"scheme": "GB/T 35561", "value": code},
        "place": place("310116", JINSHAN),
        "substances": [CHLORINE],
    }
    return incident(entity, body | changes)


def zones(*told: Message, at: datetime = NOW) -> list[IsolationZone]:
    return list(picture(told, at).summary.isolation_zones)


@pytest.mark.parametrize(
    ("code", "basis"),
    [
        ("12D02", ZoneBasis.ZONE_BASIS_RELEASE),
        ("12D01", ZoneBasis.ZONE_BASIS_FIRE),
        ("12D99", ZoneBasis.ZONE_BASIS_PRECAUTION),
        ("11A02", ZoneBasis.ZONE_BASIS_PRECAUTION),
    ],
)
def test_an_incident_with_substances_has_a_zone(code: str, basis: ZoneBasis) -> None:
    (found,) = zones(plant(code=code))
    assert (found.source_id, found.basis) == (PLANT, basis)
    assert {"wind_unknown", "container_unknown"} <= set(found.assumptions)


def test_what_is_known_to_have_got_out_counts() -> None:
    out = CHLORINE | {"releasedQuantity": {"value": 20, "unit": "kg"}}
    (found,) = zones(plant(code="11A02", substances=[out]))
    assert (found.basis, found.large_spill) == (ZoneBasis.ZONE_BASIS_RELEASE, False)


@pytest.mark.parametrize(
    ("value", "unit", "large"),
    [
        (208, "L", False),
        (209, "L", True),
        (0.2, "m³", False),
        (0.3, "立方米", True),
        (104, "kg", False),
        (0.2, "吨", True),
        (3, "桶", True),
    ],
)
def test_small_is_what_certainly_is(value: float, unit: str, large: bool) -> None:
    there = CHLORINE | {"quantity": {"value": value, "unit": unit}}
    (found,) = zones(plant(substances=[there]))
    assert found.large_spill is large
    assert ("amount_unknown" in found.assumptions) is (unit == "桶")


@pytest.mark.parametrize("kind", ["FINAL", "WITHDRAWAL"])
def test_an_incident_that_is_closed_has_none(kind: str) -> None:
    assert zones(plant(kind=f"REPORT_KIND_{kind}")) == []


def test_an_alert_tells_of_its_incident() -> None:
    named = leak(incidentIds=[PLANT])
    (found,) = zones(tanker(), plant(), named)
    assert found.source_id == "310000/alert/chlorine"


def test_of_one_joint_incident_the_competent_authority_tells() -> None:
    other = plant("330000/plant/9", sameEventIds=[PLANT])
    assert [zone.source_id for zone in zones(other, plant())] == [PLANT]
    assert [zone.source_id for zone in zones(other, plant(substances=[]))] == ["330000/plant/9"]


def test_each_substance_has_its_own_the_gravest_source_first() -> None:
    gas = {"unNumber": "1075", "name": "液化气"}
    burning = plant("310000/fire/1", "12D03", place=place("310115", (31.2, 121.6)))
    found = zones(plant(substances=[CHLORINE, gas, CHLORINE]), burning)
    assert [(z.source_id, z.un_number) for z in found] == [
        (PLANT, "1017"),
        (PLANT, "1075"),
        ("310000/fire/1", "1017"),
    ]


def test_a_place_known_by_area_only_is_said_to_be() -> None:
    (found,) = zones(plant(place=place("310116")))
    assert "place_by_area" in found.assumptions
    assert (found.center.latitude, found.center.longitude) == point_of("310116")


@pytest.mark.parametrize("code", ["310000", "320500", "320509"])
def test_around_a_place_that_is_too_wide_nothing_is_drawn(code: str) -> None:
    """Neither a city's point nor, for want of one of the county, the city's around it is the place."""
    (found,) = zones(plant(place=place(code)))
    assert found.isolation_meters == 600
    assert "place_too_wide" in found.assumptions
    assert not (found.HasField("center") or found.HasField("isolation_area"))
