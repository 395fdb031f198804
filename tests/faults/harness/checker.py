"""Holds what gateways hold and deliver against the record. Its rules are written out here once.

Nothing of the gateway's code is used: not for who is entitled to what, not for reading a store. Each
method is told what was seen since the last time and yields what is wrong with it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.faults.harness.entitlement import (
    CORE,
    GOVERNANCE,
    PARTICIPANTS,
    Kind,
    parts_at,
    parts_lost,
)
from tests.faults.harness.record import Connection, Delivered, Record, Sent


class Row(NamedTuple):
    """An entry of a log as it lies in a store; `withheld`: only its hash is there."""

    sequence: int
    hash: bytes
    withheld: bool


class Place(NamedTuple):
    """A place in a log."""

    origin: str
    sequence: int


class Checker:
    """Remembers what it has seen, so that nothing may come twice or change, ever."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._told = dict.fromkeys(PARTICIPANTS, 0)
        self._due: dict[str, dict[str, Sent]] = {p: {} for p in PARTICIPANTS}
        self._places: dict[str, Place] = {}
        self._hashes: dict[Place, bytes] = {}
        self._offsets: dict[str, dict[str, int]] = {p: {} for p in PARTICIPANTS}
        self._newest: dict[tuple[str, str], int] = {}
        self._sizes: dict[tuple[str, str], int] = {}
        self._read: dict[str, dict[str, int]] = {p: {} for p in PARTICIPANTS}
        self._governing: set[str] = set()
        self._unread: dict[str, set[str]] = {p: set() for p in PARTICIPANTS}
        self._lost: dict[str, dict[str, frozenset[str]]] = {p: {} for p in PARTICIPANTS}
        self._behind = dict.fromkeys(PARTICIPANTS, 0)
        self._over: dict[str, set[str]] = {p: set() for p in PARTICIPANTS}

    def acknowledgements(self) -> Iterator[str]:
        """What publishers were told since the last time."""
        yield from self._record.problems
        self._record.problems.clear()
        for origin, order in self._record.order.items():
            fresh = order[self._told[origin] :]
            before = order[self._told[origin] - 1 : self._told[origin]]
            for earlier, later in zip(
                [*before, *fresh], fresh if before else fresh[1:], strict=False
            ):
                yield from _rises(origin, earlier, later)
            for sent in fresh:
                yield from self._at(origin, sent)
            self._told[origin] = len(order)

    def _at(self, origin: str, sent: Sent) -> Iterator[str]:
        assert sent.answer is not None
        place = Place(origin, sent.answer.sequence)
        known = self._hashes.setdefault(place, sent.answer.leaf_hash)
        if known != sent.answer.leaf_hash:
            yield f"{sent.message_id} was acknowledged at {place}, which has another hash"
        yield from self._is_there(sent.message_id, place)
        for holder in PARTICIPANTS:
            self._is_due(holder, sent)

    def _is_due(self, holder: str, sent: Sent) -> None:
        if self._parts(holder, sent.message_id, sent.kind):
            self._due[holder][sent.message_id] = sent
            self._unread[holder].add(sent.message_id)

    def _parts(self, holder: str, message_id: str, kind: Kind) -> frozenset[str]:
        """What a holder is to have of a message, as far as it is left at its origin."""
        due = parts_at(kind, holder)
        if holder == kind.origin:
            lost = self._lost[holder].get(message_id, frozenset())
            due = frozenset() if CORE in lost else due - lost
        return due

    def _is_there(self, message_id: str, place: Place) -> Iterator[str]:
        known = self._places.setdefault(message_id, place)
        if known != place:
            yield f"{message_id} is at {place}, and was at {known}"

    def listing(self, holder: str, deliveries: Sequence[Delivered]) -> Iterator[str]:
        """What the holder has received since the last time, complete and in its order."""
        yield from self._order(holder, deliveries)
        for message in deliveries:
            yield from self._message(holder, message)
            self._due[holder].pop(message.message_id, None)
        for message_id, sent in self._due[holder].items():
            yield f"{holder} lacks {message_id} of {sent.kind}, acknowledged as {sent.answer}"
        self._due[holder].clear()

    def _order(self, holder: str, deliveries: Iterable[Delivered]) -> Iterator[str]:
        """Offsets rise. Entries of a log come in its order, but urgent ones may come before."""
        for message in deliveries:
            key, offset = (holder, message.kind.origin), self._newest.get((holder, ""), 0)
            if message.offset <= offset:
                yield f"{holder}: offset {message.offset} follows {offset}"
            self._newest[holder, ""] = message.offset
            if not message.urgent:
                newest = self._newest.get(key, -1)
                if message.sequence <= newest:
                    yield f"{holder}: {message.sequence} of {message.kind.origin} follows {newest}"
                self._newest[key] = message.sequence

    def _message(self, holder: str, message: Delivered) -> Iterator[str]:
        where = f"{holder}: {message.message_id} of {message.kind}"
        if message.message_id in self._offsets[holder]:
            yield f"{where} is there twice"
        self._offsets[holder][message.message_id] = message.offset
        if message.offset <= self._behind[holder]:
            self._unread[holder].discard(message.message_id)
        yield from self._is_there(message.message_id, Place(message.kind.origin, message.sequence))
        if message.kind.body in GOVERNANCE:
            self._governing.add(message.message_id)
            return
        sent = self._record.sent.get(message.message_id)
        if sent is None or sent.kind != message.kind:
            yield f"{where} was never sent"
            return
        yield from self._differs(where, holder, message)

    def _differs(self, where: str, holder: str, message: Delivered) -> Iterator[str]:
        due = self._parts(holder, message.message_id, message.kind)
        if message.parts != due:
            yield f"{where} comes with {sorted(message.parts)}, due {sorted(due)}"
        if message.expired != (message.message_id in self._over[holder]):
            yield f"{where} is {'' if message.expired else 'not '}marked as expired"

    def reader(self, holder: str, connection: Connection) -> Iterator[str]:
        """What a reader with a durable cursor was given on one connection, as far as is known now."""
        read, offset = self._read[holder], connection.behind
        for message in connection.deliveries:
            where = f"reader at {holder}: {message.message_id}"
            if message.offset <= connection.behind:
                yield f"{where} comes again at {message.offset}, behind {connection.behind}"
            elif message.offset <= offset:
                yield f"{where} comes at {message.offset} after {offset}"
            offset = max(offset, message.offset)
            if read.setdefault(message.message_id, message.offset) != message.offset:
                yield f"{where} comes twice, at {read[message.message_id]} and {message.offset}"
            if message.kind.body not in GOVERNANCE:
                yield from self._differs(where, holder, message)
            self._unread[holder].discard(message.message_id)

    def readers_done(self) -> Iterator[str]:
        """All readers have acknowledged all that there is."""
        for holder, unread in self._unread.items():
            yield from (f"reader at {holder} never got {message_id}" for message_id in unread)
            unread.clear()

    def log(self, holder: str, origin: str, rows: Sequence[Row]) -> Iterator[str]:
        """The entries that a store has of a log since the last time, in their order."""
        key, where = (holder, origin), f"{holder}: log of {origin}"
        size = self._sizes.get(key, 0)
        due = list(range(size, size + len(rows)))
        if [row.sequence for row in rows] != due:
            yield f"{where}: entries are not {size} to {size + len(rows)}, each once"
        self._sizes[key] = size + len(rows)
        for row in rows:
            place = Place(origin, row.sequence)
            if self._hashes.setdefault(place, row.hash) != row.hash:
                yield f"{where}: entry {row.sequence} has another hash than elsewhere or before"

    def sizes_are(self, holder: str) -> dict[str, int]:
        """Entries of each log that were seen at a holder."""
        return {origin: self._sizes.get((holder, origin), 0) for origin in PARTICIPANTS}

    def are_over(self, holder: str, message_ids: Iterable[str]) -> None:
        """These are to be marked as expired, too, when they come to a holder."""
        self._over[holder].update(message_ids)

    def rebuilt(self, holder: str, kept: int, acknowledged: int = 0) -> None:
        """A holder lost its store but for `kept` entries of its own log, and got from its peers what they
        had. It has everything anew, at other offsets, and of its own log what had been given to anybody.
        `acknowledged`: where the reader's cursor stands; it goes on behind that.
        """
        self._behind[holder] = acknowledged
        own, sent = self._lost[holder], self._record.sent
        for message_id, place in self._places.items():
            if place.origin == holder and place.sequence >= kept and message_id in sent:
                own[message_id] = parts_lost(sent[message_id].kind)
        for seen in (self._due, self._offsets, self._read):
            seen[holder].clear()
        self._unread[holder].clear()
        self._newest = {key: at for key, at in self._newest.items() if key[0] != holder}
        self._sizes = {key: size for key, size in self._sizes.items() if key[0] != holder}
        for origin, order in self._record.order.items():
            for known in order[: self._told[origin]]:
                self._is_due(holder, known)

    def lost_of(self, origin: str) -> dict[str, frozenset[str]]:
        """Parts of an origin's messages that are lost for good."""
        return {message_id: parts for message_id, parts in self._lost[origin].items() if parts}

    def losses(
        self, origin: str, told: Mapping[int, frozenset[str]], kept: int = 0
    ) -> Iterator[str]:
        """`told`: what a gateway says is lost of its log from `kept` on, by sequence."""
        due = {self._places[m].sequence: parts for m, parts in self.lost_of(origin).items()}
        for sequence in sorted(told.keys() | due.keys()):
            found, true = told.get(sequence, frozenset()), due.get(sequence, frozenset())
            if sequence >= kept and found != true:
                yield f"{origin}: of entry {sequence} {sorted(found)} is told lost, true is {sorted(true)}"

    def level(self) -> Iterator[str]:
        """Everyone holds as many entries of each log, none of them fewer than were acknowledged, and all
        that gateways tell each other about the exchange.
        """
        for holder, offsets in self._offsets.items():
            yield from (
                f"{holder} lacks {m}, which governs" for m in self._governing - offsets.keys()
            )
        for origin in PARTICIPANTS:
            sizes = {holder: self._sizes.get((holder, origin), 0) for holder in PARTICIPANTS}
            if len(set(sizes.values())) != 1:
                yield f"log of {origin} has {sizes} entries"
            order = self._record.order.get(origin)
            last = order[-1].answer if order else None
            if last and min(sizes.values()) <= last.sequence:
                yield f"log of {origin} has {sizes} entries, and {last.sequence} was acknowledged"


def _rises(origin: str, earlier: Sent, later: Sent) -> Iterator[str]:
    assert earlier.answer is not None
    assert later.answer is not None
    if later.answer.sequence <= earlier.answer.sequence:
        yield (
            f"{origin} acknowledged {later.message_id} at {later.answer.sequence} after "
            f"{earlier.answer.sequence}"
        )


def roots_differ(roots: dict[str, dict[str, bytes]]) -> Iterator[str]:
    """`roots`: holder → origin → root hash of the log."""
    for origin in PARTICIPANTS:
        found = {of[origin].hex()[:16] for of in roots.values() if origin in of}
        if len(found) != 1 or any(origin not in of for of in roots.values()):
            yield f"log of {origin} has the roots {sorted(found)}"


def leaked(holder: str, secrets: Iterable[tuple[str, Kind]]) -> Iterator[str]:
    """`secrets`: parts of kinds of messages that were found on a holder's disk."""
    for part, kind in secrets:
        if part not in parts_at(kind, holder):
            yield f"disk of {holder}: {part} of {kind}"
