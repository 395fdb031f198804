"""Incidents gravest first; warnings and responses in force."""

from collections.abc import Iterable, Iterator

from pipelines.incidents.figures import FIGURES
from pipelines.sitrep import naming
from pipelines.sitrep.changes import figure_of, spoken
from pipelines.sitrep.parts import Figure, Line, Name, Section, line, messages, sub
from pipelines.words import COLORS, GRADES, LEVELS
from pipelines.words import FIGURES as FIGURE_NAMES
from yrd.incident.v1.incident_pb2 import IncidentGrade
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary


def incidents(summary: SituationSummary) -> Section:
    """Totals over distinct incidents, then each incident."""
    lines = [*_totals(summary)]
    for incident in summary.incidents:
        lines += _incident(incident)
    return Section("事件", "Incidents", tuple(lines))


def _totals(summary: SituationSummary) -> Iterator[Line]:
    totals, every = summary.totals, summary.incidents
    if not every:
        return
    of_all = [i for incident in every for i in incident.message_ids]
    of_open = [i for incident in every if not incident.closed for i in incident.message_ids]
    yield line(
        "共{all}起，未结{open}起",
        "{all} in all, {open} open",
        all=naming.count(totals.incidents, of_all),
        open=naming.count(totals.open_incidents, of_open or of_all),
    )
    for figure in FIGURES:
        yield from _total(summary, figure)


def _total(summary: SituationSummary, figure: str) -> Iterator[Line]:
    """The sum of what is known, as the least and the most that it can mean; and what is unknown."""
    known = [i for i in summary.incidents if i.casualties.HasField(figure)]
    unknown = [i for i in summary.incidents if not i.casualties.HasField(figure)]
    totals, (zh, en) = summary.totals, FIGURE_NAMES[figure]
    telling = [i for incident in known for i in spoken(incident)]
    least, most = getattr(totals.known, figure), getattr(totals.at_most, figure)
    silent = naming.count(len(unknown), [i for u in unknown for i in u.message_ids] or telling)
    if not totals.known.HasField(figure):
        if figure == "dead":
            yield line(f"{zh}：不详{{unknown}}起", f"{en}: unknown in {{unknown}}", unknown=silent)
    elif most > least:
        yield line(
            f"{zh}：已知至少{{least}}人，至多{{most}}人；不详{{unknown}}起",
            f"{en}: at least {{least}} known, at most {{most}}; unknown in {{unknown}}",
            least=naming.count(least, telling),
            most=naming.count(most, telling),
            unknown=silent,
        )
    else:
        yield line(
            f"{zh}：已知{{least}}人；不详{{unknown}}起",
            f"{en}: {{least}} known; unknown in {{unknown}}",
            least=naming.count(least, telling),
            unknown=silent,
        )


def _incident(incident: JointIncident) -> Iterator[Line]:
    yield line(
        "{title}（{kind}，{grade}，{state}）：{place}；报告方：{sources}",
        "{title} ({kind}, {grade}, {state}), {place}; told by {sources}",
        title=naming.quoted(incident.title),
        kind=naming.incident_kind(incident.primary_type),
        grade=naming.rank(GRADES[incident.grade], spoken(incident)),
        state=Name("已结", "closed") if incident.closed else Name("处置中", "open"),
        place=naming.place(incident.place.admin_code) if incident.place.admin_code
        else Name("地点不详", "place unknown"),
        sources=naming.participants(m.participant for m in incident.members),
    )  # fmt: skip
    known = [f for f in FIGURES if incident.casualties.HasField(f)]
    for figure in known:
        zh, en = FIGURE_NAMES[figure]
        value = figure_of(incident, figure)
        yield sub(
            f"{zh}{{value}}人",
            f"{{value}} {en}",
            value=naming.count(value.value, value.message_ids),
        )
    if incident.HasField("direct_loss_fen"):
        yield sub(
            "直接经济损失{loss}元",
            "direct loss CNY {loss}",
            loss=naming.count(incident.direct_loss_fen / 100, spoken(incident)),
        )
    if not known:
        yield sub("人数不详", "figures unknown")
    for differing in incident.disagreements:
        for said in differing.values:
            yield sub(
                "来源不一致（{field}）：{who} {value}",
                "sources differ on {field}: {who} {value}",
                field=Name(*_field(differing.field)),
                who=naming.participant(said.participant),
                value=_said(differing.field, said.value, said.message_id),
            )


def _field(field: str) -> tuple[str, str]:
    figure = field.removeprefix("casualties.")
    others = {
        "grade": ("等级", "grade"),
        "direct_loss_fen": ("直接经济损失（分）", "direct loss in fen"),
    }
    return others.get(field) or FIGURE_NAMES.get(figure, (field, field))


def _said(field: str, value: str, message_id: str) -> Figure:
    """A source's value; nothing is unknown."""
    if not value:
        return Figure("不详", "unknown", messages([message_id]))
    if field == "grade":
        return naming.rank(GRADES[IncidentGrade.Value(value)], [message_id])
    return Figure(value, value, messages([message_id]))


def escalations(summary: SituationSummary) -> Section:
    """What someone above or beside should know of now, each with its rule."""
    lines = [
        line(
            "{said}{rule}",
            "{said}{rule}",
            said=Figure(e.text_zh, e.text_en, messages(e.message_ids)),
            rule=Name(f"（{e.rule}）", f" ({e.rule})") if e.rule else Name("", ""),
        )
        for e in summary.escalations
    ]
    return Section("升级提示", "To be noticed", tuple(lines))


def _quoted(text: str, ids: Iterable[str]) -> Figure:
    name = naming.quoted(text)
    return Figure(name.zh, name.en, messages(ids))


def in_force(summary: SituationSummary) -> Section:
    """Responses, the highest first; then warnings, the gravest first; then controls."""
    responses = [
        line(
            "{who}：{kind}{level}响应，{area}",
            "{who}: response to {kind}, level {level}, {area}",
            who=naming.participant(r.participant),
            kind=naming.incident_kind(r.event_type),
            level=naming.rank(LEVELS[r.level], r.message_ids),
            area=naming.area(r.area),
        )
        for r in summary.responses
    ]
    warnings = [
        line(
            "{who}：{kind}{color}预警，{area}",
            "{who}: {color} warning, {kind}, {area}",
            who=naming.participant(w.participant),
            kind=naming.incident_kind(w.event_type),
            color=naming.rank(COLORS[w.color], w.message_ids),
            area=naming.area(w.area),
        )
        for w in summary.warnings
    ]
    controls = [
        line(
            "{who}管控：{what}{only}，{area}",
            "{who}, under control: {what}{only}, {area}",
            who=naming.participant(c.participant),
            what=_quoted(c.object_name, c.message_ids),
            only=Name("（仅危险货物车辆）", " (dangerous goods only)")
            if c.hazmat_only
            else Name("", ""),
            area=naming.area(c.area),
        )
        for c in summary.controls
    ]
    found = (*responses, *warnings, *controls)
    return Section("应急响应、预警与管控", "Responses, warnings and controls", found)
