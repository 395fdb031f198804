"""Summaries and proposals as text, Chinese first, then English. Coverage comes first in both."""

from collections.abc import Callable, Iterable

from pipelines import report_hazmat, report_nature, report_supplies
from pipelines.amounts import amount
from pipelines.report_incidents import cascade_lines, escalation_lines, incident_lines
from pipelines.report_words import AID_STATES, EN, ZH, Words
from yrd.situation.v1.situation_pb2 import (
    AidProposal,
    Allocation,
    SituationSummary,
)


def summary_text(summary: SituationSummary) -> str:
    """The summary in Chinese and in English."""
    return "\n\n".join(_summary(summary, words) for words in (ZH, EN))


def _summary(summary: SituationSummary, words: Words) -> str:
    say = words.say
    title = say("联合态势摘要", "Joint situation summary")
    until = say("截至", "as of")
    hour = say("（北京时间）", " Beijing time")
    parts = [f"【{title}】{until} {words.time(summary.as_of_time)}{hour}"]
    sections: list[tuple[str, Callable[[SituationSummary, Words], Iterable[str]]]] = [
        (say("数据覆盖", "Coverage"), _coverage),
        (say("升级提示", "To be noticed"), escalation_lines),
        (say("联合事件", "Joint incidents"), incident_lines),
        (say("灾害链", "Cascades"), cascade_lines),
        (say("生效预警", "Warnings in force"), _warnings),
        (say("应急响应", "Responses in force"), _responses),
        (say("管控措施", "Controls in force"), _controls),
        *report_nature.sections(words),
        (say("可支援资源", "Resources to spare"), _resources),
        (say("互助", "Mutual aid"), _aid),
        (say("危险货物运输", "Dangerous goods on the road"), report_hazmat.lines),
        *report_supplies.sections(words),
    ]
    for heading, lines in sections:
        found = list(lines(summary, words)) or [say("无", "none")]
        parts.append("\n".join([heading, *(f"  · {line}" for line in found)]))
    return "\n".join(parts)


def _coverage(summary: SituationSummary, words: Words) -> Iterable[str]:
    for line in summary.coverage:
        name = words.name(line.participant)
        if not line.message_count:
            yield words.say(f"{name}：从未报送", f"{name}: never spoke")
            continue
        told = words.time(line.last_told_time)
        silent = words.say("，已静默", ", SILENT since") if line.stale else ""
        yield words.say(
            f"{name}：{line.message_count}条，最近报送{told}{silent}",
            f"{name}: {line.message_count} messages, last told {told}{silent}",
        )


def _warnings(summary: SituationSummary, words: Words) -> Iterable[str]:
    for warning in summary.warnings:
        color = words.color(warning.color)
        kind = words.kind(warning.event_type)
        area = words.area(warning.area)
        yield words.say(
            f"{words.name(warning.participant)} {kind}{color}预警：{area}",
            f"{words.name(warning.participant)} {kind}, {color}: {area}",
        )


def _responses(summary: SituationSummary, words: Words) -> Iterable[str]:
    for response in summary.responses:
        level = words.level(response.level)
        kind = words.kind(response.event_type)
        name = words.name(response.participant)
        yield words.say(f"{name} {kind}{level}响应", f"{name} {kind}, level {level}")


def _controls(summary: SituationSummary, words: Words) -> Iterable[str]:
    for control in summary.controls:
        who = words.say("仅危险货物车辆", "dangerous goods only") if control.hazmat_only else ""
        name = words.name(control.participant)
        yield f"{name} {control.object_name} {who}".rstrip()


def _resources(summary: SituationSummary, words: Words) -> Iterable[str]:
    for line in summary.resources:
        if line.spare:
            name, ability = words.name(line.participant), words.ability(line.capability)
            yield words.say(
                f"{name} {ability}：可调出{amount(line.spare)}{line.unit}（可用{amount(line.available)}）",
                f"{name} {ability}: {amount(line.spare)} {line.unit} to spare of {amount(line.available)}",
            )


def _aid(summary: SituationSummary, words: Words) -> Iterable[str]:
    for line in summary.aid:
        name, ability = words.name(line.requester), words.ability(line.capability)
        state = AID_STATES[line.state][words.index]
        unit, wanted = line.requested.unit, amount(line.requested.value)
        given = amount(line.offered)
        yield words.say(
            f"{name} 请求{ability}{wanted}{unit}：{state}，已承诺{given}{unit}",
            f"{name} asks for {wanted} {unit} {ability}: {state}, {given} offered",
        )


def proposal_text(proposal: AidProposal) -> str:
    """A proposal in Chinese and in English."""
    return "\n".join(_proposal(proposal, words) for words in (ZH, EN))


def _proposal(proposal: AidProposal, words: Words) -> str:
    name = words.name(proposal.beneficiary)
    lines = [
        words.say(
            f"【互助建议】受援方：{name}（仅供决策，不构成请求）",
            f"[Mutual-aid proposal] for {name} (people decide; nothing has been requested)",
        )
    ]
    if proposal.withdrawn:
        lines.append(
            words.say("  · 已撤回", "  · withdrawn: no longer needed, or no longer possible")
        )
    for line in proposal.lines:
        need, unit = line.need, line.need.quantity.unit
        lines.append(
            words.say(
                f"  · {words.ability(need.capability)}：需要{amount(need.quantity.value)}{unit}，"
                f"已落实{amount(line.already_covered)}，缺口余{amount(line.unmet)}",
                f"  · {words.ability(need.capability)}: {amount(need.quantity.value)} {unit} needed, "
                f"{amount(line.already_covered)} found, {amount(line.unmet)} still unmet",
            )
        )
        lines += [_allocation(a, words) for a in line.allocations]
        for obstacle in line.obstacles:
            lines.append("      " + words.say(obstacle.text_zh, obstacle.text_en))
    return "\n".join(lines)


def _allocation(given: Allocation, words: Words) -> str:
    why = given.reasons[0].text_zh if words is ZH else given.reasons[0].text_en
    who, how_much = words.name(given.participant), amount(given.quantity.value)
    unit, minutes = given.quantity.unit, given.arrival_minutes
    known = given.HasField("arrival_minutes")
    when = words.say(
        f"约{minutes}分钟到达" if known else "到达时间不详",
        f"there in about {minutes} min" if known else "time of arrival unknown",
    )
    return words.say(
        f"      {who} {given.resource_name} {how_much}{unit}，{when}；{why}",
        f"      {who} {given.resource_name} {how_much} {unit}, {when}; {why}",
    )
