"""Joint incidents: one event reported by several authorities is one incident, with its sources."""

from collections.abc import Iterable, Iterator

from pipelines.closing import is_closed
from pipelines.known import Known
from pipelines.same_event import Group, groups
from pipelines.scope import micros
from schemas.codes.tables import province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentGrade, IncidentReport
from yrd.situation.v1.situation_pb2 import (
    CasualtySums,
    CasualtyTotals,
    Disagreement,
    DisagreementValue,
    IncidentMember,
    JointIncident,
)

FIGURES = ("dead", "missing", "seriously_injured", "injured", "trapped", "evacuated")
_UNGRADED = 9
_LARGEST = (1 << 32) - 1


def evaluate(known: Known) -> list[JointIncident]:
    """Joint incidents, gravest first."""
    joint = [_joint(known, group) for group in groups(known)]
    return sorted(joint, key=lambda incident: (incident.grade or _UNGRADED, incident.joint_id))


def _joint(known: Known, group: Group) -> JointIncident:
    members = group.members
    speaker = _speaker(members)
    report = speaker.incident_report
    return JointIncident(
        joint_id=group.joint_id,
        members=[_member(message) for message in members],
        title=report.title,
        primary_type=report.primary_type,
        place=report.place,
        grade=report.grade,
        casualties=report.casualties if report.HasField("casualties") else None,
        disagreements=list(_disagreements(members)),
        closed=all(is_closed(known, member) for member in members),
        link_reasons=group.reasons,
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
        names = [_grade_name(m.incident_report.grade) for m in members]
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


def _grade_name(grade: IncidentGrade) -> str:
    return IncidentGrade.Name(grade) if grade else ""


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def totals(incidents: list[JointIncident]) -> CasualtyTotals:
    """Sums over distinct incidents; the unknown are counted beside them, not as zero.

    A sum beyond what fits is shown as the largest that does.
    """
    known = CasualtySums()
    for figure in FIGURES:
        values = [getattr(i.casualties, figure) for i in incidents if i.casualties.HasField(figure)]
        if values:
            setattr(known, figure, min(sum(values), _LARGEST))
    return CasualtyTotals(
        known=known,
        open_incidents=sum(not incident.closed for incident in incidents),
        incidents=len(incidents),
        incidents_with_unknown_dead=sum(not i.casualties.HasField("dead") for i in incidents),
    )
