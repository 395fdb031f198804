"""Summaries as text, Chinese first, then English. Coverage comes first in both."""

from collections.abc import Callable, Iterable

from pipelines.amounts import amount
from pipelines.report import hazmat, nature, questions, supplies
from pipelines.report.aid import aid_lines
from pipelines.report.incidents import cascade_lines, escalation_lines, incident_lines
from pipelines.report.warnings import warning_line
from pipelines.words import EN, ZH, Words
from yrd.situation.v1.situation_pb2 import SituationSummary


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
        *nature.sections(words),
        (say("可支援资源", "Resources to spare"), _resources),
        (say("互助", "Mutual aid"), aid_lines),
        (say("危险货物运输", "Dangerous goods on the road"), hazmat.lines),
        *supplies.sections(words),
        (say("数据疑问", "Questions about the data"), questions.lines),
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
    return (warning_line(warning, words) for warning in summary.warnings)


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
