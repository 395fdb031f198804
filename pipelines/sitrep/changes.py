"""What changed between two summaries: a pure difference."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.incidents.figures import FIGURES
from yrd.situation.v1.situation_pb2 import JointIncident, SituationSummary


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the messages that it rests on; None is unknown, or not there."""

    value: Any
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `item` is what changed, of the summary that has it, the newer if both do.

    Kinds: new, over, closed, reopened, joined, figure, grade, state, offered, level, silent, heard.
    """

    kind: str
    item: Any
    field: str = ""
    before: Value = Value(None)
    after: Value = Value(None)


def compare(before: SituationSummary, after: SituationSummary) -> list[Change]:
    """Incidents, coverage, escalations, warnings, responses, aid; each in the order of the summaries."""
    return [
        *_incidents(before.incidents, after.incidents),
        *_coverage(before, after),
        *_items(before.escalations, after.escalations, _escalation, _same),
        *_items(before.warnings, after.warnings, _entity, _color),
        *_items(before.responses, after.responses, _entity, _level),
        *_items(before.aid, after.aid, lambda a: (a.request_id, a.line_id), _aid),
    ]


def figure_of(incident: JointIncident, name: str) -> Value:
    """A figure with the message that it is from."""
    known = incident.casualties.HasField(name)
    return Value(getattr(incident.casualties, name) if known else None, spoken(incident))


def spoken(incident: JointIncident) -> tuple[str, ...]:
    """The message that grade and figures are from; all that the incident rests on if it isn't named."""
    source = incident.figures_message_id
    return (source,) if source else tuple(incident.message_ids)


def _incidents(before: Sequence[JointIncident], after: Sequence[JointIncident]) -> Iterator[Change]:
    earlier = _by_entity(before)
    seen: set[str] = set()
    for incident in after:
        found = {earlier[e].joint_id: earlier[e] for e in _entities(incident) if e in earlier}
        seen |= found.keys()
        if not found:
            yield Change("new", incident, after=Value(True, tuple(incident.message_ids)))
            continue
        same = found.get(incident.joint_id) or found[min(found)]
        for other in sorted(found.keys() - {same.joint_id}):
            ids = tuple(found[other].message_ids)
            yield Change("joined", incident, before=Value(found[other].title, ids))
        yield from _incident(same, incident)
    for incident in before:
        if incident.joint_id not in seen:
            yield Change("over", incident, before=Value(True, tuple(incident.message_ids)))


def _entities(incident: JointIncident) -> list[str]:
    return [incident.joint_id, *(member.entity_id for member in incident.members)]


def _by_entity(incidents: Iterable[JointIncident]) -> dict[str, JointIncident]:
    return {entity: incident for incident in incidents for entity in _entities(incident)}


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
    before: Iterable[Any],
    after: Iterable[Any],
    key: Callable[[Any], Any],
    differ: Callable[[Any, Any], Iterable[Change]],
) -> Iterator[Change]:
    earlier = {key(item): item for item in before}
    later = {key(item): item for item in after}
    for k, item in later.items():
        if k not in earlier:
            yield Change("new", item, after=Value(True, tuple(item.message_ids)))
        else:
            yield from differ(earlier[k], item)
    for k, item in earlier.items():
        if k not in later:
            yield Change("over", item, before=Value(True, tuple(item.message_ids)))


def _escalation(item: Any) -> tuple[Any, ...]:
    return item.kind, tuple(item.joint_ids), tuple(item.participants), item.rule


def _same(before: Any, after: Any) -> Iterator[Change]:
    yield from ()


def _entity(item: Any) -> tuple[str, str]:
    return item.participant, item.entity_id


def _color(before: Any, after: Any) -> Iterator[Change]:
    if before.color != after.color:
        yield _changed("level", "color", before, after)


def _level(before: Any, after: Any) -> Iterator[Change]:
    if before.level != after.level:
        yield _changed("level", "level", before, after)


def _aid(before: Any, after: Any) -> Iterator[Change]:
    if before.state != after.state:
        yield _changed("state", "state", before, after)
    if before.offered != after.offered:
        yield _changed("offered", "offered", before, after)


def _changed(kind: str, field: str, before: Any, after: Any) -> Change:
    return Change(
        kind,
        after,
        field,
        Value(getattr(before, field), tuple(before.message_ids)),
        Value(getattr(after, field), tuple(after.message_ids)),
    )
