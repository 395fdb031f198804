"""Where a trip will probably cross its next border, and when. Expected, never told."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import permutations
from math import cos, hypot, radians
from typing import NamedTuple

from pipelines.facts.instants import when_us
from pipelines.facts.scope import micros
from pipelines.hazmat.limits import limit
from pipelines.hazmat.roads import is_expressway
from pipelines.places.distance import ROAD_FACTOR, LatLon, kilometres, position
from schemas.codes.tables import PROVINCES, counties_across, point_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MOVEMENT_KIND_STOPPED, Waybill
from yrd.situation.v1.hazmat_watch_pb2 import (
    CROSSING_RULE_NOTICE,
    CROSSING_RULE_PLANNED_TIME,
    CROSSING_RULE_TOLD_SPEED,
    CROSSING_RULE_UNSPECIFIED,
    CROSSING_RULE_USUAL_SPEED,
    CrossingRule,
)

_HOUR_US = 3_600_000_000
_FLAT = cos(radians(31))
"""A degree of longitude for one of latitude, around the middle of the delta: to compare, not to measure."""

_ISLANDS = "330922"
"""Shengsi (嵊泗): the bridge from Pudong ends at its port and leads nowhere else."""


class Gate(NamedTuple):
    """Two counties that adjoin across a border, and the point midway between theirs."""

    from_area: str
    to_area: str
    point: LatLon


class Expected(NamedTuple):
    """A crossing that is expected; what is not known is None, "" or unspecified."""

    from_area: str = ""
    to_area: str = ""
    distance_km: float | None = None
    time_us: int | None = None
    rule: "CrossingRule" = CROSSING_RULE_UNSPECIFIED


def expected_crossing(
    border: tuple[str, str], waybill: Waybill, newest: Message | None, notice_us: int | None
) -> Expected:
    """What is expected at a border: as noticed, or by speed, or by the planned times."""
    start = newest.vehicle_movement.place if newest else waybill.origin
    here, goal = position(start), position(waybill.destination)
    bridge = _ISLANDS in (start.admin_code[:6], waybill.destination.admin_code[:6])
    gate = _gate(border, bridge, here, goal)
    found = Expected()
    if gate is not None and here is not None:
        ahead = kilometres(here, gate.point) * ROAD_FACTOR
        found = Expected(gate.from_area, gate.to_area, round(ahead, 1))
    if notice_us is not None:
        return found._replace(time_us=notice_us, rule=CROSSING_RULE_NOTICE)
    if found.distance_km is None:
        return found
    if newest is None:
        return _planned(found, waybill, gate, goal)
    return _by_speed(found, newest)


def _planned(found: Expected, waybill: Waybill, gate: Gate | None, goal: LatLon | None) -> Expected:
    departure, ahead = micros(waybill.departure_time), found.distance_km or 0.0
    if waybill.HasField("planned_arrival_time") and gate is not None and goal is not None:
        whole = ahead + kilometres(gate.point, goal) * ROAD_FACTOR
        share = ahead / whole if whole else 0.0
        planned = micros(waybill.planned_arrival_time) - departure
        at = departure + _seconds(planned * share)
        return found._replace(time_us=at, rule=CROSSING_RULE_PLANNED_TIME)
    road = waybill.route_roads[0] if waybill.route_roads else ""
    at = departure + _seconds(ahead / _usual(road) * _HOUR_US)
    return found._replace(time_us=at, rule=CROSSING_RULE_USUAL_SPEED)


def _by_speed(found: Expected, newest: Message) -> Expected:
    movement = newest.vehicle_movement
    if movement.kind == MOVEMENT_KIND_STOPPED:
        return found
    told = movement.speed_kmh >= limit("reckoned_speed").value
    speed = movement.speed_kmh if told else _usual(movement.road)
    at = when_us(newest) + _seconds((found.distance_km or 0.0) / speed * _HOUR_US)
    rules = CROSSING_RULE_TOLD_SPEED, CROSSING_RULE_USUAL_SPEED
    return found._replace(time_us=at, rule=rules[0] if told else rules[1])


def _seconds(us: float) -> int:
    """Microseconds of whole seconds: what is reckoned is no more exact."""
    return round(us / 1_000_000) * 1_000_000


def _usual(road: str) -> float:
    return limit("usual_expressway" if is_expressway(road) else "usual_other").value


def _gate(
    border: tuple[str, str], bridge: bool, here: LatLon | None, goal: LatLon | None
) -> Gate | None:
    """The pair of counties with the least way through; that to the islands only for who goes there."""
    gates = [g for g in _gates(border) if bridge or _ISLANDS not in (g.from_area, g.to_area)]
    if not gates:
        return None
    ends = [end for end in (here, goal) if end is not None]
    return min(gates, key=lambda gate: sum(_flat(gate.point, end) for end in ends))


def _gates(border: tuple[str, str]) -> Sequence[Gate]:
    return _known_gates().get(border, ())


@cache
def _known_gates() -> Mapping[tuple[str, str], Sequence[Gate]]:
    return {pair: _gates_between(*pair) for pair in permutations(PROVINCES, 2)}


def _gates_between(left: str, entered: str) -> Sequence[Gate]:
    found = []
    for from_area, to_area in counties_across(left, entered):
        a, b = point_of(from_area), point_of(to_area)
        if a is not None and b is not None:
            found.append(Gate(from_area, to_area, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)))
    return found


def _flat(a: LatLon, b: LatLon) -> float:
    return hypot(a[0] - b[0], (a[1] - b[1]) * _FLAT)
