"""Coverage (数据覆盖): who is silent since when, and what that hides. It comes first."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pipelines.sitrep import naming
from pipelines.sitrep.parts import Line, LogSource, Section, line, sub
from yrd.situation.v1.aid_pb2 import AidStage
from yrd.situation.v1.situation_pb2 import ParticipantCoverage, SituationSummary


def coverage(summary: SituationSummary) -> Section:
    """The silent first."""
    silent_first = sorted(summary.coverage, key=lambda covered: not covered.stale)
    lines = [found for covered in silent_first for found in _covered(summary, covered)]
    return Section("数据覆盖", "Coverage", tuple(lines))


def log(covered: ParticipantCoverage) -> tuple[LogSource, ...]:
    """A participant's log as a source."""
    return (LogSource(covered.participant, covered.last_sequence),)


def _covered(summary: SituationSummary, covered: ParticipantCoverage) -> Iterator[Line]:
    who = naming.participant(covered.participant)
    if not covered.message_count:
        yield line(
            "{who}：从未报送，其情况一概不详",
            "{who} has never told anything: nothing is known of it",
            who=who,
        )
        return
    told = {
        "count": naming.sourced(covered.message_count, log(covered)),
        "last": naming.instant(covered.last_told_time, log(covered)),
    }
    if not covered.stale:
        yield line(
            "{who}：报送{count}条，最近{last}",
            "{who}: {count} messages, the last at {last}",
            who=who,
            **told,
        )
        return
    yield line(
        "{who}：自{last}起静默（共报送{count}条），以下各项如有变化均未反映：",
        "{who}: SILENT since {last} ({count} messages in all); changes in these are not seen:",
        who=who,
        **told,
    )
    yield from _hidden(summary, covered.participant)


def _hidden(summary: SituationSummary, participant: str) -> Iterator[Line]:
    """What the picture has of a silent participant: it may be out of date."""
    reports = [
        (member.message_id,)
        for incident in summary.incidents
        if not incident.closed
        for member in incident.members
        if member.participant == participant
    ]
    items: dict[tuple[str, str], Sequence[Sequence[str]]] = {
        ("未结事件报告", "reports on open incidents"): reports,
        ("生效预警", "warnings in force"): _of(summary.warnings, participant),
        ("应急响应", "responses in force"): _of(summary.responses, participant),
        ("管控措施", "controls in force"): _of(summary.controls, participant),
        ("资源类别", "kinds of resources"): _of(summary.resources, participant),
        ("在途危险货物", "trips with dangerous goods"): _of(summary.hazmat, participant),
        ("互助请求", "requests for aid"): _requests(summary, participant),
        ("对外互助", "help to others"): _help(summary, participant),
    }
    lines = [
        sub(
            f"{zh}：{{count}}",
            f"{en}: {{count}}",
            count=naming.count(len(found), [id_ for ids in found for id_ in ids]),
        )
        for (zh, en), found in items.items()
        if found
    ]
    nothing = sub("（尚无其有效信息）", "(nothing of it is in the picture)")
    yield from lines or [nothing]


def _of(items: Iterable[Any], participant: str) -> list[Sequence[str]]:
    """Messages of each item that is the participant's."""
    return [item.message_ids for item in items if item.participant == participant]


def _requests(summary: SituationSummary, participant: str) -> list[Sequence[str]]:
    return [asked.message_ids for asked in summary.aid if asked.requester == participant]


def _help(summary: SituationSummary, participant: str) -> list[Sequence[str]]:
    """What it was asked for and has answered, or more."""
    return [
        branch.message_ids
        for life in summary.aid_lives
        for branch in life.branches
        if branch.provider == participant and branch.stage != AidStage.AID_STAGE_REQUESTED
    ]
