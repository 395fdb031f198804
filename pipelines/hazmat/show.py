"""Views as messages of a summary."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from pipelines.facts.instants import when_us
from pipelines.facts.scope import timestamp
from pipelines.hazmat.handovers import Handover
from pipelines.hazmat.inside import MOST_INSIDE, Found
from pipelines.hazmat.notices import Notice
from pipelines.hazmat.shapes import outline
from pipelines.hazmat.trip import Border, TripView
from pipelines.hazmat.zones import Zone
from schemas.codes.erg import EDITION
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import (
    HandoverStatus,
    HazmatNotice,
    Inside,
    IsolationZone,
    NextBorder,
    OutlinePoint,
    TripState,
    ZoneBasis,
)
from yrd.situation.v1.situation_pb2 import HazmatTrip

_BASES = {
    "release": ZoneBasis.ZONE_BASIS_RELEASE,
    "fire": ZoneBasis.ZONE_BASIS_FIRE,
    "precaution": ZoneBasis.ZONE_BASIS_PRECAUTION,
}


def trip(view: TripView) -> HazmatTrip:
    """A trip."""
    crossings = view.crossings
    newest = view.movements[-1] if view.movements else None
    messages = (view.waybill, *view.alerts, *([newest] if newest else []), *crossings)
    shown = HazmatTrip(
        waybill_id=view.waybill_id,
        participant=view.waybill.stamp.origin,
        un_numbers=[goods.un_number for goods in view.waybill.waybill.goods],
        # both sides of a border may tell one crossing
        borders_crossed=[border for border, _ in groupby(map(_crossed, crossings))],
        open_alerts=[alert.hazmat_alert.kind for alert in view.alerts],
        control_ids=sorted({control for ids in view.controls for control in ids}),
        message_ids=dict.fromkeys(m.header.message_id for m in messages),
        state=view.state,
        province=view.province,
        notices=map(_notice, view.notices),
    )
    if newest is not None:
        shown.last_movement = newest.vehicle_movement.kind
        shown.last_place.CopyFrom(newest.vehicle_movement.place)
        shown.last_time.CopyFrom(timestamp(when_us(newest)))
    if view.border is not None:
        shown.next_border.CopyFrom(_border(view.border))
    return shown


def _crossed(crossing: Message) -> str:
    movement = crossing.vehicle_movement
    return f"{movement.from_province}-{movement.to_province}"


def _border(border: Border) -> NextBorder:
    expected = border.expected
    return NextBorder(
        from_province=border.left,
        to_province=border.entered,
        inferred=border.inferred,
        from_area=expected.from_area,
        to_area=expected.to_area,
        distance_km=expected.distance_km,
        expected_time=None if expected.time_us is None else timestamp(expected.time_us),
        rule=expected.rule,
    )


def _notice(notice: Notice) -> HazmatNotice:
    rule = notice.rule
    return HazmatNotice(
        kind=notice.kind,
        since_time=timestamp(notice.since_us),
        subject=notice.subject,
        value=notice.value,
        limit=rule.value if rule else None,
        unit=rule.unit if rule else "",
        rule=rule.rule if rule else "",
        message_ids=notice.message_ids,
        inferred=notice.inferred,
    )


def lone_alert(message: Message) -> HazmatTrip:
    """An alert whose waybill is not known."""
    alert = message.hazmat_alert
    return HazmatTrip(
        waybill_id=alert.waybill_id or message.header.entity_id,
        participant=message.stamp.origin,
        un_numbers=[goods.un_number for goods in alert.goods],
        last_place=alert.place,
        last_time=message.header.occurred_time,
        open_alerts=[alert.kind],
        message_ids=[message.header.message_id],
        state=TripState.TRIP_STATE_UNKNOWN,
    )


def handover(waybill_id: str, found: Handover) -> HandoverStatus:
    """A handover with its timer."""
    return HandoverStatus(
        waybill_id=waybill_id,
        handover_id=found.handover_id,
        from_province=found.border[0],
        to_province=found.border[1],
        state=found.state,
        since_time=timestamp(found.since_us),
        due_time=None if found.due_us is None else timestamp(found.due_us),
        overdue=found.overdue,
        rule=found.rule,
        refusal=found.refusal,
        expected_time=None if found.expected_us is None else timestamp(found.expected_us),
        message_ids=dict.fromkeys(m.header.message_id for m in found.messages),
    )


def zone(
    found: Zone,
    areas: Sequence[Found],
    reached: Sequence[str],
    resources: Sequence[Found],
    vehicles: Sequence[Found],
) -> IsolationZone:
    """A zone with who is inside."""
    source, entry, metres = found.source, found.entry, found.found
    shown = IsolationZone(
        source_id=source.id,
        participant=source.participant,
        waybill_id=source.waybill_id,
        un_number=source.load.un_number,
        material=entry.material if entry else "",
        edition=EDITION,
        guide=entry.guide if entry else 0,
        unverified=entry is not None and entry.certainty != "verified",
        basis=_BASES[source.basis],
        large_spill=source.load.large,
        night=found.night,
        until_time=None if found.until_us is None else timestamp(found.until_us),
        wind_from_degrees=source.wind.from_degrees,
        areas=_listed(areas),
        may_reach=reached,
        resources=_listed(resources),
        vehicles=_listed(vehicles),
        left_out=sum(max(0, len(all_) - MOST_INSIDE) for all_ in (areas, resources, vehicles)),
        assumptions=dict.fromkeys(found.assumptions),
        message_ids=source.message_ids,
    )
    if source.center is not None:
        shown.center.CopyFrom(OutlinePoint(longitude=source.center[1], latitude=source.center[0]))
    if metres is not None:
        shown.container, shown.wind_class = metres.container, metres.wind_class
        if metres.isolation is not None:
            shown.isolation_meters = metres.isolation.metres
        if metres.protection is not None:
            shown.protection_meters = metres.protection.metres
            shown.or_more = metres.protection.or_more
    if found.isolation is not None:
        shown.isolation_area.CopyFrom(outline(found.isolation))
    if found.protection is not None:
        shown.protection_area.CopyFrom(outline(found.protection))
    return shown


def _listed(found: Iterable[Found]) -> list[Inside]:
    return [
        Inside(
            id=one.id,
            name=one.name,
            isolation=one.isolation,
            distance_km=one.km,
            inferred=one.inferred,
            message_id=one.message_id,
        )
        for one in list(found)[:MOST_INSIDE]
    ]
