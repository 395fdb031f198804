"""First reports and follow-ups that are overdue, or came late."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import NamedTuple

from pipelines.facts.instants import when_us
from pipelines.facts.known import Known
from pipelines.facts.remembered import Rests, remembered
from pipelines.facts.scope import timestamp
from pipelines.incidents.closing import is_closed
from pipelines.incidents.deadlines import FIRST, FOLLOW_UP, Deadline, deadline
from pipelines.incidents.decisions import Reported, reported
from pipelines.incidents.figures import competent, spoken_us
from pipelines.incidents.grading import codes
from pipelines.incidents.incidents import Case
from pipelines.words import EN, GRADES, ZH, Words
from schemas.codes.tables import PROVINCES, province_of
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.situation.v1.incidents_pb2 import Escalation, EscalationKind

_OVERDUE = EscalationKind.ESCALATION_KIND_FIRST_REPORT_OVERDUE
_LATE = EscalationKind.ESCALATION_KIND_FIRST_REPORT_LATE
_FOLLOW_UP = EscalationKind.ESCALATION_KIND_FOLLOW_UP_OVERDUE


class _Due(NamedTuple):
    """A report that should have been there by an instant."""

    kind: EscalationKind
    participant: str
    due_us: int
    rule: Deadline
    late_us: int = 0


def of_reports(known: Known, cases: Iterable[Case]) -> list[Escalation]:
    """What competent authorities owe. Terms count from the event: when they were told is not known."""
    there = list(cases)
    firsts = known.once("first reports", lambda: _firsts(known))
    dues = remembered(
        known,
        "reports due",
        there,
        lambda case: Rests((case, *_firsts_of(case, firsts))),
        lambda case: list(_all_due(known, case, firsts)),
    )
    reached = [
        (case, due)
        for case, some in zip(there, dues, strict=True)
        for due in some
        if due.kind == _LATE or due.due_us <= known.as_of_us
    ]
    return remembered(known, "reports overdue", reached, Rests, lambda pair: _escalation(*pair))


def _firsts_of(case: Case, firsts: Mapping[Reported, Message]) -> list[Message]:
    """First reports of a case's members, as far as they are known."""
    return [first for m in case.members if (first := firsts.get(reported(m))) is not None]


def _all_due(known: Known, case: Case, firsts: Mapping[Reported, Message]) -> Iterator[_Due]:
    """All reports that are due, now or later if nothing more is told."""
    yield from _missing(case)
    for message in case.members:
        if competent(message) and not is_closed(known, message):
            yield from _late(firsts.get(reported(message)))
            yield from _follow_up(message)


def _missing(case: Case) -> Iterator[_Due]:
    """Provinces in which it happened, as others tell, and which have not reported it."""
    spoken = {message.stamp.origin for message in case.members}
    places = {province_of(m.incident_report.place.admin_code) for m in case.members}
    began = min(when_us(m) for m in case.members)
    types = codes(case.speaker.incident_report)
    for province in sorted((places & {*PROVINCES}) - spoken):
        rule = deadline(FIRST, province, types, case.incident.grade)
        if rule:
            yield _Due(_OVERDUE, province, began + _us(rule.term), rule)


def _late(first: Message | None) -> Iterator[_Due]:
    """A first report that came after its time, by the grade that it stated itself."""
    if first is None:
        return
    report, province = first.incident_report, first.stamp.origin
    rule = deadline(FIRST, province, codes(report), report.grade)
    if rule is None:
        return
    due_us = when_us(first) + _us(rule.term)
    late_us = spoken_us(first) - due_us
    if late_us > 0:
        yield _Due(_LATE, province, due_us, rule, late_us)


def _firsts(known: Known) -> dict[Reported, Message]:
    initial = ReportKind.REPORT_KIND_INITIAL
    kept = known.kept("incident_report")
    return {reported(m): m for m in kept if m.incident_report.kind == initial}


def _follow_up(message: Message) -> Iterator[_Due]:
    report, province = message.incident_report, message.stamp.origin
    rule = deadline(FOLLOW_UP, province, codes(report), report.grade)
    if rule is not None:
        yield _Due(_FOLLOW_UP, province, spoken_us(message) + _us(rule.term), rule)


def _us(term: timedelta) -> int:
    return term // timedelta(microseconds=1)


def _escalation(case: Case, due: _Due) -> Escalation:
    return Escalation(
        kind=due.kind,
        joint_ids=[case.incident.joint_id],
        participants=[due.participant],
        since_time=timestamp(due.due_us),
        text_zh=_text(case, due, ZH),
        text_en=_text(case, due, EN),
        rule=due.rule.source,
        certainty=due.rule.mark,
        inferred=due.kind != _FOLLOW_UP,
        event_type=case.incident.primary_type,
        message_ids=sorted(message.header.message_id for message in case.members),
    )


def _text(case: Case, due: _Due, words: Words) -> str:
    title, name = case.incident.title, words.name(due.participant)
    when, minutes = words.time(timestamp(due.due_us)), due.late_us // 60_000_000
    grade = GRADES[case.incident.grade][words.index]
    if due.kind == _OVERDUE:
        return words.say(
            f"{title}（{grade}）：{name}首报应于{when}前报送，未收到",
            f"{title} ({grade}): {name}'s first report was due at {when} and is not here",
        )
    if due.kind == _LATE:
        return words.say(
            f"{title}（{grade}）：{name}首报应于{when}前报送，迟{minutes}分钟",
            f"{title} ({grade}): {name}'s first report was due at {when} and came {minutes} min late",
        )
    return words.say(
        f"{title}（{grade}）：{name}续报应于{when}前报送，未收到",
        f"{title} ({grade}): {name}'s follow-up was due at {when} and is not here",
    )
