"""Figures that reach a higher grade than the one that is stated."""

from collections.abc import Iterator

from pipelines.incidents.figures import figure
from pipelines.incidents.grading import Reached, codes, figures_of, reached
from pipelines.incidents.incidents import Case
from pipelines.words import EN, FIGURES, GRADES, ZH, Words
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.incidents_pb2 import Escalation, EscalationKind

_LEAST = 5
"""Milder than any grade."""


def of_grade(case: Case) -> Iterator[Escalation]:
    """By the figures that count, by those of others where they go beyond, and with the missing."""
    types = codes(case.speaker.incident_report)
    stated = int(case.incident.grade) or _LEAST
    by_figures = reached(types, figures_of(case.speaker))
    noticed = min(stated, by_figures.grade if by_figures else _LEAST)
    if by_figures and by_figures.grade < stated:
        yield _escalation(case, case.speaker, by_figures)
    for other in sorted(case.members, key=lambda m: m.header.message_id):
        by_other = reached(types, figures_of(other))
        if other is not case.speaker and by_other and by_other.grade < noticed:
            yield _escalation(case, other, by_other)
    missing = figure(case.speaker.incident_report, "missing") or 0
    dead = figure(case.speaker.incident_report, "dead") or 0
    by_missing = reached(types, {"dead": dead + missing}) if missing else None
    if by_missing and by_missing.grade < noticed:
        yield _with_missing(case, dead, missing, by_missing)


def _escalation(case: Case, source: Message, by: Reached) -> Escalation:
    def text(words: Words) -> str:
        figures = words.say("，", ", ").join(
            _figure(name, value, words) for name, value in by.figures
        )
        grade, stated = GRADES[by.grade][words.index], GRADES[case.incident.grade][words.index]
        who = words.name(source.stamp.origin)
        return words.say(
            f"{case.incident.title}：{who}报{figures}，已达{grade}；现{stated}",
            f"{case.incident.title}: {figures} by {who} reach {grade}; it is {stated}",
        )

    kind = EscalationKind.ESCALATION_KIND_GRADE
    return _made(kind, case, source, by, text(ZH), text(EN))


def _with_missing(case: Case, dead: int, missing: int, by: Reached) -> Escalation:
    def text(words: Words) -> str:
        grade, stated = GRADES[by.grade][words.index], GRADES[case.incident.grade][words.index]
        return words.say(
            f"{case.incident.title}：死亡{dead}人、失踪{missing}人，若均遇难将达{grade}；现{stated}",
            f"{case.incident.title}: {dead} dead and {missing} missing; were they dead it would be "
            f"{grade}; it is {stated}",
        )

    kind = EscalationKind.ESCALATION_KIND_GRADE_WITH_MISSING
    made = _made(kind, case, case.speaker, by, text(ZH), text(EN))
    made.inferred = True
    return made


def _made(
    kind: EscalationKind, case: Case, source: Message, by: Reached, zh: str, en: str
) -> Escalation:
    casualties = source.incident_report.casualties
    as_of = casualties.as_of_time if casualties.HasField("as_of_time") else None
    sources = {case.speaker.stamp.origin, source.stamp.origin}
    return Escalation(
        kind=kind,
        joint_ids=[case.incident.joint_id],
        participants=sorted(sources),
        since_time=as_of or source.header.reported_time,
        text_zh=zh,
        text_en=en,
        rule=by.rule,
        certainty=by.mark,
        event_type=case.incident.primary_type,
        message_ids=sorted({case.speaker.header.message_id, source.header.message_id}),
    )


def _figure(name: str, value: int, words: Words) -> str:
    if name == "direct_loss_fen":
        return words.money(value)
    return f"{FIGURES[name][words.index]} {value}"
