"""States that merge: newest revision of each entity, and what was seen of each log.

merge is associative, commutative and idempotent; equal states are equal bytes. Messages stay serialised
in a state: merging compares what ranks them and never reads them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from pipelines.facts.scope import Key, scope_of
from pipelines.facts.seen import Seen, merge_seen
from pipelines.facts.slots import slots_of
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import EntityState, Held, State

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


class Slot(NamedTuple):
    """What one message is kept under: type, entity, and a fact that later revisions must not hide.

    The origin is part of the key of the state.
    """

    type: str
    entity_id: str
    name: str


Ranked = tuple[int, int, str, bytes]
"""Revision, instant of sealing, id, and the serialised message: the greater is the newer."""


class Folding:
    """Folds messages one after the other. Far cheaper than merging a state for each.

    What is done for each message is written out here and short: this is what a backfill's time goes into.
    """

    def __init__(self) -> None:
        self._logs: dict[tuple[str, str], _Log] = {}

    def add(self, message: Message, bare: bytes | None = None) -> None:
        """Takes a message in; types that make no picture are left out. The message may change no more.

        `bare` is the message serialised, without a receipt, if that is at hand.
        """
        kind = _KINDS.get(message.WhichOneof("body"))
        if kind is None:
            return
        header, stamp = message.header, message.stamp
        scope, origin = scope_of(message), stamp.origin
        if scope is None:
            return
        log = self._logs.get((scope, origin))
        if log is None:
            log = self._logs[scope, origin] = _Log(message)
        log.seen.add(stamp.sequence, message)
        sealed = stamp.sealed_time
        sealed_us = sealed.seconds * 1_000_000 + sealed.nanos // 1000
        if bare is None:
            bare = _bare(message)
        ranked = header.revision, sealed_us, header.message_id, bare
        type_, entity_id, entities = kind.type, header.entity_id, log.entities[kind.subject]
        for name in slots_of(message, kind.field):
            slot = type_, entity_id, name
            known = entities.get(slot)
            if known is None or known < ranked:
                entities[slot] = ranked

    def states(self) -> dict[Key, State]:
        """A state for each key that was touched."""
        return {key: state for (key, _), state in self.pieces(1).items()}

    def pieces(self, count: int) -> dict[tuple[Key, int], State]:
        """The same, each state in up to `count` pieces."""
        found: dict[tuple[Key, int], State] = {}
        for (scope, origin), log in self._logs.items():
            found[Key(scope, COVERAGE, origin), 0] = State(coverage=log.seen.state(origin))
            for subject, entities in log.entities.items():
                key = Key(scope, subject, origin)
                for piece, state in _states(origin, entities, count).items():
                    found[key, piece] = state
        return found


Entities = dict[tuple[str, str, str], Ranked]
"""The newest by slot. A tuple made as such takes a tenth of what a named one does."""


class _Log:
    """What was folded of one log in one scope."""

    __slots__ = ("entities", "seen")

    def __init__(self, first: Message) -> None:
        self.seen = Seen(first)
        self.entities: defaultdict[str, Entities] = defaultdict(dict)


class _Kind(NamedTuple):
    type: str
    subject: str
    field: str


_KINDS: Mapping[str | None, _Kind] = {
    BODY_FIELDS[name].name: _Kind(name, subject, BODY_FIELDS[name].name)
    for name, subject in SUBJECTS.items()
}


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
        return State(coverage=merge_seen([state.coverage for state in found]))
    newest: dict[tuple[str, str, str], Held] = {}
    for state in found:
        for held in state.entities.held:
            slot = held.type, held.entity_id, held.slot
            known = newest.get(slot)
            if known is None or _rank(known) < _rank(held):
                newest[slot] = held
    merged = State()
    merged.entities.held.extend([newest[slot] for slot in sorted(newest)])
    return merged


def _rank(held: Held) -> Ranked:
    return held.revision, held.sealed_us, held.message_id, held.message


def _states(origin: str, entities: Entities, count: int) -> dict[int, State]:
    """A state in up to `count` pieces."""
    if count == 1:
        return {0: _state(origin, entities, sorted(entities))}
    pieces: defaultdict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for slot in sorted(entities):
        pieces[_piece(slot[1], count)].append(slot)
    return {piece: _state(origin, entities, slots) for piece, slots in pieces.items()}


def _state(origin: str, entities: Entities, slots: Iterable[tuple[str, str, str]]) -> State:
    """Fields are set one by one in place: by keyword, and copied twice, they take five times as long."""
    state = State()
    add = state.entities.held.add
    for slot in slots:
        held = add()
        held.type, held.entity_id, held.slot = slot
        held.origin = origin
        held.revision, held.sealed_us, held.message_id, held.message = entities[slot]
    return state


def pieces_of(state: State, count: int) -> dict[int, State]:
    """A state in up to `count` pieces, in the same way: what is of one entity is in one of them."""
    if state.HasField("coverage"):
        return {0: state}
    pieces: defaultdict[int, State] = defaultdict(State)
    for held in state.entities.held:
        pieces[_piece(held.entity_id, count)].entities.held.append(held)
    return pieces


def _piece(entity_id: str, count: int) -> int:
    return crc32(entity_id.encode()) % count


def serialise(state: State) -> bytes:
    """Canonical bytes of a state."""
    return state.SerializeToString(deterministic=True)
