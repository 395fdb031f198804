"""The border watch: dangerous goods on the road, handovers between provinces, isolation areas."""

from integration.page.desk import Shown
from integration.page.views.values import Json, milliseconds, ms, named, place_text
from pipelines.amounts import amount
from pipelines.report.hazmat import ALERTS, ASSUMPTIONS, BASES, HANDOVERS, NOTICES, RULES
from pipelines.words import Words
from yrd.situation.v1.hazmat_watch_pb2 import (
    HandoverStatus,
    HazmatNotice,
    Inside,
    IsolationZone,
    NextBorder,
    TripState,
)
from yrd.situation.v1.situation_pb2 import HazmatTrip

_STATES: dict[int, tuple[str, str]] = {
    TripState.TRIP_STATE_UNSPECIFIED: ("不详", "not stated"),
    TripState.TRIP_STATE_PLANNED: ("未出发", "planned"),
    TripState.TRIP_STATE_UNSEEN: ("应已出发，未见", "due, not seen"),
    TripState.TRIP_STATE_MOVING: ("行驶", "moving"),
    TripState.TRIP_STATE_STOPPED: ("停车", "stopped"),
    TripState.TRIP_STATE_OFFLINE: ("离线", "off line"),
    TripState.TRIP_STATE_ENDED: ("已到达", "ended"),
    TripState.TRIP_STATE_LAPSED: ("已失效", "lapsed"),
    TripState.TRIP_STATE_UNKNOWN: ("不详", "unknown"),
}


def hazmat(shown: Shown, words: Words) -> Json:
    """Trips that need attention first, then handovers and isolation areas."""
    summary = shown.summary
    counts = summary.hazmat_counts
    trips = [trip_of(trip, words) for trip in summary.hazmat]
    return {
        "under_way": counts.under_way,
        "attention": counts.attention,
        "overdue": next((c.count for c in counts.handovers if c.key == "overdue"), 0),
        "left_out": counts.left_out_trips + counts.left_out_handovers + counts.left_out_zones,
        "trips": sorted(trips, key=lambda trip: not (trip["alerts"] or trip["notices"])),
        "handovers": [_handover(handover, words) for handover in summary.handovers],
        "zones": [zone_of(zone, words) for zone in summary.isolation_zones],
    }


def trip_of(trip: HazmatTrip, words: Words) -> Json:
    """One trip. Nothing of driver or plate is in it."""
    has_place = bool(trip.last_place.admin_code)
    return {
        "id": trip.waybill_id,
        "name": trip.waybill_id.rsplit("/", 1)[-1],
        "who": words.name(trip.participant),
        "goods": [f"UN {number}" for number in trip.un_numbers],
        "state": named(_STATES, trip.state, words),
        "place": place_text(trip.last_place, words) if has_place else "",
        "last_ms": ms(trip, "last_time"),
        "crossed": [_crossed(border, words) for border in trip.borders_crossed],
        "alerts": [named(ALERTS, kind, words) for kind in trip.open_alerts],
        "next": _next(trip.next_border, words) if trip.HasField("next_border") else None,
        "notices": [_notice(notice, words) for notice in trip.notices],
        "message_ids": list(trip.message_ids),
    }


def _border(left: str, entered: str, words: Words) -> str:
    return f"{words.name(left)} → {words.name(entered)}"


def _crossed(border: str, words: Words) -> str:
    left, _, entered = border.partition("-")
    return _border(left, entered, words)


def _next(border: NextBorder, words: Words) -> Json:
    return {
        "border": _border(border.from_province, border.to_province, words),
        "inferred": border.inferred,
        "expected_ms": ms(border, "expected_time"),
        "rule": named(RULES, border.rule, words) if border.rule else "",
        "km": round(border.distance_km, 0) if border.HasField("distance_km") else None,
    }


def _notice(notice: HazmatNotice, words: Words) -> Json:
    value = amount(notice.value) if notice.HasField("value") else ""
    return {
        "text": named(NOTICES, notice.kind, words),
        "since_ms": ms(notice, "since_time"),
        "value": f"{value} {notice.unit}" if value else "",
        "limit": f"{amount(notice.limit)} {notice.unit}" if notice.HasField("limit") else "",
        "inferred": notice.inferred,
    }


def _handover(handover: HandoverStatus, words: Words) -> Json:
    return {
        "name": handover.waybill_id.rsplit("/", 1)[-1],
        "border": _border(handover.from_province, handover.to_province, words),
        "state": named(HANDOVERS, handover.state, words),
        "since_ms": ms(handover, "since_time"),
        "due_ms": ms(handover, "due_time"),
        "expected_ms": ms(handover, "expected_time"),
        "overdue": handover.overdue,
        "message_ids": list(handover.message_ids),
    }


def zone_of(zone: IsolationZone, words: Words) -> Json:
    """An isolation area with who is inside, and what is assumed."""
    return {
        "id": zone.source_id,
        "who": words.name(zone.participant),
        "material": f"UN {zone.un_number} {zone.material}".strip(),
        "edition": zone.edition,
        "guide": zone.guide,
        "unverified": zone.unverified,
        "basis": named(BASES, zone.basis, words) if zone.basis else "",
        "until_ms": milliseconds(zone.until_time) if zone.HasField("until_time") else None,
        "isolation_m": zone.isolation_meters if zone.HasField("isolation_meters") else None,
        "protection_m": zone.protection_meters if zone.HasField("protection_meters") else None,
        "or_more": zone.or_more,
        "areas": [_inside(inside, words) for inside in zone.areas],
        "resources": [_inside(inside, words) for inside in zone.resources],
        "vehicles": [_inside(inside, words) for inside in zone.vehicles],
        "may_reach": [words.place(code) for code in zone.may_reach],
        "assumptions": [ASSUMPTIONS.get(a, (a, a))[words.index] for a in zone.assumptions],
        "message_ids": list(zone.message_ids),
    }


def _inside(inside: Inside, words: Words) -> Json:
    return {
        "name": words.place(inside.id) if inside.id.isdigit() else inside.name or inside.id,
        "km": round(inside.distance_km, 1),
        "isolation": inside.isolation,
        "inferred": inside.inferred,
    }
