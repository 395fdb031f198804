"""Which reports of several authorities are held to be one event."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipelines.distance import kilometres, position
from pipelines.known import Known
from pipelines.scope import micros
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind

FAMILY_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Reports on one event, smallest entity id first, and why they are held to be one."""

    members: list[Message]
    reasons: list[str]

    @property
    def joint_id(self) -> str:
        """Smallest entity id: the same however the reports came in."""
        return self.members[0].header.entity_id


@dataclass(frozen=True, slots=True)
class _Link:
    """Two reports (by their places in the list) that may be one event; named ones are certain."""

    first: int
    second: int
    named: bool
    score: float
    reason: str

    def surest_first(self) -> tuple[bool, float, int, int]:
        """What is named comes before what is near, the nearest of that first."""
        return not self.named, self.score, self.first, self.second


def groups(known: Known) -> list[Group]:
    """Reports that were not withdrawn and have not expired, those on one event together."""
    return known.once("groups of reports", lambda: _groups(_standing(known)))


def _standing(known: Known) -> list[Message]:
    withdrawn = ReportKind.REPORT_KIND_WITHDRAWAL
    reports = known.current("incident_report")
    standing = [m for m in reports if m.incident_report.kind != withdrawn]
    return sorted(standing, key=lambda m: (m.header.entity_id, m.stamp.origin))


def _groups(reports: list[Message]) -> list[Group]:
    """Joins what is linked.

    An authority that tells two incidents means two: nearness never puts them together.
    """

    def origins(group: list[int]) -> set[str]:
        return {reports[i].stamp.origin for i in group}

    group_of = {i: [i] for i in range(len(reports))}
    reasons: dict[int, list[str]] = {i: [] for i in range(len(reports))}
    links = [*_named_links(reports), *_near_links(reports)]
    for link in sorted(links, key=_Link.surest_first):
        a, b = group_of[link.first], group_of[link.second]
        if a is not b and not link.named and origins(a) & origins(b):
            continue
        reasons[link.first].append(link.reason)
        if a is not b:
            a += b
            group_of.update(dict.fromkeys(b, a))
    return [
        Group([reports[i] for i in sorted(group)], sorted(r for i in group for r in reasons[i]))
        for first, group in group_of.items()
        if first == min(group)
    ]


def _named_links(reports: list[Message]) -> Iterator[_Link]:
    """Pairs that one of their authorities holds to be one event."""
    places: dict[str, list[int]] = {}
    for i, report in enumerate(reports):
        places.setdefault(report.header.entity_id, []).append(i)
    for i, report in enumerate(reports):
        for name in report.incident_report.same_event_ids:
            for j in places.get(name, ()):
                if i != j:
                    yield _link(reports, i, j, f"named by {report.stamp.origin}")


def _near_links(reports: list[Message]) -> Iterator[_Link]:
    """Pairs of different authorities of one type family that are near and soon enough."""
    families: dict[str, list[int]] = {}
    for i, report in enumerate(reports):
        family = report.incident_report.primary_type.value[:FAMILY_LENGTH]
        families.setdefault(family, []).append(i)
    hours = [micros(report.header.occurred_time) / 3.6e9 for report in reports]
    for family, places in families.items():
        near, soon = _nearness().get(family, _nearness()["default"])
        by_time = sorted(places, key=lambda i: (hours[i], i))
        for n, i in enumerate(by_time):
            for j in by_time[n + 1 :]:
                late = hours[j] - hours[i]
                if late > soon:
                    break
                km = _apart(reports[i], reports[j])
                if km is not None and km <= near:
                    why = f"both {family}, {km:.1f} km and {late:.1f} h apart"
                    yield _link(reports, i, j, why, km / near + late / soon)


@cache
def _nearness() -> dict[str, tuple[float, float]]:
    """Type family → (kilometres, hours) within which two reports are held to be one event."""
    path = Path(__file__).parent / "tables" / "joint_incidents.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {r["family"]: (float(r["kilometres"]), float(r["hours"])) for r in rows}


def _link(reports: list[Message], i: int, j: int, why: str, score: float | None = None) -> _Link:
    """Without a score it is a named one."""
    first, second = sorted((i, j))
    pair = f"{reports[first].header.entity_id} = {reports[second].header.entity_id}"
    return _Link(first, second, score is None, score or 0.0, f"{pair}: {why}")


def _apart(a: Message, b: Message) -> float | None:
    """Kilometres between two reports of different authorities; None if that can't be said."""
    if a.stamp.origin == b.stamp.origin:
        return None
    here, there = position(a.incident_report.place), position(b.incident_report.place)
    return None if here is None or there is None else kilometres(here, there)
