"""What is known of one scope, for views to read: messages by type, coverage, and a digest of all of it.

Facts take in merged states again and again, so a view of a large scope costs what has changed, not what
there is. What can never matter again leaves them by itself (pipelines.over).
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from pipelines.facts.in_order import InOrder
from pipelines.facts.latest import latest_us
from pipelines.facts.over import over_us
from pipelines.facts.scope import Key, micros
from pipelines.facts.state import Slot, serialise, slot_of
from schemas.catalog import BODY_FIELDS
from yrd.exchange.v1.message_pb2 import Message
from yrd.state.v1.state_pb2 import CoverageState, Held, State

_MODULUS = 1 << 256
_SOME = 1000
"""Instants of what has been replaced that are worth no clearing up."""
_FIELDS = {name: field.name for name, field in BODY_FIELDS.items()}

Place = tuple[str, str, str]
"""Origin, entity id and slot of a message among those of its type: the order in which views read them."""


class _Fact(NamedTuple):
    message: Message
    digest: int
    over_us: int | None


class Facts:
    """Messages and coverage of one scope. Pure: time comes in with `as_of`."""

    def __init__(self, states: Mapping[Key, State] | None = None) -> None:
        self._facts: dict[str, dict[Place, _Fact]] = {}
        self._places: dict[str, InOrder[Place]] = {}
        self._sorted: dict[str, list[Message]] = {}
        self._kept: dict[str, list[Message]] = {}
        self._over: list[tuple[int, str, Place]] = []
        self._sum = 0
        self.coverage: dict[str, CoverageState] = {}
        self.update(states or {})

    def update(self, states: Mapping[Key, State]) -> None:
        """Takes in merged states: what they hold is at least as new as what is here."""
        for key, state in states.items():
            if state.HasField("coverage"):
                self._cover(key, state)
            for held in state.entities.held:
                self._hold(key, held)

    def _cover(self, key: Key, state: State) -> None:
        before = self.coverage.get(key.origin)
        if before is not None:
            self._sum -= _digest(key, Slot("", "", ""), serialise(State(coverage=before)))
        self._sum += _digest(key, Slot("", "", ""), serialise(state))
        self.coverage[key.origin] = state.coverage

    def _hold(self, key: Key, held: Held) -> None:
        field, slot = _FIELDS[held.type], slot_of(held)
        digest = _digest(key, slot, held.message)
        place = key.origin, held.entity_id, held.slot
        facts = self._facts.setdefault(field, {})
        before = facts.get(place)
        if before is None:
            self._places.setdefault(field, InOrder()).add(place)
        elif before.digest == digest:
            return
        else:
            self._sum -= before.digest
        message = Message.FromString(held.message)
        fact = facts[place] = _Fact(message, digest, over_us(message, held.slot))
        self._sum += digest
        if fact.over_us is not None:
            heapq.heappush(self._over, (fact.over_us, field, place))
            if len(self._over) > 2 * len(self) + _SOME:
                self._forget_revisions()
        self._forget_order(field)

    def _forget_revisions(self) -> None:
        """Leaves out when what has been replaced would have been over."""
        self._over = [
            (fact.over_us, field, place)
            for field, facts in self._facts.items()
            for place, fact in facts.items()
            if fact.over_us is not None
        ]
        heapq.heapify(self._over)

    def include(self, key: Key, state: State) -> bool:
        """Whether all that a state holds is here, or something newer.

        False, too, if there is nothing here any more, and for coverage: only merging shows that.
        """
        held = state.entities.held
        return not state.HasField("coverage") and all(self._includes(key, one) for one in held)

    def _includes(self, key: Key, held: Held) -> bool:
        place = key.origin, held.entity_id, held.slot
        fact = self._facts.get(_FIELDS[held.type], {}).get(place)
        if fact is None:
            return False
        header, sealed = fact.message.header, fact.message.stamp.sealed_time
        known = header.revision, micros(sealed), header.message_id
        ranked = held.revision, held.sealed_us, held.message_id
        if known == ranked:  # the same, unless its bytes differ
            return fact.digest == _digest(key, slot_of(held), held.message)
        return known > ranked

    def compact(self, as_of_us: int) -> None:
        """Drops what can't matter at that instant or later."""
        while self._over and self._over[0][0] <= as_of_us:
            at, field, place = heapq.heappop(self._over)
            fact = self._facts[field].get(place)
            if fact is not None and fact.over_us == at:
                del self._facts[field][place]
                self._places[field].remove(place)
                self._sum -= fact.digest
                self._forget_order(field)

    def _forget_order(self, field: str) -> None:
        self._sorted.pop(field, None)
        self._kept.pop(field, None)

    def newest(self, field: str) -> list[Message]:
        """Newest revision of each entity of a type (by its field name in Message), by origin and entity.

        The very same list, of the very same messages, as long as none of that type has changed.
        """
        if field not in self._sorted:
            self._sorted[field] = [m for place, m in self._in_order(field) if place[2] == ""]
        return self._sorted[field]

    def kept(self, field: str) -> list[Message]:
        """Messages of a type that later revisions must not hide."""
        if field not in self._kept:
            self._kept[field] = [m for place, m in self._in_order(field) if place[2] != ""]
        return self._kept[field]

    def _in_order(self, field: str) -> Iterator[tuple[Place, Message]]:
        facts = self._facts.get(field, {})
        places = self._places[field].things() if facts else ()
        return ((place, facts[place].message) for place in places)

    def digest(self) -> str:
        """SHA-256 over each of the inputs, summed up: the same however they came in. Hexadecimal."""
        return f"{self._sum % _MODULUS:064x}"

    def last_told_us(self) -> int:
        """Newest instant that anyone told of, but for those whose clock is far ahead of all others'."""
        return latest_us(c.last_told_us for c in self.coverage.values())

    def __len__(self) -> int:
        return sum(map(len, self._facts.values()))


def _digest(key: Key, slot: Iterable[str], data: bytes) -> int:
    digest = sha256("|".join((key.text(), *slot)).encode())
    digest.update(b"\0" + data)
    return int.from_bytes(digest.digest())
