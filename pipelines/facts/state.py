"""States that merge: newest revision of each entity, and what was seen of each log.

merge is associative, commutative and idempotent; equal states are equal bytes. Messages stay serialised
in a state: merging compares what ranks them and never reads them.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipelines.facts.scope import ACTUAL, Key, micros, scope_of, told_us
from pipelines.facts.slots import slots_of
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import CoverageState, EntityState, Held, SequenceRange, State

SUBJECTS: Mapping[str, str] = {
    "yrd.incident.v1.IncidentReport": "incidents",
    "yrd.situation.v1.IncidentDecision": "incidents",
    "yrd.warning.v1.EarlyWarning": "warnings",
    "yrd.coordination.v1.ResponseActivation": "warnings",
    "yrd.coordination.v1.ControlMeasure": "warnings",
    "yrd.resource.v1.ResourceStatus": "resources",
    "yrd.aid.v1.AidRequest": "aid",
    "yrd.aid.v1.AidResponse": "aid",
    "yrd.aid.v1.AidOrder": "aid",
    "yrd.aid.v1.AidCommitment": "aid",
    "yrd.aid.v1.AidDeployment": "aid",
    "yrd.aid.v1.AidExtension": "aid",
    "yrd.aid.v1.AidRelease": "aid",
    "yrd.aid.v1.AidReturn": "aid",
    "yrd.aid.v1.AidSettlement": "aid",
    "yrd.hazmat.v1.Waybill": "hazmat",
    "yrd.hazmat.v1.VehicleMovement": "hazmat",
    "yrd.hazmat.v1.HazmatAlert": "hazmat",
    "yrd.hazmat.v1.BorderHandover": "hazmat",
    "yrd.monitoring.v1.Observation": "readings",
    "yrd.monitoring.v1.EarthquakeReport": "earthquakes",
}
"""Types that pictures are made of. Pictures themselves are not among them."""

COVERAGE = "coverage"
Part = tuple[str, str]
"""Key of a state, and one of its slots, as texts."""
MOST_LOOSE = 10_000
"""Sequence numbers that are kept one by one while folding."""


class Slot(NamedTuple):
    """What one message is kept under: type, entity, and a fact that later revisions must not hide.

    The origin is part of the key of the state.
    """

    type: str
    entity_id: str
    name: str


class Ranked(NamedTuple):
    """A serialised message with what ranks it: the greater is the newer."""

    revision: int
    sealed_us: int
    message_id: str
    message: bytes


Entities = dict[Slot, Ranked]


class Folding:
    """Folds messages one after the other. Far cheaper than merging a state for each."""

    def __init__(self) -> None:
        self._entities: dict[tuple[str, str, str], Entities] = {}
        self._seen: dict[tuple[str, str], _Seen] = {}

    def add(self, message: Message) -> None:
        """Takes a message in; types that make no picture are left out. The message may change no more."""
        kind = _KINDS.get(message.WhichOneof("body") or "")
        scope = scope_of(message) if kind else None
        if kind is None or scope is None:
            return
        header, stamp = message.header, message.stamp
        origin = stamp.origin
        seen = self._seen.get((scope, origin))
        if seen is None:
            seen = self._seen[scope, origin] = _Seen()
        sealed_us = micros(stamp.sealed_time)
        told = sealed_us if scope is ACTUAL else told_us(message)
        seen.add(stamp.sequence, told)
        ranked = Ranked(header.revision, sealed_us, header.message_id, _bare(message))
        entities = self._entities.get((scope, kind.subject, origin))
        if entities is None:
            entities = self._entities[scope, kind.subject, origin] = {}
        for name in slots_of(message, kind.field):
            slot = Slot(kind.type, header.entity_id, name)
            known = entities.get(slot)
            if known is None or known < ranked:
                entities[slot] = ranked

    def states(self) -> dict[Key, State]:
        """A state for each key that was touched."""
        found = {Key(*key): _state(key[2], held) for key, held in self._entities.items()}
        for (scope, origin), seen in self._seen.items():
            found[Key(scope, COVERAGE, origin)] = State(coverage=seen.state(origin))
        return found


class _Kind(NamedTuple):
    type: str
    subject: str
    field: str


_KINDS = {
    BODY_FIELDS[name].name: _Kind(name, subject, BODY_FIELDS[name].name)
    for name, subject in SUBJECTS.items()
}


class _Seen:
    """Sequence numbers of one log, as ranges, the newest of them not yet joined; when the last was told."""

    __slots__ = ("_loose", "_newest", "_ranges")

    def __init__(self) -> None:
        self._loose: list[int] = []
        self._ranges: list[SequenceRange] = []
        self._newest = -1, 0

    def add(self, sequence: int, told_us: int) -> None:
        """Takes one in."""
        self._newest = max(self._newest, (sequence, told_us))
        self._loose.append(sequence)
        if len(self._loose) == MOST_LOOSE:
            self._join()

    def _join(self) -> None:
        known = [(r.start, r.end) for r in self._ranges]
        self._ranges = _union([*known, *((n, n + 1) for n in set(self._loose))])
        self._loose.clear()

    def state(self, origin: str) -> CoverageState:
        self._join()
        return CoverageState(origin=origin, ranges=self._ranges, last_told_us=self._newest[1])


def _bare(message: Message) -> bytes:
    """Serialised, without the receipt."""
    if message.HasField("receipt"):
        bare = Message()
        bare.CopyFrom(message)
        bare.ClearField("receipt")
        message = bare
    return message.SerializeToString(deterministic=True)


def fold(messages: Iterable[Message]) -> dict[Key, State]:
    """A batch as states, one for each key that it touches. Types that make no picture are left out."""
    folding = Folding()
    for message in messages:
        folding.add(message)
    return folding.states()


def parts_of(key: Key, state: State) -> dict[Part, State]:
    """A state cut into states of one slot each, by the key and the slot as texts. They merge to it again."""
    if state.HasField("coverage"):
        return {(key.text(), ""): state}
    return {
        (key.text(), "|".join(slot_of(held))): State(entities=EntityState(held=[held]))
        for held in state.entities.held
    }


def slot_of(held: Held) -> Slot:
    """What it is kept under."""
    return Slot(held.type, held.entity_id, held.slot)


def merge(a: State, b: State) -> State:
    """The state that knows what both know. State() is the identity."""
    return merge_all((a, b))


def merge_all(states: Iterable[State]) -> State:
    """merge over many; once for all of them."""
    found = [state for state in states if state.WhichOneof("state") is not None]
    if len(found) < 2:
        return found[0] if found else State()
    if found[0].HasField("coverage"):
        return State(coverage=_merge_coverage([state.coverage for state in found]))
    newest: dict[Slot, Held] = {}
    for state in found:
        for held in state.entities.held:
            slot = slot_of(held)
            known = newest.get(slot)
            if known is None or _ranked(known) < _ranked(held):
                newest[slot] = held
    return State(entities=EntityState(held=[newest[slot] for slot in sorted(newest)]))


def _ranked(held: Held) -> Ranked:
    return Ranked(held.revision, held.sealed_us, held.message_id, held.message)


def _state(origin: str, entities: Entities) -> State:
    return State(
        entities=EntityState(
            held=[
                Held(
                    type=slot.type,
                    origin=origin,
                    entity_id=slot.entity_id,
                    slot=slot.name,
                    revision=entities[slot].revision,
                    sealed_us=entities[slot].sealed_us,
                    message_id=entities[slot].message_id,
                    message=entities[slot].message,
                )
                for slot in sorted(entities)
            ]
        )
    )


def _merge_coverage(all_of_them: list[CoverageState]) -> CoverageState:
    return CoverageState(
        origin=max(c.origin for c in all_of_them),
        ranges=_union((r.start, r.end) for c in all_of_them for r in c.ranges),
        last_told_us=max(map(_newest_told, all_of_them))[1],
    )


def _newest_told(seen: CoverageState) -> tuple[int, int]:
    """End of the log as seen, and when its last entry was told: the greater is the newer."""
    return seen.ranges[-1].end if seen.ranges else 0, seen.last_told_us


def _union(ranges: Iterable[tuple[int, int]]) -> list[SequenceRange]:
    joined: list[list[int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [SequenceRange(start=start, end=end) for start, end in joined]


def serialise(state: State) -> bytes:
    """Canonical bytes of a state."""
    return state.SerializeToString(deterministic=True)
