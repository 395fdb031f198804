"""Joint incidents: one event reported by several authorities is one incident, with its sources."""

from operator import itemgetter
from typing import NamedTuple

from pipelines.facts.known import Known
from pipelines.facts.remembered import Rests, remembered
from pipelines.incidents.closing import is_closed
from pipelines.incidents.figures import competent, disagreements, loss, rule, speaker
from pipelines.incidents.same_event import Group, groups
from schemas.codes.tables import PROVINCES, province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import IncidentMember, JointIncident

_UNGRADED = 9


class Case(NamedTuple):
    """A joint incident, the reports that it is made of, and the one whose figures count."""

    incident: JointIncident
    members: list[Message]
    speaker: Message


def evaluate(known: Known) -> list[JointIncident]:
    """Joint incidents, gravest first."""
    return [case.incident for case in cases(known)]


def cases(known: Known) -> list[Case]:
    """The same with their reports; the very same as before where nothing in them has changed."""
    return known.once("cases", lambda: _cases(known))


def _cases(known: Known) -> list[Case]:
    def rests_on(group: Group) -> Rests:
        return Rests((group,), tuple(is_closed(known, member) for member in group.members))

    def case(group: Group) -> tuple[tuple[int, str, str], Case]:
        chosen = speaker(group.members)
        incident = _joint(known, group, chosen)
        return _gravest(incident), Case(incident, group.members, chosen)

    found = remembered(known, "cases", groups(known), rests_on, case)
    return [case for _, case in sorted(found, key=itemgetter(0))]


def _gravest(incident: JointIncident) -> tuple[int, str, str]:
    return incident.grade or _UNGRADED, incident.joint_id, incident.members[0].participant


def _joint(known: Known, group: Group, chosen: Message) -> JointIncident:
    members, report = group.members, chosen.incident_report
    return JointIncident(
        joint_id=group.joint_id,
        members=[_member(message) for message in members],
        title=report.title,
        primary_type=report.primary_type,
        place=report.place,
        grade=report.grade,
        casualties=report.casualties if report.HasField("casualties") else None,
        disagreements=list(disagreements(members)),
        closed=all(is_closed(known, member) for member in members),
        link_reasons=group.reasons,
        message_ids=[message.header.message_id for message in members],
        links=group.links,
        kept_apart=group.kept_apart,
        figure_rule=rule(members),
        figures_message_id=chosen.header.message_id,
        direct_loss_fen=loss(report),
        occurred_time=chosen.header.occurred_time,
        provinces=provinces(members),
    )


def provinces(members: list[Message]) -> list[str]:
    """Provinces that an event concerns: of its places, of the areas affected, and those told."""
    codes = {message.incident_report.place.admin_code for message in members}
    for message in members:
        codes.update(message.incident_report.affected_area.admin_codes)
        codes.update(message.incident_report.affected_neighbors)
    found = {province_of(code) for code in codes}
    return [province for province in PROVINCES if province in found]


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
        competent=competent(message),
    )
