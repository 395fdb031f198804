"""What changed since the report before, in words: old → new."""

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.report.aid import STAGES
from pipelines.report.nature import TRENDS
from pipelines.sitrep import naming
from pipelines.sitrep.changes import Change, compare
from pipelines.sitrep.courses import STEP_TABLE
from pipelines.sitrep.opening import log
from pipelines.sitrep.parts import Figure, Line, Name, Section, line, messages
from pipelines.sitrep.subjects import subject
from pipelines.words import AID_STATES, COLORS, FIGURES, GRADES, LEVELS
from yrd.situation.v1.situation_pb2 import ParticipantCoverage, SituationSummary


def since(before: SituationSummary, after: SituationSummary) -> Section:
    """All changes between two summaries."""
    lines = tuple(_line(change) for change in compare(before, after))
    nothing = line("无变化", "nothing")
    return Section("较上期变化", "What changed since the report before", lines or (nothing,))


_VERBS: Mapping[str, tuple[str, str]] = {
    "new": ("新增{what}{mark}", "new: {what}{mark}"),
    "over": ("不再有{what}{mark}", "no longer there: {what}{mark}"),
    "closed": ("已结{what}{mark}", "closed: {what}{mark}"),
    "reopened": ("重新处置{what}{mark}", "open again: {what}{mark}"),
    "joined": ("{what}已并入{other}", "{what} now includes {other}"),
    "figure": ("{what}{field}：{before} → {after}", "{what}, {field}: {before} → {after}"),
    "grade": ("{what}等级：{before} → {after}", "{what}, grade: {before} → {after}"),
    "level": ("{what}：{before} → {after}", "{what}: {before} → {after}"),
    "state": ("{what}：{before} → {after}", "{what}: {before} → {after}"),
    "offered": ("{what}已承诺：{before} → {after}", "{what}, offered: {before} → {after}"),
    "magnitude": ("{what}震级：{before} → {after}", "{what}, magnitude: {before} → {after}"),
    "isolation": (
        "{what}隔离距离（米）：{before} → {after}",
        "{what}, isolation distance (m): {before} → {after}",
    ),
    "protection": (
        "{what}防护距离（米）：{before} → {after}",
        "{what}, protective distance (m): {before} → {after}",
    ),
    "shortage": ("{what}缺口：{before} → {after}", "{what}, short of: {before} → {after}"),
    "promised": ("{what}已承诺：{before} → {after}", "{what}, promised: {before} → {after}"),
    "stage": ("{what}：{before} → {after}", "{what}: {before} → {after}"),
    "overdue": ("{what}已超时约{late}分钟", "{what} OVERDUE by about {late} min"),
    "silent": ("{what}转为静默（最近报送{last}）", "{what} has fallen silent (last told {last})"),
    "heard": ("{what}恢复报送（最近报送{last}）", "{what} is heard again (last told {last})"),
}


def _line(change: Change) -> Line:
    zh, en = _VERBS[change.kind]
    parts: dict[str, Figure | Name] = {"what": subject(change.item)}
    if change.kind in {"new", "over", "closed", "reopened"}:
        seen = change.before if change.kind == "over" else change.after
        parts["mark"] = Figure("", "", messages(seen.message_ids))
    elif change.kind == "joined":
        title = naming.quoted(change.before.value)
        parts["other"] = Figure(title.zh, title.en, messages(change.before.message_ids))
    elif change.kind in {"silent", "heard"}:
        parts["last"] = _last_told(change.item)
    elif change.kind == "overdue":
        parts["late"] = _late(change)
    else:
        parts |= _old_and_new(change)
    return line(zh, en, **parts)


def _last_told(covered: ParticipantCoverage) -> Figure:
    if not covered.message_count:
        return Figure("不详", "unknown", log(covered))
    return naming.instant(covered.last_told_time, log(covered))


def _late(change: Change) -> Figure:
    sources = messages(change.after.message_ids)
    if change.item.step.due_inferred:
        sources += (STEP_TABLE,)
    return naming.sourced(change.after.value, sources)


def _old_and_new(change: Change) -> dict[str, Figure | Name]:
    show: Callable[[object, tuple[str, ...]], Figure] = naming.known
    scale = _scale(change)
    if scale is not None:
        show = lambda value, ids: naming.rank(scale[value], ids)  # noqa: E731
    parts: dict[str, Figure | Name] = {
        "before": show(change.before.value, change.before.message_ids),
        "after": show(change.after.value, change.after.message_ids),
    }
    if change.kind == "figure":
        parts["field"] = Name(*FIGURES[change.field])
    return parts


def _scale(change: Change) -> Mapping[Any, tuple[str, str]] | None:
    return _SCALES.get(change.field)


_SCALES: Mapping[str, Mapping[Any, tuple[str, str]]] = {
    "grade": GRADES,
    "color": COLORS,
    "level": LEVELS,
    "state": AID_STATES,
    "trend": TRENDS,
    "stage": {**STAGES, None: ("无", "none")},
}
