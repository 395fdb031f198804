"""The whole watch at an instant: every trip looked at once, zones drawn once, lists bounded."""

import heapq
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.facts.instants import Instants
from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.facts.scope import micros
from pipelines.hazmat import counts, inside, show
from pipelines.hazmat.by_plate import trips_by_plate
from pipelines.hazmat.context import context_of
from pipelines.hazmat.handovers import Handover, handovers
from pipelines.hazmat.memory import Memory, Told
from pipelines.hazmat.oddities import in_future, of_handovers
from pipelines.hazmat.pairs import two_places
from pipelines.hazmat.sources import open_alerts, sources
from pipelines.hazmat.trip import TripView
from pipelines.hazmat.zones import Zone, watched, zones_at
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.hazmat_watch_pb2 import HandoverStatus, HazmatCounts, IsolationZone
from yrd.situation.v1.situation_pb2 import (
    ActiveControl,
    ActiveWarning,
    HazmatTrip,
    JointIncident,
)

_MEMORY = "hazmat"

Timer = tuple[str, Handover]
"""A handover under its waybill."""


class Watch(NamedTuple):
    """What a summary says about dangerous goods on the road."""

    trips: list[HazmatTrip]
    handovers: list[HandoverStatus]
    zones: list[IsolationZone]
    counts: HazmatCounts


def evaluate(
    known: Known,
    controls: Iterable[ActiveControl],
    warnings: Iterable[ActiveWarning] = (),
    incidents: Iterable[JointIncident] = (),
) -> Watch:
    """The watch at the instant of `known`; controls, warnings and incidents as evaluated for it."""
    told = told_by_waybill(known)
    found = sources(known, told.waybills, incidents, told.by_plate)
    now, later, more_zones = zones_at(found, known.as_of_us)
    ends = [zone.until_us for zone in later if zone.until_us is not None]
    areas = watched([*now, *later])
    context = context_of(known, controls, warnings, areas, min(ends, default=None))
    memory: Memory = known.memo.setdefault(_MEMORY, Memory())
    views = [view for view in memory.views_of(told, context, known.as_of_us) if view.shown]
    for question in (*(q for v in views for q in v.questions), *two_places(views)):
        ask(known, question)
    return _shown(known, told, views, now, more_zones)


def told_by_waybill(known: Known) -> Told:
    """Indexes everything once."""
    waybills: dict[str, Message] = {}
    for message in known.newest("waybill"):
        other = waybills.setdefault(message.header.entity_id, message)
        if other is not message:
            waybills[message.header.entity_id] = _rightful(known, other, message)
    movements: dict[str, list[Message]] = {}
    for message in (*known.newest("vehicle_movement"), *known.kept("vehicle_movement")):
        movements.setdefault(message.vehicle_movement.waybill_id, []).append(message)
    raised = known.newest("hazmat_alert")
    by_plate = trips_by_plate(raised, waybills, movements)
    alerts: dict[str, list[Message]] = {}
    for message in raised:
        trip = by_plate.get(message.header.message_id) or message.hazmat_alert.waybill_id
        alerts.setdefault(trip, []).append(message)
    offered: dict[str, list[Message]] = {}
    for message in known.newest("border_handover"):
        offered.setdefault(message.border_handover.waybill_id, []).append(message)
    return Told(waybills, movements, alerts, offered, by_plate)


def _rightful(known: Known, one: Message, other: Message) -> Message:
    """Of two participants that tell one waybill, whose name it bears, else who told it first."""
    first, second = sorted((one, other), key=_claim)
    ask(
        known,
        about(
            second,
            "waybill_told_twice",
            "header.entity_id",
            f"运单编号与{first.stamp.origin}所报重复；不予采用",
            f"{first.stamp.origin} tells a waybill of the same entity id; this one is not used",
        ),
    )
    return first


def _claim(message: Message) -> tuple[bool, int, str]:
    header, stamp = message.header, message.stamp
    foreign = not header.entity_id.startswith(f"{stamp.origin}/")
    return foreign, micros(stamp.sealed_time), stamp.origin


def _shown(
    known: Known, told: Told, views: Sequence[TripView], zones: Sequence[Zone], more_zones: int
) -> Watch:
    urgencies = list(map(counts.urgency, views))
    listed = counts.listed(views, urgencies)
    lone = _lone_alerts(known, told)
    timers = _timers(known, told, views)
    counted = counts.counts(views, urgencies, len(lone), [timer for _, timer in timers])
    counted.left_out_trips = listed.left_out + max(0, len(lone) - counts.MOST_TRIPS)
    counted.left_out_handovers = max(0, len(timers) - counts.MOST_HANDOVERS)
    counted.left_out_zones = more_zones
    trips = [*map(show.trip, listed.trips), *map(show.lone_alert, lone[: counts.MOST_TRIPS])]
    first = heapq.nsmallest(counts.MOST_HANDOVERS, timers, key=_overdue_first)
    return Watch(
        sorted(trips, key=lambda trip: trip.waybill_id),
        [show.handover(waybill_id, timer) for waybill_id, timer in first],
        _zones(known, views, zones),
        counted,
    )


def _lone_alerts(known: Known, told: Told) -> list[Message]:
    """Open alerts whose trip is not known."""
    found = open_alerts(known)
    return [
        m
        for m in found
        if m.hazmat_alert.waybill_id not in told.waybills
        and m.header.message_id not in told.by_plate
    ]


def _timers(known: Known, told: Told, views: Iterable[TripView]) -> list[Timer]:
    """Open handovers of trips that are not over, and of trips that are not known."""
    found = [(view.waybill_id, h) for view in views for h in view.handovers]
    for waybill_id in sorted(set(told.handovers) - set(told.waybills)):
        messages = told.handovers[waybill_id]
        for question in (*of_handovers(messages), *(q for m in messages for q in in_future(m))):
            ask(known, question)
        lone = handovers(messages, (), Instants(known.as_of_us))
        found += [(waybill_id, h) for h in lone]
    return found


def _overdue_first(timer: Timer) -> tuple[bool, int, str, str]:
    waybill_id, handover = timer
    return not handover.overdue, handover.due_us or 0, waybill_id, handover.handover_id


def _zones(known: Known, views: Iterable[TripView], zones: Sequence[Zone]) -> list[IsolationZone]:
    if not zones:
        return []
    stocks, areas = inside.resources(known), inside.administrative()
    seen: dict[str, list[inside.Seen]] = {}
    for view in views:
        for source_id, isolation in view.inside:
            seen_in = view.movements[-1]
            place, told = seen_in.vehicle_movement.place, seen_in.header.message_id
            found = inside.Seen(view.waybill_id, isolation, place, told)
            seen.setdefault(source_id, []).append(found)
    return [
        show.zone(
            zone,
            areas.inside(zone),
            inside.may_reach(zone),
            stocks.inside(zone),
            inside.vehicles(zone, seen.get(zone.source.id, ())),
        )
        for zone in zones
    ]
