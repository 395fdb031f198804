"""A report of a series: the first (首报), or one that follows (续报) and says what changed."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.sitrep import naming
from pipelines.sitrep.difference import since
from pipelines.sitrep.events import escalations, in_force, incidents
from pipelines.sitrep.hazmat import hazmat
from pipelines.sitrep.nature import nature
from pipelines.sitrep.needs import aid, needs, questions
from pipelines.sitrep.opening import coverage
from pipelines.sitrep.parts import Figure, MessageSource, Section, SetSource, SummarySource
from pipelines.sitrep.storms import storms
from pipelines.sitrep.text import Footnotes, Origins, body, footnotes, number
from pipelines.words import EN, ZH, Words
from yrd.situation.v1.situation_pb2 import SituationSummary


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its number in the series from 1 on, its summary, and the summary of the one before."""

    number: int
    summary: SituationSummary
    previous: SituationSummary | None = None


def sections(report: Report) -> list[Section]:
    """Coverage comes first, questions about the data last."""
    summary = report.summary
    changed = [] if report.previous is None else [since(report.previous, summary)]
    return [
        coverage(summary),
        incidents(summary),
        escalations(summary),
        *changed,
        storms(summary),
        in_force(summary),
        nature(summary),
        hazmat(summary),
        needs(summary),
        aid(summary),
        questions(summary),
    ]


def cited(report: Report) -> frozenset[str]:
    """Ids of all messages that the report's footnotes name."""
    return frozenset(_ids(sections(report)))


def text(report: Report, known: Origins) -> str:
    """The report in Chinese and in English, over the same footnotes."""
    found, notes = sections(report), Footnotes()
    as_of = naming.instant(report.summary.as_of_time, (SummarySource(report.summary.input_digest),))
    notes.mark(as_of.sources)
    number((line for section in found for line in section.lines), notes)
    parts = [
        f"{_heading(report, as_of, words, notes)}\n{body(found, words, notes)}"
        for words in (ZH, EN)
    ]
    return "\n\n".join([*parts, footnotes(notes, known)])


def _heading(report: Report, as_of: Figure, words: Words, notes: Footnotes) -> str:
    first = report.number == 1
    until = as_of.zh + notes.mark(as_of.sources)
    title = words.say(
        f"【联合态势报告 {'首报' if first else f'续报第{report.number - 1}期'}】截至{until}（北京时间）",
        f"[Joint situation report, {'first report' if first else f'follow-up {report.number - 1}'}] "
        f"as of {until} Beijing time",
    )
    draft = words.say(
        "草稿：由所列消息汇编而成，须经值班人员核定后方可报送；方括号内为来源编号，见文末",
        "Draft, compiled from the messages listed: an officer must check it before it is sent; numbers in "
        "brackets are sources, see the end",
    )
    return f"{title}\n{draft}"


def _ids(found: list[Section]) -> Iterator[str]:
    for section in found:
        for line in section.lines:
            for part in line.parts.values():
                if isinstance(part, Figure):
                    for source in part.sources:
                        if isinstance(source, MessageSource):
                            yield source.message_id
                        elif isinstance(source, SetSource):
                            yield from source.message_ids
