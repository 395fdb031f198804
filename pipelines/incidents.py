"""Joint incidents: one event reported by several authorities is one incident, with its sources."""

import csv
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

from pipelines.distance import kilometres, position
from pipelines.known import Known
from pipelines.scope import micros
from schemas.codes.tables import province_of
from yrd.common.v1.common_pb2 import Casualties
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentGrade, IncidentReport, ReportKind
from yrd.situation.v1.situation_pb2 import (
    CasualtyTotals,
    Disagreement,
    DisagreementValue,
    IncidentMember,
    JointIncident,
)

FIGURES = ("dead", "missing", "seriously_injured", "injured", "trapped", "evacuated")
FAMILY_LENGTH = 3
_UNGRADED = 9


@cache
def _nearness() -> dict[str, tuple[float, float]]:
    """Type family → (kilometres, hours) within which two reports are held to be one event."""
    path = Path(__file__).parent / "tables" / "joint_incidents.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {r["family"]: (float(r["kilometres"]), float(r["hours"])) for r in rows}


def evaluate(known: Known) -> list[JointIncident]:
    """Joint incidents, gravest first."""
    reports = [
        message
        for message in known.newest("incident_report")
        if message.incident_report.kind != ReportKind.REPORT_KIND_WITHDRAWAL
    ]
    joint = [_joint(members, reasons) for members, reasons in groups(reports)]
    return sorted(joint, key=lambda incident: (incident.grade or _UNGRADED, incident.joint_id))


def groups(reports: list[Message]) -> Iterator[tuple[list[Message], list[str]]]:
    """Reports on one event together, smallest entity id first, with the reasons."""
    parent = list(range(len(reports)))

    def find(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    links: list[tuple[int, str]] = []
    for i, j in combinations(range(len(reports)), 2):
        reason = _link(reports[i], reports[j])
        if reason:
            links.append((i, reason))
            parent[max(find(i), find(j))] = min(find(i), find(j))
    for root in sorted({find(i) for i in range(len(reports))}):
        members = [reports[i] for i in range(len(reports)) if find(i) == root]
        members.sort(key=lambda m: (m.header.entity_id, m.stamp.origin))
        yield members, sorted(reason for i, reason in links if find(i) == root)


def _link(a: Message, b: Message) -> str:
    """Why two reports are one event; empty if they are not held to be."""
    pair = f"{a.header.entity_id} = {b.header.entity_id}"
    if b.header.entity_id in a.incident_report.same_event_ids:
        return f"{pair}: named by {a.stamp.origin}"
    if a.header.entity_id in b.incident_report.same_event_ids:
        return f"{pair}: named by {b.stamp.origin}"
    family = a.incident_report.primary_type.value[:FAMILY_LENGTH]
    if a.stamp.origin == b.stamp.origin or (
        family != b.incident_report.primary_type.value[:FAMILY_LENGTH]
    ):
        return ""
    places = position(a.incident_report.place), position(b.incident_report.place)
    if places[0] is None or places[1] is None:
        return ""
    km = kilometres(places[0], places[1])
    hours = abs(micros(a.header.occurred_time) - micros(b.header.occurred_time)) / 3.6e9
    near, soon = _nearness().get(family, _nearness()["default"])
    if km > near or hours > soon:
        return ""
    return f"{pair}: both {family}, {km:.1f} km and {hours:.1f} h apart"


def _joint(members: list[Message], reasons: list[str]) -> JointIncident:
    speaker = _speaker(members)
    report = speaker.incident_report
    return JointIncident(
        joint_id=members[0].header.entity_id,
        members=[_member(message) for message in members],
        title=report.title,
        primary_type=report.primary_type,
        place=report.place,
        grade=report.grade,
        casualties=report.casualties if report.HasField("casualties") else None,
        disagreements=list(_disagreements(members)),
        closed=all(m.incident_report.kind == ReportKind.REPORT_KIND_FINAL for m in members),
        link_reasons=reasons,
        message_ids=[message.header.message_id for message in members],
    )


def _competent(message: Message) -> bool:
    return province_of(message.incident_report.place.admin_code) == message.stamp.origin


def _speaker(members: list[Message]) -> Message:
    """The competent authority's newest report, or else the newest of all."""
    return max(
        members,
        key=lambda m: (_competent(m), micros(m.header.reported_time), m.header.message_id),
    )


def _member(message: Message) -> IncidentMember:
    report = message.incident_report
    return IncidentMember(
        entity_id=message.header.entity_id,
        participant=message.stamp.origin,
        revision=message.header.revision,
        message_id=message.header.message_id,
        kind=report.kind,
        grade=report.grade,
        casualties=report.casualties if report.HasField("casualties") else None,
        reported_time=message.header.reported_time,
        competent=_competent(message),
    )


def _disagreements(members: list[Message]) -> Iterator[Disagreement]:
    for figure in FIGURES:
        values = {_figure(m.incident_report, figure) for m in members} - {None}
        if len(values) > 1:
            yield _disagreement(
                f"casualties.{figure}",
                [(m, _text(_figure(m.incident_report, figure))) for m in members],
            )
    grades = {m.incident_report.grade for m in members} - {0}
    if len(grades) > 1:
        names = [IncidentGrade.Name(m.incident_report.grade) for m in members]
        yield _disagreement("grade", zip(members, names, strict=True))


def _disagreement(field: str, said: Iterable[tuple[Message, str]]) -> Disagreement:
    return Disagreement(
        field=field,
        values=[
            DisagreementValue(
                participant=message.stamp.origin,
                value=value,
                message_id=message.header.message_id,
                reported_time=message.header.reported_time,
            )
            for message, value in said
        ],
    )


def _figure(report: IncidentReport, figure: str) -> int | None:
    casualties = report.casualties
    return getattr(casualties, figure) if casualties.HasField(figure) else None


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def totals(incidents: list[JointIncident]) -> CasualtyTotals:
    """Sums over distinct incidents; the unknown are counted beside them, not as zero."""
    known = Casualties()
    for figure in FIGURES:
        values = [getattr(i.casualties, figure) for i in incidents if i.casualties.HasField(figure)]
        if values:
            setattr(known, figure, sum(values))
    return CasualtyTotals(
        known=known,
        open_incidents=sum(not incident.closed for incident in incidents),
        incidents=len(incidents),
        incidents_with_unknown_dead=sum(not i.casualties.HasField("dead") for i in incidents),
    )
