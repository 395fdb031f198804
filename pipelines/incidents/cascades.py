"""Which joint incidents brought others about, as their authorities say: typhoon, flood, plant."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.facts.instants import when_us
from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.incidents.causality import backward, components, in_order
from pipelines.incidents.decisions import is_recent
from pipelines.incidents.incidents import cases
from pipelines.incidents.same_event import Group, groups
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import Cascade, CascadeLink

_FIELD = "incident_report.cause_ids"


@dataclass(slots=True)
class _Said:
    """Reports that say that one incident brought another about."""

    messages: list[Message] = field(default_factory=list)


def evaluate(known: Known) -> list[Cascade]:
    """Chains and trees of incidents; causes that can't be are left out and asked about."""
    said = _said(known)
    began = {case.incident.joint_id: when_us(case.speaker) for case in cases(known)}
    for edge in backward(list(said), began):
        for message in said.pop(edge).messages:
            zh = f"起因关系成环：{edge[0]} 引发 {edge[1]} 的说法未计入"
            en = f"causes form a circle: that {edge[0]} brought about {edge[1]} does not count"
            ask(known, about(message, "cause_in_a_circle", _FIELD, zh, en))
    found = [_cascade(ids, said, began) for ids in components(list(said))]
    return sorted(found, key=lambda cascade: cascade.cascade_id)


def _cascade(
    joint_ids: list[str], said: dict[tuple[str, str], _Said], began: dict[str, int]
) -> Cascade:
    inside = frozenset(joint_ids)
    edges = sorted(edge for edge in said if edge[0] in inside)
    return Cascade(
        cascade_id=min(joint_ids),
        joint_ids=in_order(edges, began),
        links=[_link(edge, said[edge].messages) for edge in edges],
    )


def _link(edge: tuple[str, str], messages: list[Message]) -> CascadeLink:
    return CascadeLink(
        cause_id=edge[0],
        effect_id=edge[1],
        participants=sorted({message.stamp.origin for message in messages}),
        message_ids=sorted({message.header.message_id for message in messages}),
    )


def _said(known: Known) -> dict[tuple[str, str], _Said]:
    """Reports by (joint id of the cause, joint id of what followed)."""
    joint_of: dict[str, set[str]] = {}
    for group in groups(known):
        for message in group.members:
            joint_of.setdefault(message.header.entity_id, set()).add(group.joint_id)
    found: dict[tuple[str, str], _Said] = {}
    for group in groups(known):
        for message, cause in _causes(known, group, joint_of):
            found.setdefault((cause, group.joint_id), _Said()).messages.append(message)
    return {edge: found[edge] for edge in sorted(found)}


def _causes(
    known: Known, group: Group, joint_of: dict[str, set[str]]
) -> Iterator[tuple[Message, str]]:
    """(report, joint id of what it names as its cause)."""
    for message in group.members:
        for name in message.incident_report.cause_ids:
            causes = joint_of.get(name, set())
            if not causes:
                _ask_if_unknown(known, message, name)
            elif causes == {group.joint_id}:
                ask(known, about(message, "cause_of_itself", _FIELD, *_ITSELF))
            yield from ((message, cause) for cause in sorted(causes - {group.joint_id}))


def _ask_if_unknown(known: Known, message: Message, name: str) -> None:
    """What was withdrawn or has expired is known, though it brings about nothing."""
    told = known.once("ids of reported incidents", lambda: _all_ids(known))
    if name not in told and is_recent(known, message):
        zh, en = f"所写起因事件 {name} 在此未知", f"the cause {name} is not known here"
        ask(known, about(message, "cause_unknown", _FIELD, zh, en))


def _all_ids(known: Known) -> frozenset[str]:
    return frozenset(message.header.entity_id for message in known.newest("incident_report"))


_ITSELF = (
    "所写起因与本事件为同一联合事件",
    "what it names as its cause is the same joint incident",
)
