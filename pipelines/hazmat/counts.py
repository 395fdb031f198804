"""All trips counted, and those that are listed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipelines.hazmat.trip import TripView
from yrd.situation.v1.hazmat_watch_pb2 import (
    HandoverState,
    HandoverStatus,
    HazmatCount,
    HazmatCounts,
    HazmatNoticeKind,
    TripState,
)

MOST_TRIPS = 500
"""Trips that need attention and are listed."""
MOST_QUIET = 50
"""Trips that do not, and are listed all the same."""
MOST_HANDOVERS = 500

_Kind = HazmatNoticeKind
_URGENCY: Sequence["HazmatNoticeKind"] = (
    _Kind.HAZMAT_NOTICE_KIND_ISOLATION_ZONE,
    _Kind.HAZMAT_NOTICE_KIND_CLOSED_AREA,
    _Kind.HAZMAT_NOTICE_KIND_CLOSED_ROAD,
    _Kind.HAZMAT_NOTICE_KIND_DEVIATION,
    _Kind.HAZMAT_NOTICE_KIND_HANDOVER_REFUSED,
    _Kind.HAZMAT_NOTICE_KIND_HANDOVER_OVERDUE,
    _Kind.HAZMAT_NOTICE_KIND_SPEEDING,
    _Kind.HAZMAT_NOTICE_KIND_LONG_STOP,
    _Kind.HAZMAT_NOTICE_KIND_SILENT,
    _Kind.HAZMAT_NOTICE_KIND_WARNED_AREA,
    _Kind.HAZMAT_NOTICE_KIND_LATE,
    _Kind.HAZMAT_NOTICE_KIND_ABOUT_TO_CROSS,
)
_RANK = {kind: rank for rank, kind in enumerate(_URGENCY, start=1)}
_CONTROLLED, _QUIET = len(_URGENCY) + 1, len(_URGENCY) + 2


class Listed(NamedTuple):
    """Trips that are listed, by waybill, and how many that need attention are not."""

    trips: list[TripView]
    left_out: int


def urgency(view: TripView) -> int:
    """0 is an open alert; the larger, the less urgent; _QUIET needs no attention."""
    if view.alerts:
        return 0
    by_notice = min((_RANK[notice.kind] for notice in view.notices), default=_QUIET)
    return min(by_notice, _CONTROLLED if view.controls and view.under_way else _QUIET)


def listed(views: Iterable[TripView]) -> Listed:
    """The most urgent up to MOST_TRIPS, and up to MOST_QUIET of the others."""
    ranked = sorted(((urgency(v), v.waybill_id, v) for v in views), key=lambda each: each[:2])
    urgent = [view for rank, _, view in ranked if rank < _QUIET]
    quiet = [view for rank, _, view in ranked if rank == _QUIET]
    chosen = [*urgent[:MOST_TRIPS], *quiet[:MOST_QUIET]]
    return Listed(
        sorted(chosen, key=lambda view: view.waybill_id), max(0, len(urgent) - MOST_TRIPS)
    )


def counts(views: Iterable[TripView], handovers: Iterable[HandoverStatus]) -> HazmatCounts:
    """Counts over all trips that are not over, and all handovers that are not closed."""
    found = HazmatCounts()
    states, provinces, borders, notices = (
        Counter[str](),
        Counter[str](),
        Counter[str](),
        Counter[str](),
    )
    for view in views:
        states[_name(TripState, view.state)] += 1
        found.attention += urgency(view) < _QUIET
        notices.update({_name(HazmatNoticeKind, n.kind) for n in view.notices})
        if view.under_way:
            found.under_way += 1
            provinces[view.province] += 1
            if view.border is not None:
                borders[f"{view.border.left}-{view.border.entered}"] += 1
    found.by_state.extend(_as_counts(states))
    found.by_province.extend(_as_counts(provinces))
    found.by_next_border.extend(_as_counts(borders))
    found.notices.extend(_as_counts(notices))
    found.handovers.extend(_as_counts(_by_state(handovers)))
    return found


def _by_state(handovers: Iterable[HandoverStatus]) -> Counter[str]:
    states = Counter[str]()
    for handover in handovers:
        states[_name(HandoverState, handover.state)] += 1
        states["overdue"] += handover.overdue
    return states


def _as_counts(counted: Counter[str]) -> list[HazmatCount]:
    return [HazmatCount(key=key, count=n) for key, n in sorted(counted.items()) if n]


_PREFIXES = ("TRIP_STATE_", "HANDOVER_STATE_", "HAZMAT_NOTICE_KIND_")


def _name(kind: type, value: int) -> str:
    name: str = kind.Name(value)  # type: ignore[attr-defined]
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name.lower()
