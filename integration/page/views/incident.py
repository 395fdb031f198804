"""One joint incident: figures with their sources, what holds it together, all revisions of its reports."""

from collections.abc import Iterable, Iterator

from integration.page.desk import Entity, Shown
from integration.page.views.aid import life as life_of
from integration.page.views.aid import need as need_of
from integration.page.views.incidents import attention, entity_ids, incidents
from integration.page.views.values import Json, figures, grade, milliseconds, ms, named, place_text
from pipelines.facts.scope import told_us
from pipelines.report.incidents import LINK_KINDS, RULES
from pipelines.words import FIGURES, Words
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import IncidentReport, ReportKind
from yrd.situation.v1.situation_pb2 import IncidentMember, JointIncident

_REPORTS: dict[int, tuple[str, str]] = {
    ReportKind.REPORT_KIND_INITIAL: ("首报", "first report"),
    ReportKind.REPORT_KIND_FOLLOW_UP: ("续报", "follow-up"),
    ReportKind.REPORT_KIND_FINAL: ("终报", "final report"),
    ReportKind.REPORT_KIND_CORRECTION: ("更正", "correction"),
    ReportKind.REPORT_KIND_WITHDRAWAL: ("撤回", "withdrawal"),
}


def incident(shown: Shown, joint_id: str, words: Words) -> Json | None:
    """All of one joint incident; None if the picture has it not."""
    found = next((i for i in shown.summary.incidents if i.joint_id == joint_id), None)
    if found is None:
        return None
    entities = entity_ids(found)
    (line,) = [listed for listed in incidents(shown, words) if listed["id"] == joint_id]
    return line | {
        "rule": _rule(found, words),
        "sources": [_member(m, found, words) for m in found.members],
        "disagreements": [_disagreement(d.field, d.values, words) for d in found.disagreements],
        "loss": words.money(found.direct_loss_fen) if found.HasField("direct_loss_fen") else None,
        "links": [*_links(found, words)],
        "timeline": timeline(shown, ((m.participant, m.entity_id) for m in found.members), words),
        "earlier": [*_earlier(found, shown, words)],
        "needs": [need_of(n, words) for n in shown.summary.need_lines if n.incident_id in entities],
        "lives": [life_of(a, words) for a in shown.summary.aid_lives if a.incident_id in entities],
        "noticed": [a for a in attention(shown, words) if a["incident"] == joint_id],
    }


def _rule(found: JointIncident, words: Words) -> str:
    """Whose figures count, and by which rule."""
    chosen = [m for m in found.members if m.message_id == found.figures_message_id]
    if not chosen or found.figure_rule not in RULES:
        return ""
    why = named(RULES, found.figure_rule, words)
    name = words.name(chosen[0].participant)
    return words.say(f"采用{name}数据{why}", f"{name}'s figures count{why}")


def _member(member: IncidentMember, found: JointIncident, words: Words) -> Json:
    return {
        "name": words.name(member.participant),
        "entity": member.entity_id,
        "revision": member.revision,
        "message_id": member.message_id,
        "origin": member.participant,
        "kind": named(_REPORTS, member.kind, words) if member.kind else "",
        "grade": grade(member.grade, words),
        "figures": figures(member.casualties, words),
        "reported_ms": ms(member, "reported_time"),
        "competent": member.competent,
        "counts": member.message_id == found.figures_message_id,
    }


def _disagreement(field: str, values: Iterable[object], words: Words) -> Json:
    name = field.rpartition(".")[2]
    return {"key": name, "label": FIGURES.get(name, (name, name))[words.index]}


def _links(found: JointIncident, words: Words) -> Iterator[Json]:
    for link in found.links:
        yield {
            "kind": named(LINK_KINDS, link.kind, words),
            "text": words.say(link.text_zh, link.text_en),
            "score": round(link.score, 2) if link.HasField("score") else None,
        }
    for kept in found.kept_apart:
        yield {
            "kind": words.say("人工拆分", "split by people"),
            "text": f"{kept.first.entity_id} ≠ {kept.second.entity_id} "
            f"({words.name(kept.participant)}: {kept.reason})",
            "score": None,
        }


def _earlier(found: JointIncident, shown: Shown, words: Words) -> Iterator[Json]:
    """Whose reports the timeline lacks: those before the first that is known, or all."""
    for member in found.members:
        known = shown.reports.get((member.participant, member.entity_id), ())
        first = min((told.header.revision for told in known), default=member.revision + 1)
        if first > 1:
            yield {"name": words.name(member.participant), "before": first}


def timeline(shown: Shown, entities: Iterable[Entity], words: Words) -> list[Json]:
    """All revisions that are known, newest first, each with what it changed."""
    found = [
        _revision(message, before, words)
        for entity in entities
        for message, before in _with_before(shown.reports.get(entity, ()))
    ]
    return sorted(found, key=lambda told: told["told_ms"], reverse=True)


def _with_before(told: Iterable[Message]) -> Iterator[tuple[Message, Message | None]]:
    before = None
    for message in told:
        yield message, before
        before = message


def _revision(message: Message, before: Message | None, words: Words) -> Json:
    report, header = message.incident_report, message.header
    return {
        "name": words.name(message.stamp.origin),
        "origin": message.stamp.origin,
        "entity": header.entity_id,
        "revision": header.revision,
        "message_id": header.message_id,
        "kind": named(_REPORTS, report.kind, words) if report.kind else "",
        "occurred_ms": milliseconds(header.occurred_time),
        "reported_ms": milliseconds(header.reported_time),
        "told_ms": told_us(message) // 1000,
        "received_ms": ms(message.receipt, "received_time"),
        "title": report.title,
        "text": report.description,
        "measures": list(report.measures),
        "place": place_text(report.place, words),
        "changes": [*_changes(report, before.incident_report if before else None, words)],
    }


def _changes(report: IncidentReport, before: IncidentReport | None, words: Words) -> Iterator[Json]:
    """Figures and grade as they are told; against the revision before, only what is not the same."""
    own = _told(report, words)
    was = _told(before, words) if before else {}
    for label in own | was:
        if own.get(label) != was.get(label):
            yield {"label": label, "was": was.get(label, ""), "now": own.get(label, "")}


def _told(report: IncidentReport, words: Words) -> dict[str, str]:
    told = {
        f["label"]: f"{f['value']:,}"
        for f in figures(report.casualties, words)
        if f["value"] is not None
    }
    if report.grade:
        told[words.say("等级", "grade")] = grade(report.grade, words)
    if report.HasField("direct_loss_fen"):
        told[words.say("直接经济损失", "direct loss")] = words.money(report.direct_loss_fen)
    return told
