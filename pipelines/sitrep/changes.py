"""What changed between two summaries: a pure difference."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from pipelines.incidents.figures import FIGURES
from pipelines.pictures.items import keyed
from pipelines.pictures.matching import entities, match
from yrd.situation.v1.aid_pb2 import AidBranch, AidLife, AidStep
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the messages that it rests on; None is unknown, or not there."""

    value: Any
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `item` is what changed, of the summary that has it, the newer if both do.

    Kinds: new, over, closed, reopened, joined, figure, grade, silent, heard, stage, overdue; and those of
    the fields that are compared.
    """

    kind: str
    item: Any
    field: str = ""
    before: Value = Value(None)
    after: Value = Value(None)


@dataclass(frozen=True, slots=True)
class Help:
    """What one lender does for one line, and the step of it that is meant, if one is."""

    life: AidLife
    branch: AidBranch
    step: AidStep | None = None


def compare(before: SituationSummary, after: SituationSummary) -> list[Change]:
    """What changed, subject by subject; each in the order of the summaries."""
    found = _items(before.incidents, after.incidents, _incident)
    coverage = _coverage(before, after)
    others = [
        _items(_told(before, name), _told(after, name), _differ(kinds))
        for name, kinds in _FIELDS.items()
    ]
    return [*found, *coverage, *chain(*others), *_help(before, after)]


_FIELDS: Mapping[str, Mapping[str, str]] = {
    "escalations": {},
    "storms": {},
    "warnings": {"color": "level"},
    "responses": {"level": "level"},
    "controls": {},
    "readings": {"trend": "level"},
    "earthquakes": {"magnitude": "magnitude"},
    "isolation_zones": {"isolation_meters": "isolation", "protection_meters": "protection"},
    "need_lines": {"shortage": "shortage"},
    "aid": {"state": "state", "offered": "offered"},
    "double_promises": {"promised": "promised"},
}
"""Lists whose items are compared, with the fields of theirs that are, and the kind of a change of that."""


def _told(summary: SituationSummary, name: str) -> list[Any]:
    """Items of a list; of needs those that somebody stated: what is only inferred is no event."""
    return [item for item in getattr(summary, name) if not (name == "need_lines" and item.inferred)]


def figure_of(incident: JointIncident, name: str) -> Value:
    """A figure with the message that it is from."""
    known = incident.casualties.HasField(name)
    return Value(getattr(incident.casualties, name) if known else None, spoken(incident))


def spoken(incident: JointIncident) -> tuple[str, ...]:
    """The message that grade and figures are from; all that the incident rests on if it isn't named."""
    source = incident.figures_message_id
    return (source,) if source else tuple(incident.message_ids)


def _incident(before: JointIncident, after: JointIncident) -> Iterator[Change]:
    if before.closed != after.closed:
        kind = "closed" if after.closed else "reopened"
        yield Change(kind, after, after=Value(True, tuple(after.message_ids)))
    if before.grade != after.grade:
        was_graded, is_graded = (
            Value(before.grade, spoken(before)),
            Value(after.grade, spoken(after)),
        )
        yield Change("grade", after, "grade", was_graded, is_graded)
    for name in FIGURES:
        was, is_ = figure_of(before, name), figure_of(after, name)
        if was.value != is_.value:
            yield Change("figure", after, name, was, is_)


def _coverage(before: SituationSummary, after: SituationSummary) -> Iterator[Change]:
    earlier = {line.participant: line for line in before.coverage}
    for line in after.coverage:
        was = earlier.get(line.participant)
        if was is not None and was.stale != line.stale:
            yield Change("silent" if line.stale else "heard", line)


def _items(
    before: Iterable[Any], after: Iterable[Any], differ: Callable[[Any, Any], Iterable[Change]]
) -> Iterator[Change]:
    """New ones, those that joined another, what differs, and those that are gone."""
    earlier, later = keyed(before), keyed(after)
    found = match(*({k: entities(i) for k, i in of.items()} for of in (earlier, later)))
    for key, item in later.items():
        into = [earlier[k] for k in sorted(found.joined) if found.joined[k] == key]
        same = earlier[key] if key in found.same else (into.pop(0) if into else None)
        if same is None:
            yield Change("new", item, after=Value(True, tuple(item.message_ids)))
            continue
        for other in into:
            yield Change("joined", item, before=Value(_called(other), tuple(other.message_ids)))
        yield from differ(same, item)
    for key, item in earlier.items():
        if key not in found.same and key not in found.joined:
            yield Change("over", item, before=Value(True, tuple(item.message_ids)))


def _called(item: Any) -> str:
    return item.title if isinstance(item, JointIncident) else item.location_name


def _differ(kinds: Mapping[str, str]) -> Callable[[Any, Any], Iterator[Change]]:
    def differ(before: Any, after: Any) -> Iterator[Change]:
        for field, kind in kinds.items():
            was, is_ = _value(before, field), _value(after, field)
            if was.value != is_.value:
                yield Change(kind, after, field, was, is_)

    return differ


def _value(item: Any, field: str) -> Value:
    optional = item.DESCRIPTOR.fields_by_name[field].has_presence
    known = not optional or item.HasField(field)
    return Value(getattr(item, field) if known else None, tuple(item.message_ids))


def _help(before: SituationSummary, after: SituationSummary) -> Iterator[Change]:
    """Stages that help came to, and steps that have become overdue."""
    earlier = _lenders(before)
    for key, help_ in _lenders(after).items():
        was, now = earlier.get(key), help_.branch
        stage = Value(now.stage, tuple(now.message_ids))
        if was is None or was.branch.stage != now.stage:
            before_ = (
                Value(None)
                if was is None
                else Value(was.branch.stage, tuple(was.branch.message_ids))
            )
            yield Change("stage", help_, "stage", before_, stage)
        late = _overdue(was.branch) if was is not None else {}
        for kind, step in _overdue(now).items():
            if kind not in late:
                told = Value(step.late_minutes, tuple(now.message_ids))
                yield Change("overdue", replace(help_, step=step), after=told)


def _lenders(summary: SituationSummary) -> dict[tuple[str, str, str, int], Help]:
    """By request, line and lender; of one lender by order."""
    found: dict[tuple[str, str, str, int], Help] = {}
    for life in summary.aid_lives:
        for branch in life.branches:
            name = life.request_id, life.line_id, branch.provider
            number = sum(1 for key in found if key[:3] == name)
            found[*name, number] = Help(life, branch)
    return found


def _overdue(branch: AidBranch) -> dict[int, AidStep]:
    return {s.kind: s for s in branch.steps if s.late_minutes and not s.HasField("done_time")}
