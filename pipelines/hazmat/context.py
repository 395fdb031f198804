"""What all trips are looked at against: areas, controls on roads. Built once, for any number of trips."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from pipelines.facts.instants import when_us
from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.hazmat.areas import Areas, WatchedArea
from pipelines.hazmat.closures import Closures, end_of
from pipelines.hazmat.limits import told_with_trips
from pipelines.hazmat.roads import road_number
from pipelines.hazmat.shapes import shape_of
from yrd.coordination.v1.coordination_pb2 import ControlKind
from yrd.situation.v1.hazmat_watch_pb2 import HazmatNoticeKind
from yrd.situation.v1.situation_pb2 import ActiveControl, ActiveWarning

_CLOSING = (ControlKind.CONTROL_KIND_AREA, ControlKind.CONTROL_KIND_SPECIAL_PERIOD)


@dataclass(frozen=True, slots=True)
class Context:
    """Areas, and controls on roads by the number of the road.

    It holds from the instant that it was made for until `until_us`, when a warning or a control begins
    or a zone's later hours are no longer known; None if it holds until some message changes it. Where
    keys are equal, the same is held against trips.
    """

    areas: Areas
    closures: Mapping[str, Closures]
    until_us: int | None = None
    key: str = ""


def context_of(
    known: Known,
    controls: Iterable[ActiveControl],
    warnings: Iterable[ActiveWarning],
    zones: Iterable[WatchedArea] = (),
    zones_until_us: int | None = None,
) -> Context:
    """What holds at the instant of `known`. Controls and warnings are those in force then."""
    in_force, listed, zones = list(controls), list(warnings), list(zones)
    watched = [
        *zones,
        *map(_warned, (w for w in listed if _grave(w))),
        *map(_closed, (c for c in in_force if c.kind in _CLOSING)),
    ]
    by_road: dict[str, list[ActiveControl]] = {}
    for control in in_force:
        number = road_number(control.object_name)
        if number:
            by_road.setdefault(number, []).append(control)
    ends = [*_beginnings(known), *([] if zones_until_us is None else [zones_until_us])]
    closures = {number: Closures(found) for number, found in by_road.items()}
    key = _key([*in_force, *listed], zones)
    return Context(Areas(watched), closures, min(ends, default=None), key)


def _key(in_force: Iterable[ActiveControl | ActiveWarning], zones: Iterable[WatchedArea]) -> str:
    digest = sha256()
    for item in in_force:
        digest.update(item.SerializeToString(deterministic=True))
        digest.update(b"|")
    for zone in zones:
        # the shape follows from the messages and the hours
        digest.update(repr(zone._replace(shape=None)).encode())
    return digest.hexdigest()


def _grave(warning: ActiveWarning) -> bool:
    return told_with_trips(warning.event_type.value, warning.color)


def _warned(warning: ActiveWarning) -> WatchedArea:
    return WatchedArea(
        warning.entity_id,
        HazmatNoticeKind.HAZMAT_NOTICE_KIND_WARNED_AREA,
        0,
        micros(warning.expire_time) if warning.HasField("expire_time") else None,
        tuple(warning.area.admin_codes),
        shape_of(warning.area),
        tuple(warning.message_ids),
    )


def _closed(control: ActiveControl) -> WatchedArea:
    return WatchedArea(
        control.entity_id,
        HazmatNoticeKind.HAZMAT_NOTICE_KIND_CLOSED_AREA,
        0,
        end_of(control),
        tuple(control.area.admin_codes),
        shape_of(control.area),
        tuple(control.message_ids),
    )


def _beginnings(known: Known) -> Iterable[int]:
    """Instants still to come at which a warning, control or alert begins, or is of no use."""
    for alert in known.newest("hazmat_alert"):
        if when_us(alert) > known.as_of_us:
            yield when_us(alert)
    for message in (*known.newest("early_warning"), *known.newest("control_measure")):
        times = [message.early_warning.issue_time, message.control_measure.start_time]
        if message.header.HasField("expire_time"):
            times.append(message.header.expire_time)
        yield from (at for time in times if (at := micros(time)) > known.as_of_us)
