"""Decisions that incidents are one event or are not (合并、拆分), as drafts. Pure."""

from collections.abc import Iterable, Sequence

from schemas import message_ids
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode
from yrd.situation.v1.decision_pb2 import (
    IncidentDecision,
    IncidentDecisionKind,
    IncidentReference,
)

TYPE = IncidentDecision.DESCRIPTOR.full_name
MERGE = IncidentDecisionKind.INCIDENT_DECISION_KIND_MERGE
SPLIT = IncidentDecisionKind.INCIDENT_DECISION_KIND_SPLIT
WITHDRAWAL = IncidentDecisionKind.INCIDENT_DECISION_KIND_WITHDRAWAL
WORDS = {MERGE: "合并 merged", SPLIT: "拆分 split", WITHDRAWAL: "撤销 withdrawn"}
DUTY_ROOM = "joint"
_MOST = 50
"""Incidents that a header may name."""


class DecisionError(ValueError):
    """What can't be decided; the text names field, rule and remedy."""


def report_of(named: str, messages: Sequence[Message]) -> Message:
    """The newest report of an incident, named ENTITY_ID or PARTICIPANT:ENTITY_ID. Raises DecisionError."""
    reports = [m for m in messages if m.HasField("incident_report") and named in _names(m)]
    origins = sorted({m.stamp.origin for m in reports})
    if not origins:
        raise DecisionError(
            f"incident: {named!r} is not known at this gateway; see "
            "`yrd list --type yrd.incident.v1.IncidentReport` for those that are"
        )
    if len(origins) > 1:
        choice = " or ".join(f"{origin}:{named}" for origin in origins)
        raise DecisionError(f"incident: several report {named!r}; say {choice}")
    return max(reports, key=lambda m: m.header.revision)


def _names(message: Message) -> tuple[str, str]:
    entity_id = message.header.entity_id
    return entity_id, f"{message.stamp.origin}:{entity_id}"


def deciding(
    me: str,
    kind: IncidentDecisionKind,
    reports: Sequence[Message],
    reason: str,
    post: str,
    unix_ms: int,
) -> Draft:
    """That the first incident is one event with the others, or with none of them. Raises DecisionError.

    A province's own incident is put first, since a province decides on its own only.
    """
    own = [r for r in reports if me in (DUTY_ROOM, r.stamp.origin)]
    if not own:
        raise DecisionError(
            f"incident: none of these is {me}'s, and a province decides on its own only: ask the joint "
            "duty room"
        )
    others = [r for r in reports if r is not own[0]]
    draft = _draft(me, own[0], reports, reason, post, unix_ms)
    draft.header.entity_id = f"{me}/incident-decision/{draft.header.message_id[-12:]}"
    draft.header.incident_ids.extend(sorted({r.header.entity_id for r in reports})[:_MOST])
    draft.incident_decision.kind = kind
    draft.incident_decision.others.extend(map(_reference, others))
    return draft


def withdrawing(
    me: str, decision_id: str, messages: Iterable[Message], reason: str, post: str, unix_ms: int
) -> Draft:
    """The end of an own decision. Raises DecisionError."""
    told = list(messages)
    own = [
        m
        for m in told
        if m.HasField("incident_decision")
        and (m.stamp.origin, m.header.entity_id) == (me, decision_id)
    ]
    if not own:
        raise DecisionError(
            f"decision: {me} has made none named {decision_id!r}; see `yrd list --type {TYPE}`"
        )
    last = max(own, key=lambda m: m.header.revision)
    if last.incident_decision.kind == WITHDRAWAL:
        raise DecisionError(f"decision: {decision_id!r} is withdrawn already; decide anew instead")
    draft = _draft(me, last, told, reason, post, unix_ms)
    draft.header.entity_id, draft.header.revision = decision_id, last.header.revision + 1
    draft.header.incident_ids.extend(last.header.incident_ids)
    draft.incident_decision.incident.CopyFrom(last.incident_decision.incident)
    draft.incident_decision.kind = WITHDRAWAL
    return draft


def _draft(
    me: str, basis: Message, told: Iterable[Message], reason: str, post: str, unix_ms: int
) -> Draft:
    """In the mode of its basis. In an exercise, now is the newest time that was told there."""
    draft = Draft()
    made = draft.header
    made.message_id, made.revision = message_ids.new(unix_ms), 1
    made.mode, made.exercise_id = basis.header.mode, basis.header.exercise_id
    made.priority, made.data_level = basis.header.priority, basis.header.data_level
    made.occurred_time.FromMilliseconds(unix_ms)
    if made.mode == Mode.MODE_EXERCISE:
        same = [m.header for m in told if m.header.exercise_id == made.exercise_id]
        newest = max(same, key=lambda h: h.reported_time.ToMicroseconds(), default=basis.header)
        made.occurred_time.CopyFrom(newest.reported_time)
    made.reported_time.CopyFrom(made.occurred_time)
    said = IncidentDecision(author=me, reason=reason, post=post)
    if basis.HasField("incident_report"):
        said.incident.CopyFrom(_reference(basis))
    draft.incident_decision.CopyFrom(said)
    return draft


def _reference(report: Message) -> IncidentReference:
    return IncidentReference(participant=report.stamp.origin, entity_id=report.header.entity_id)
