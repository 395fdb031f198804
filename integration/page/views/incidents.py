"""The list of joint incidents, severest first, each with who answered and what is missing."""

from collections.abc import Iterator

from integration.page.desk import Shown
from integration.page.views.values import Json, figures, grade, ms, names, place_text
from pipelines.amounts import amount
from pipelines.report.incidents import MARKS
from pipelines.words import FIGURES, Words
from yrd.incident.v1.incident_pb2 import IncidentGrade
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary

ORDINARY = int(IncidentGrade.INCIDENT_GRADE_ORDINARY)


def incidents(shown: Shown, words: Words) -> list[Json]:
    """Severest first."""
    found = sorted(shown.summary.incidents, key=_order)
    return [_incident(incident, shown.summary, words) for incident in found]


def _order(incident: JointIncident) -> tuple[float, ...]:
    """Open ones first; then by grade, an ordinary one like one that nobody graded; then by people."""
    graded = int(incident.grade) or ORDINARY
    people = incident.casualties
    lost = people.dead + people.missing
    rest = (people.trapped, people.seriously_injured, people.injured, people.evacuated)
    return (incident.closed, min(graded, ORDINARY), -lost, *(-number for number in rest))


def _incident(incident: JointIncident, summary: SituationSummary, words: Words) -> Json:
    entities = entity_ids(incident)
    return {
        "id": incident.joint_id,
        "title": incident.title,
        "kind": words.kind(incident.primary_type),
        "place": place_text(incident.place, words),
        "grade": int(incident.grade),
        "grade_word": grade(incident.grade, words),
        "closed": incident.closed,
        "occurred_ms": ms(incident, "occurred_time"),
        "reported_ms": max((ms(m, "reported_time") or 0 for m in incident.members), default=0),
        "figures": figures(incident.casualties, words),
        "provinces": names(incident.provinces, words) if len(incident.provinces) > 1 else "",
        "sources": names(dict.fromkeys(m.participant for m in incident.members), words),
        "differ": [_field(d.field, words) for d in incident.disagreements],
        "aid": [*_aid(summary, entities, words)],
        "missing": [*_missing(summary, entities, words)],
        "attention": sum(incident.joint_id in e.joint_ids for e in summary.escalations),
    }


def entity_ids(incident: JointIncident) -> frozenset[str]:
    """Entity ids of its reports."""
    return frozenset(member.entity_id for member in incident.members)


def _field(path: str, words: Words) -> str:
    name = path.rpartition(".")[2]
    own = {"grade": ("定级", "grade"), "direct_loss_fen": ("直接损失", "direct loss")}
    return (FIGURES.get(name) or own.get(name, (name, name)))[words.index]


def _aid(summary: SituationSummary, entities: frozenset[str], words: Words) -> Iterator[str]:
    for life in summary.aid_lives:
        if life.incident_id in entities:
            unit, asked = life.requested.unit, amount(life.requested.value)
            given, there = amount(life.standing), amount(life.on_scene)
            yield words.say(
                f"{words.ability(life.capability)}：请求{asked}{unit}，有效承诺{given}，到场{there}",
                f"{words.ability(life.capability)}: {asked} {unit} asked, {given} promised, {there} there",
            )


def _missing(summary: SituationSummary, entities: frozenset[str], words: Words) -> Iterator[str]:
    for line in summary.need_lines:
        if line.incident_id in entities and line.shortage > 0:
            unit, short = line.wanted.unit, amount(line.shortage)
            yield words.say(
                f"缺{words.ability(line.capability)}{short}{unit}",
                f"{short} {unit} {words.ability(line.capability)} short",
            )


def attention(shown: Shown, words: Words) -> list[Json]:
    """What someone above or beside should know of now, and how sure that is."""
    return [
        {
            "text": words.say(found.text_zh, found.text_en),
            "since_ms": ms(found, "since_time"),
            "rule": found.rule.partition("; pipelines/")[0],
            "mark": MARKS[found.certainty][words.index] if found.certainty in MARKS else "",
            "inferred": found.inferred,
            "who": names(found.participants, words),
            "incident": next(iter(found.joint_ids), ""),
        }
        for found in shown.summary.escalations
    ]
