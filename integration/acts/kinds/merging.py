"""What merging and splitting share: the reports behind a joint incident, and the decision as a draft."""

from collections.abc import Sequence

from integration import incident_decisions
from integration.acts.kinds.drafting import draft, name_incidents
from integration.acts.kinds.target import NotHere, picture_of
from integration.acts.seam import CannotAct, Known, Said, Thing, thing
from integration.incident_decisions import DUTY_ROOM, DecisionError
from integration.page.desk import Shown
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.situation.v1.decision_pb2 import IncidentDecisionKind
from yrd.situation.v1.situation_pb2 import JointIncident

REASON = Said("理由", "Reason")
NO_REASON = Said(
    "请写明依据，如位置、时间、报送单位核实情况", "say what it rests on: place, time, who confirmed"
)


def joint_incident(known: Known, about: str) -> tuple[Thing, Shown, JointIncident]:
    """The incident that is named, in the newest picture. Raises CannotAct."""
    named = thing(about)
    if named.kind != "incident":
        raise NotHere
    shown = picture_of(known, named.scope)
    for found in shown.summary.incidents:
        if found.joint_id == named.id:
            return named, shown, found
    raise CannotAct(
        Said(
            "画面中没有此事件，可能已合并或结束",
            "the picture has no such incident; it may be merged or closed",
        ),
        Said("请从事件列表重新打开", "open it from the list again"),
    )


def reports(shown: Shown, incident: JointIncident) -> list[Message]:
    """The newest report of each member that is known here, in the picture's order."""
    found = []
    for member in incident.members:
        told = shown.reports.get((member.participant, member.entity_id), ())
        if told:
            found.append(told[-1])
    return found


def is_own(me: str, report: Message) -> bool:
    """Whether a participant decides on it: a province on its own, the joint duty room on all."""
    return me in (DUTY_ROOM, report.stamp.origin)


def require_own(me: str, told: Sequence[Message]) -> None:
    """Raises CannotAct where none is the participant's to decide on."""
    if not any(is_own(me, report) for report in told):
        raise CannotAct(
            Said(
                "一省只能就本省报送的事件决定合并或拆分",
                "a province decides on incidents of its own only",
            ),
            Said("请商联合值班室办理", "ask the joint duty room"),
        )


def decided(
    known: Known,
    named: Thing,
    kind: IncidentDecisionKind,
    told: Sequence[Message],
    reason: str,
    post: str,
    key: str,
) -> Draft:
    """The decision as a draft. Raises CannotAct."""
    try:
        made = incident_decisions.deciding(known.me, kind, told, reason, post, known.now_ms)
    except DecisionError as error:
        raise CannotAct(Said(f"不能这样决定：{error}", str(error))) from None
    found = draft(known, named.scope, key, "incident-decision")
    found.header.priority = made.header.priority
    found.header.data_level = made.header.data_level
    name_incidents(found.header, made.header.incident_ids)
    found.incident_decision.CopyFrom(made.incident_decision)
    return found
