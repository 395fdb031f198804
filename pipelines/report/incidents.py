"""Joint incidents, cascades and escalations as text."""

from collections.abc import Iterator

from pipelines.words import FIGURES, GRADES, Words
from yrd.incident.v1.incident_pb2 import IncidentGrade
from yrd.situation.v1.incidents_pb2 import FigureRule, IncidentLinkKind
from yrd.situation.v1.situation_pb2 import (
    Disagreement,
    DisagreementValue,
    JointIncident,
    SituationSummary,
)

RULES: dict[int, tuple[str, str]] = {
    FigureRule.FIGURE_RULE_COMPETENT: ("", ""),
    FigureRule.FIGURE_RULE_NEWEST_COMPETENT: (
        "（多地主管，取其中最新）",
        " (several are competent; the newest of theirs)",
    ),
    FigureRule.FIGURE_RULE_NEWEST: (
        "（主管方未报，取最新）",
        " (the competent authority has not reported; the newest)",
    ),
}
LINK_KINDS: dict[int, tuple[str, str]] = {
    IncidentLinkKind.INCIDENT_LINK_KIND_DECIDED: ("人工", "by people"),
    IncidentLinkKind.INCIDENT_LINK_KIND_NAMED: ("关联", "named"),
    IncidentLinkKind.INCIDENT_LINK_KIND_NEAR: ("推断", "inferred"),
}

MARKS = {
    "verified": ("已核对原文", "read in the source"),
    "memory": ("未核对原文", "from memory, to be checked"),
    "unsure": ("依据未找到", "its clause was not found"),
    "choice": ("本系统自定", "this project's choice"),
}
_OTHER_FIELDS = {"grade": ("定级", "the grade"), "direct_loss_fen": ("直接经济损失", "direct loss")}


def incident_lines(summary: SituationSummary, words: Words) -> Iterator[str]:
    """Totals, then each joint incident with what holds it together and where sources differ."""
    yield _totals(summary, words)
    yield from _left_out(summary.totals.incidents_left_out, words)
    for incident in summary.incidents:
        yield _incident(incident, words)
        yield from (f"    {line}" for line in _details(incident, words))


def cascade_lines(summary: SituationSummary, words: Words) -> Iterator[str]:
    """Each cascade as what brought what about."""
    titles = {incident.joint_id: incident.title for incident in summary.incidents}
    for cascade in summary.cascades:
        for link in cascade.links:
            by = words.say("、", ", ").join(words.name(p) for p in link.participants)
            cause = titles.get(link.cause_id, link.cause_id)
            effect = titles.get(link.effect_id, link.effect_id)
            yield words.say(f"{cause} → {effect}（{by}）", f"{cause} → {effect} ({by})")
    yield from _left_out(summary.totals.cascades_left_out, words)


def escalation_lines(summary: SituationSummary, words: Words) -> Iterator[str]:
    """Each with since when, by which rule, and how sure that is."""
    for found in summary.escalations:
        since = words.time(found.since_time)
        marks = [MARKS[found.certainty][words.index]] if found.certainty in MARKS else []
        if found.inferred:
            marks.append(words.say("推断", "inferred"))
        mark = words.say("，", ", ").join(marks)
        rule = words.say(f"；依据 {found.rule}（{mark}）", f"; by {found.rule} ({mark})")
        yield words.say(
            f"{found.text_zh}（自{since}{rule if found.rule else ''}）",
            f"{found.text_en} (since {since}{rule if found.rule else ''})",
        )
    yield from _left_out(summary.totals.escalations_left_out, words)


def _left_out(count: int, words: Words) -> Iterator[str]:
    if count:
        yield words.say(f"另有{count}项未列出", f"{count} more are not listed")


def _totals(summary: SituationSummary, words: Words) -> str:
    totals = summary.totals
    figures, most = words.figures(totals.known), ""
    if totals.known != totals.at_most:
        figures = words.say(f"至少{figures}", f"at least {figures}")
        at_most = words.figures(totals.at_most)
        most = words.say(
            f"（起因与后果事件或有重复，至多{at_most}）",
            f" (causes and what followed may share people; at most {at_most})",
        )
    return words.say(
        f"共{totals.incidents}起，未结{totals.open_incidents}起；"
        f"{figures}{most}；死亡人数不详{totals.incidents_with_unknown_dead}起",
        f"{totals.incidents} in all, {totals.open_incidents} open; {figures}{most}; "
        f"number of dead unknown in {totals.incidents_with_unknown_dead}",
    )


def _incident(incident: JointIncident, words: Words) -> str:
    sources = words.say("、", ", ").join(words.name(m.participant) for m in incident.members)
    grade = GRADES[incident.grade][words.index]
    closed = words.say("已结", "closed") if incident.closed else words.say("处置中", "open")
    return words.say(
        f"{incident.title}（{words.kind(incident.primary_type)}，{grade}，{closed}；来源：{sources}）"
        f"{words.figures(incident.casualties)}",
        f"{incident.title} ({incident.primary_type.value} {words.kind(incident.primary_type)}, "
        f"{grade}, {closed}; sources: {sources}) {words.figures(incident.casualties)}",
    )


def _details(incident: JointIncident, words: Words) -> Iterator[str]:
    if len(incident.provinces) > 1:
        names = words.say("、", ", ").join(words.name(p) for p in incident.provinces)
        yield words.say(f"跨省界：{names}", f"over a border: {names}")
    for link in incident.links:
        kind = LINK_KINDS[link.kind][words.index]
        score = words.say(f"，评分{link.score:.2f}", f", score {link.score:.2f}")
        scored = score if link.HasField("score") else ""
        yield words.say(
            f"同一事件（{kind}{scored}）：{link.text_zh}",
            f"one event ({kind}{scored}): {link.text_en}",
        )
    own = {(member.participant, member.entity_id) for member in incident.members}
    for kept in incident.kept_apart:
        here = (kept.first.participant, kept.first.entity_id) in own
        other, who = (kept.second if here else kept.first).entity_id, words.name(kept.participant)
        yield words.say(
            f"人工拆分：与{other}非同一事件（{who}：{kept.reason}）",
            f"split by people: not one event with {other} ({who}: {kept.reason})",
        )
    for disagreement in incident.disagreements:
        yield _disagreement(disagreement, words)
    yield from _only_others(incident, words)
    if incident.disagreements:
        chosen = next(m for m in incident.members if m.message_id == incident.figures_message_id)
        name, why = words.name(chosen.participant), RULES[incident.figure_rule][words.index]
        yield words.say(f"采用{name}数据{why}", f"{name}'s figures count{why}")


def _only_others(incident: JointIncident, words: Words) -> Iterator[str]:
    """Figures that others give and whoever counts does not: unknown all the same."""
    for figure, names in FIGURES.items():
        if incident.casualties.HasField(figure):
            continue
        said = [
            f"{words.name(m.participant)} {getattr(m.casualties, figure)}"
            for m in incident.members
            if m.casualties.HasField(figure)
        ]
        if said:
            name, others = names[words.index], words.say("；", "; ").join(said)
            yield words.say(
                f"{name}：主管方未报，未计入；他方所报：{others}",
                f"{name}: not given by who counts, so it is in no total; others say: {others}",
            )


def _disagreement(disagreement: Disagreement, words: Words) -> str:
    group, _, name = disagreement.field.rpartition(".")
    field = FIGURES[name][words.index] if group else _OTHER_FIELDS[name][words.index]
    said = "; ".join(_value(disagreement.field, value, words) for value in disagreement.values)
    return words.say(f"来源不一致 {field}：{said}", f"sources differ on {field}: {said}")


def _value(field: str, said: DisagreementValue, words: Words) -> str:
    value = said.value or "—"
    if said.value and field == "grade":
        value = GRADES[IncidentGrade.Value(said.value)][words.index]
    if said.value and field == "direct_loss_fen":
        value = words.money(int(value))
    time = words.time(said.reported_time)
    return words.say(
        f"{words.name(said.participant)} {value}（{time}）",
        f"{words.name(said.participant)} {value} ({time})",
    )
