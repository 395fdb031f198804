"""States that merge: newest revision of each entity, and what was seen of each log.

merge is associative, commutative and idempotent; equal states are equal bytes.
"""

from collections.abc import Iterable, Mapping

from pipelines.scope import Key, micros, scope_of, told_us
from schemas.catalog import type_name
from yrd.exchange.v1.message_pb2 import Message
from yrd.hazmat.v1.hazmat_pb2 import MovementKind
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.state.v1.state_pb2 import CoverageState, EntityState, Held, SequenceRange, State

SUBJECTS: Mapping[str, str] = {
    "yrd.incident.v1.IncidentReport": "incidents",
    "yrd.warning.v1.EarlyWarning": "warnings",
    "yrd.coordination.v1.ResponseActivation": "warnings",
    "yrd.coordination.v1.ControlMeasure": "warnings",
    "yrd.resource.v1.ResourceStatus": "resources",
    "yrd.aid.v1.AidRequest": "aid",
    "yrd.aid.v1.AidResponse": "aid",
    "yrd.hazmat.v1.Waybill": "hazmat",
    "yrd.hazmat.v1.VehicleMovement": "hazmat",
    "yrd.hazmat.v1.HazmatAlert": "hazmat",
}
"""Types that pictures are made of. Pictures themselves are not among them."""

COVERAGE = "coverage"


def fold(messages: Iterable[Message]) -> dict[Key, State]:
    """A batch as states, one for each key that it touches. Types that make no picture are left out."""
    entities: dict[Key, list[Held]] = {}
    seen: dict[Key, list[Message]] = {}
    for message in messages:
        scope, kind = scope_of(message), type_name(message)
        if scope is None or kind is None or kind not in SUBJECTS:
            continue
        origin = message.stamp.origin
        seen.setdefault(Key(scope, COVERAGE, origin), []).append(message)
        entities.setdefault(Key(scope, SUBJECTS[kind], origin), []).extend(_held(message, kind))
    states = {key: State(entities=_newest(held)) for key, held in entities.items()}
    for key, found in seen.items():
        states[key] = State(coverage=_coverage(key.origin, found))
    return states


def _held(message: Message, kind: str) -> list[Held]:
    bare = Message()
    bare.CopyFrom(message)
    bare.ClearField("receipt")
    origin, entity_id = message.stamp.origin, message.header.entity_id
    return [
        Held(type=kind, origin=origin, entity_id=entity_id, slot=slot, message=bare)
        for slot in _slots(message)
    ]


def _slots(message: Message) -> list[str]:
    movement = message.vehicle_movement
    if movement.kind == MovementKind.MOVEMENT_KIND_BORDER_CROSSED:
        return ["", f"border/{movement.from_province}-{movement.to_province}"]
    if message.incident_report.kind == ReportKind.REPORT_KIND_FINAL:
        return ["", "final"]
    return [""]


def _coverage(origin: str, messages: Iterable[Message]) -> CoverageState:
    ranges, last = [], 0
    for message in messages:
        ranges.append((message.stamp.sequence, message.stamp.sequence + 1))
        last = max(last, told_us(message))
    return CoverageState(origin=origin, ranges=_union(ranges), last_told_us=last)


def merge(a: State, b: State) -> State:
    """The state that knows what both know. State() is the identity."""
    if a.WhichOneof("state") is None or b.WhichOneof("state") is None:
        return b if a.WhichOneof("state") is None else a
    if a.HasField("coverage"):
        return State(coverage=_merge_coverage(a.coverage, b.coverage))
    return State(entities=_newest([*a.entities.held, *b.entities.held]))


def merge_all(states: Iterable[State]) -> State:
    """merge over many; once for all of them."""
    found = [state for state in states if state.WhichOneof("state") is not None]
    if not found:
        return State()
    if found[0].HasField("coverage"):
        merged = found[0].coverage
        for state in found[1:]:
            merged = _merge_coverage(merged, state.coverage)
        return State(coverage=merged)
    return State(entities=_newest(held for state in found for held in state.entities.held))


def _newest(held: Iterable[Held]) -> EntityState:
    newest: dict[tuple[str, str, str, str], Held] = {}
    for item in held:
        key = (item.type, item.origin, item.entity_id, item.slot)
        known = newest.get(key)
        if known is None or _older(known.message, item.message):
            newest[key] = item
    return EntityState(held=[newest[key] for key in sorted(newest)])


def _older(a: Message, b: Message) -> bool:
    """Whether b replaces a: by revision, then sealed time, then id; the bytes settle what is left."""
    if a.header.revision != b.header.revision:
        return a.header.revision < b.header.revision
    age_a, age_b = _tie(a), _tie(b)
    if age_a != age_b:
        return age_a < age_b
    return a.SerializeToString(deterministic=True) < b.SerializeToString(deterministic=True)


def _tie(message: Message) -> tuple[int, str]:
    return micros(message.stamp.sealed_time), message.header.message_id


def _merge_coverage(a: CoverageState, b: CoverageState) -> CoverageState:
    ranges = [(r.start, r.end) for r in (*a.ranges, *b.ranges)]
    return CoverageState(
        origin=max(a.origin, b.origin),
        ranges=_union(ranges),
        last_told_us=max(a.last_told_us, b.last_told_us),
    )


def _union(ranges: Iterable[tuple[int, int]]) -> list[SequenceRange]:
    joined: list[SequenceRange] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1].end:
            joined[-1].end = max(joined[-1].end, end)
        else:
            joined.append(SequenceRange(start=start, end=end))
    return joined


def serialise(state: State) -> bytes:
    """Canonical bytes of a state."""
    return state.SerializeToString(deterministic=True)
