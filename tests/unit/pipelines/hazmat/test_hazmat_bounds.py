"""Lists are bounded, counts are whole: what is not listed is said."""

from typing import Any

import pytest

from pipelines.hazmat import counts, zones
from tests.support.builders import place
from tests.support.hazmat import leak, moved, tanker, watch
from tests.support.situation import control
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import HazmatCount


def trip(number: int, kind: str = "POSITION", **changes: Any) -> list[Message]:
    """A waybill and a movement far from any border."""
    waybill = tanker(vehicle={"number": f"沪A{number:05}", "color": "PLATE_COLOR_YELLOW"})
    waybill.header.entity_id = f"310000/waybill/{number:05}"
    seen = moved(
        kind,
        at=(31.4, 121.5),
        code="310113",
        entity=f"310000/trip/{number}",
        waybill_id=waybill.header.entity_id,
        changes={"vehicle": {"number": f"沪A{number:05}", "color": "PLATE_COLOR_YELLOW"}} | changes,
    )
    return [waybill, seen]


def as_dict(found: list[HazmatCount]) -> dict[str, int]:
    return {count.key: count.count for count in found}


def test_quiet_trips_are_listed_up_to_a_number_and_all_are_counted() -> None:
    found = watch(*(m for n in range(60) for m in trip(n)))
    assert len(found.trips) == counts.MOST_QUIET
    assert (found.counts.under_way, found.counts.attention) == (60, 0)
    assert found.counts.left_out_trips == 0
    assert as_dict(list(found.counts.by_state)) == {"moving": 60}
    assert as_dict(list(found.counts.by_province)) == {"310000": 60}
    assert as_dict(list(found.counts.by_next_border)) == {"310000-330000": 60}


def test_the_most_urgent_are_listed_and_the_rest_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_TRIPS", 2)
    told = [
        *trip(1, road="G50"),
        *trip(2, speedKmh=99),
        *trip(3, road="G15"),
        *trip(4),
        control(changes={"area": {"adminCodes": ["310113"]}}),
    ]
    found = watch(*told)
    assert [t.waybill_id[-1] for t in found.trips if t.notices] == ["1", "3"]
    assert (found.counts.attention, found.counts.left_out_trips) == (4, 2)


def test_a_told_alert_is_the_most_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_TRIPS", 1)
    speeding = {"kind": "HAZMAT_ALERT_KIND_SPEEDING", "waybillId": "310000/waybill/00002"}
    found = watch(*trip(1, road="G50"), *trip(2), leak(speeding))
    assert [t.waybill_id for t in found.trips] == ["310000/waybill/00002"]
    assert found.counts.left_out_trips == 1


def test_alerts_without_a_trip_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_TRIPS", 1)
    told = [leak({"waybillId": f"310000/w/{n}"}) for n in range(3)]
    for number, made in enumerate(told):
        made.header.entity_id = f"310000/alert/{number}"
    found = watch(*told)
    assert (len(found.trips), found.counts.attention, found.counts.left_out_trips) == (1, 3, 2)
    assert as_dict(list(found.counts.by_state)) == {"unknown": 3}


def test_zones_are_drawn_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "MOST_ZONES", 2)
    told = []
    for number in range(4):
        made = leak({"waybillId": "", "kind": "HAZMAT_ALERT_KIND_CRASH"} if number < 2 else {})
        made.header.entity_id = f"310000/alert/{number}"
        told.append(made)
    found = watch(*told)
    assert [zone.source_id[-1] for zone in found.zones] == ["2", "3"]
    assert found.counts.left_out_zones == 2


def test_handovers_are_listed_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST_HANDOVERS", 1)
    near: dict[str, Any] = {"speedKmh": 60, "place": place("310116", (30.8, 121.1))}
    found = watch(*trip(1, **near), *trip(2, **near))
    assert len(found.handovers) == 1
    assert found.counts.left_out_handovers == 1
    assert as_dict(list(found.counts.handovers)) == {"overdue": 2, "unnoticed": 2}


def test_trips_that_are_over_are_not_counted() -> None:
    found = watch(*trip(1), *trip(2, "ARRIVED"))
    assert as_dict(list(found.counts.by_state)) == {"moving": 1}
