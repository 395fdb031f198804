"""All trips counted, and those that are listed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from pipelines.hazmat.handovers import Handover
from pipelines.hazmat.trip import TripView
from yrd.situation.v1.hazmat_watch_pb2 import (
    HandoverState,
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
_CONTROLLED, QUIET = len(_URGENCY) + 1, len(_URGENCY) + 2


class Listed(NamedTuple):
    """Trips that are listed, by waybill, and how many that need attention are not."""

    trips: list[TripView]
    left_out: int


def urgency(view: TripView) -> int:
    """0 is an open alert; the larger, the less urgent; QUIET needs no attention."""
    if view.alerts:
        return 0
    by_notice = min((_RANK[notice.kind] for notice in view.notices), default=QUIET)
    return min(by_notice, _CONTROLLED if view.controls and view.under_way else QUIET)


def listed(views: Iterable[TripView], urgencies: Iterable[int]) -> Listed:
    """The most urgent up to MOST_TRIPS, and up to MOST_QUIET of the others; views stand by waybill."""
    by_urgency: list[list[TripView]] = [[] for _ in range(QUIET + 1)]
    for urgency, view in zip(urgencies, views, strict=True):
        by_urgency[urgency].append(view)
    quiet = by_urgency.pop()
    urgent = list(islice(chain.from_iterable(by_urgency), MOST_TRIPS))
    left_out = sum(map(len, by_urgency)) - len(urgent)
    chosen = [*urgent, *quiet[:MOST_QUIET]]
    return Listed(sorted(chosen, key=lambda view: view.waybill_id), left_out)


def counts(
    views: Iterable[TripView],
    urgencies: Iterable[int],
    lone_alerts: int,
    handovers: Iterable[Handover],
) -> HazmatCounts:
    """Counts over all trips that are not over, alerts without a trip, and handovers that are not closed."""
    states, notices = Counter[int](), Counter[int]()
    provinces, borders = Counter[str](), Counter[tuple[str, str]]()
    for view in views:
        states[view.state] += 1
        if view.notices:
            notices.update({notice.kind for notice in view.notices})
        if view.under_way:
            provinces[view.province] += 1
            if view.border is not None:
                borders[view.border.left, view.border.entered] += 1
    states[TripState.TRIP_STATE_UNKNOWN] += lone_alerts
    return HazmatCounts(
        under_way=sum(provinces.values()),
        attention=sum(urgency < QUIET for urgency in urgencies) + lone_alerts,
        by_state=_as_counts({_name(TripState, k): n for k, n in states.items()}),
        by_province=_as_counts(provinces),
        by_next_border=_as_counts({"-".join(pair): n for pair, n in borders.items()}),
        notices=_as_counts({_name(HazmatNoticeKind, k): n for k, n in notices.items()}),
        handovers=_as_counts(_by_state(handovers)),
    )


def _by_state(handovers: Iterable[Handover]) -> Counter[str]:
    states = Counter[str]()
    for handover in handovers:
        states[_name(HandoverState, handover.state)] += 1
        states["overdue"] += handover.overdue
    return states


def _as_counts(counted: Mapping[str, int]) -> list[HazmatCount]:
    return [HazmatCount(key=key, count=n) for key, n in sorted(counted.items()) if n]


_PREFIXES = ("TRIP_STATE_", "HANDOVER_STATE_", "HAZMAT_NOTICE_KIND_")


def _name(kind: type, value: int) -> str:
    name: str = kind.Name(value)  # type: ignore[attr-defined]
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name.lower()
