"""A response that is behind the neighbour's for the same matter."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.facts.known import Known
from pipelines.facts.scope import micros
from pipelines.incidents.incidents import Case
from pipelines.incidents.nearness import FAMILY_LENGTH
from pipelines.nature.warnings import responses, warnings
from pipelines.words import EN, LEVELS, ZH, Words
from schemas.codes.tables import PROVINCES, neighbors, province_of
from yrd.common.v1.common_pb2 import Code
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import Escalation, EscalationKind
from yrd.situation.v1.situation_pb2 import ActiveResponse

_NONE = 5
"""Behind level IV: no response."""


@dataclass(frozen=True, slots=True)
class _Behind:
    """A province, its own response that faces the border if it has one, and the neighbours' higher ones."""

    province: str
    own: ActiveResponse | None
    ahead: list[ActiveResponse]


def of_responses(known: Known, cases: Iterable[Case]) -> Iterator[Escalation]:
    """One for each matter and province that is behind a neighbour's.

    A province without any response is behind only if it has something to respond to: a warning for
    that matter in force, or an open incident of its family.
    """
    by_event: dict[str, list[ActiveResponse]] = {}
    for response in responses(known):
        by_event.setdefault(response.event_type.value, []).append(response)
    told = {m.header.message_id: m for m in known.newest("response_activation")}
    open_ones = [case for case in cases if not case.incident.closed]
    for event in sorted(by_event):
        concerned = _concerned(known, open_ones, event)
        for province in PROVINCES:
            behind = _behind(by_event[event], province, province in concerned)
            if behind is not None:
                yield _escalation(behind, concerned.get(province, []), told)


def _concerned(known: Known, open_ones: list[Case], event: str) -> dict[str, list[str]]:
    """Provinces with something to respond to, and the joint incidents of the matter's family."""
    found: dict[str, list[str]] = {
        warning.participant: []
        for warning in warnings(known, known.as_of_us)
        if warning.event_type.value == event
    }
    for case in open_ones:
        if case.incident.primary_type.value[:FAMILY_LENGTH] == event[:FAMILY_LENGTH]:
            for province in case.incident.provinces:
                found.setdefault(province, []).append(case.incident.joint_id)
    return found


def _behind(in_force: list[ActiveResponse], province: str, concerned: bool) -> _Behind | None:
    ahead, own = [], None
    for other in sorted({province_of(code) for code in neighbors(province)}):
        here = _highest(in_force, province, other)
        there = _highest(in_force, other, province)
        if there is None or (here is None and not concerned):
            continue
        if there.level < (here.level if here else _NONE):
            ahead.append(there)
            own = here or own
    return _Behind(province, own, ahead) if ahead else None


def _highest(in_force: list[ActiveResponse], province: str, other: str) -> ActiveResponse | None:
    """A province's highest response on its border with another."""
    facing = [r for r in in_force if r.participant == province and _faces(r, other)]
    return min(facing, key=lambda r: (r.level, r.entity_id), default=None)


def _faces(response: ActiveResponse, other: str) -> bool:
    """Whether its area adjoins the other province; one without codes counts as all of the province."""
    area = list(response.area.admin_codes) or [response.participant]
    return any(province_of(n) == other for code in area for n in neighbors(code[:6]))


def _escalation(behind: _Behind, joint_ids: list[str], told: dict[str, Message]) -> Escalation:
    resting = [*behind.ahead, *([behind.own] if behind.own else [])]
    ids = sorted({message_id for response in resting for message_id in response.message_ids})
    since = min(micros(told[r.message_ids[0]].header.reported_time) for r in behind.ahead)
    if behind.own:
        since = max(since, micros(told[behind.own.message_ids[0]].header.reported_time))
    made = Escalation(
        kind=EscalationKind.ESCALATION_KIND_RESPONSE_BEHIND,
        joint_ids=sorted(set(joint_ids)),
        participants=[behind.province],
        text_zh=_text(behind, ZH),
        text_en=_text(behind, EN),
        event_type=behind.ahead[0].event_type,
        message_ids=ids,
    )
    made.since_time.FromMicroseconds(since)
    return made


def _text(behind: _Behind, words: Words) -> str:
    event: Code = behind.ahead[0].event_type
    own = _level(behind.own, words)
    others = words.say("、", ", ").join(
        f"{words.name(r.participant)}{words.say('', ' ')}{_level(r, words)}" for r in behind.ahead
    )
    return words.say(
        f"{words.kind(event)}：{words.name(behind.province)}{own}，相邻{others}",
        f"{words.kind(event)}: {words.name(behind.province)} {own}, beside {others}",
    )


def _level(response: ActiveResponse | None, words: Words) -> str:
    if response is None:
        return words.say("未启动响应", "without a response")
    level = LEVELS[response.level][words.index]
    return words.say(f"{level}响应", f"at level {level}")
