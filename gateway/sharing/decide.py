"""What one peer may see of one entry of a log.

An entry is decided by what was in force at its place in the log, and by what is in force now: what
was withdrawn since is no longer given, and what is newly given begins with the next entry. Whether an
agreement is valid is judged on the day (in Beijing) on which the entry was sealed.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from gateway.log.sealing import SealedPart
from gateway.log.wire_form import delimited
from gateway.sharing.activation import Activation, in_force
from gateway.sharing.agreement import Agreement, Clause
from gateway.sharing.builtin import PREFIX, RULES, Rule
from gateway.sharing.content import Content
from yrd.exchange.v1.message_pb2 import SealedEntry


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to share, with which groups, and why.

    `clauses` are named "agreement/clause"; `activations` are the message_ids of the entries that
    brought their agreements into force.
    """

    shared: bool
    groups: frozenset[str] = frozenset()
    clauses: tuple[str, ...] = ()
    activations: tuple[str, ...] = ()

    @property
    def given(self) -> frozenset[str] | None:
        """The groups; None if it is withheld. Whatever peers see alike is given alike."""
        return self.groups if self.shared else None


WITHHELD = Decision(shared=False)
NOW = -1
"""A place that stands for what is in force now."""
_LEAF, _LEAF_HASH = SealedEntry.LEAF_FIELD_NUMBER, SealedEntry.LEAF_HASH_FIELD_NUMBER
_DISCLOSURES = SealedEntry.DISCLOSURES_FIELD_NUMBER
ANSWERS_KEPT = 10_000


class Kind(NamedTuple):
    """All entries of a kind are decided alike, unless a condition looks at their content.

    `place` numbers what is in force there (Timeline.place); `day` is an ordinal, in Beijing.
    """

    place: int
    type: str
    day: int


def always(_: Content) -> bool:
    """What holds for a clause without a condition."""
    return True


@dataclass(frozen=True, slots=True)
class Given:
    """A clause that gives a kind of entries to a peer; of these, those for which `holds` is true."""

    name: str
    groups: frozenset[str]
    activation: str = ""
    holds: Callable[[Content], bool] = always


@dataclass(slots=True)
class Answer:
    """What a peer may see of a kind: then, by what was in force at its place, and now."""

    then: tuple[Given, ...]
    now: tuple[Given, ...]
    fixed: Decision | None = None
    _known: dict[tuple[bool, ...], Decision] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if all(given.holds is always for given in (*self.then, *self.now)):
            self.fixed = _meet(self.then, self.now)

    def of(self, content: Content) -> Decision:
        """The decision on one entry."""
        if self.fixed is not None:
            return self.fixed
        then = tuple(given.holds(content) for given in self.then)
        now = then
        if self.now is not self.then:
            now = tuple(given.holds(content) for given in self.now)
        return self._decided(then, now)

    def at_place(self, content: Content) -> Decision:
        """The decision by what was in force at the entry's place alone."""
        held = _held(self.then, [given.holds(content) for given in self.then])
        return _meet(held, held)

    def _decided(self, then: tuple[bool, ...], now: tuple[bool, ...]) -> Decision:
        key = (*then, *now)
        if key not in self._known:
            self._known[key] = _meet(_held(self.then, then), _held(self.now, now))
        return self._known[key]


def _held(given: Sequence[Given], holds: Sequence[bool]) -> tuple[Given, ...]:
    return tuple(one for one, held in zip(given, holds, strict=True) if held)


def _meet(then: tuple[Given, ...], now: tuple[Given, ...]) -> Decision:
    """What both give."""
    if not then or not now:
        return WITHHELD
    still = {given.name for given in now}
    named = [given for given in then if given.name in still] or then
    groups = _groups(then) & _groups(now)
    activations = dict.fromkeys(given.activation for given in named if given.activation)
    return Decision(True, groups, tuple(given.name for given in named), tuple(activations))


def _groups(given: Iterable[Given]) -> frozenset[str]:
    return frozenset(group for one in given for group in one.groups)


class Timeline:
    """The agreements in force along one participant's log. It never changes; `extended` makes a new one.

    `now`: what is in force now, where that is not yet sealed into the log.
    """

    def __init__(
        self,
        participant: str,
        activations: Sequence[Activation] = (),
        now: Mapping[str, Activation] | None = None,
    ) -> None:
        self.participant = participant
        self._now = now
        self.activations = tuple(activations)
        self._starts = [activation.index + 1 for activation in activations]
        self._answers: dict[tuple[Kind, str], Answer] = {}
        self._given: dict[tuple[Kind, str], tuple[Given, ...]] = {}
        self._with: dict[tuple[str, int], tuple[str, ...]] = {}

    def extended(self, activations: Iterable[Activation]) -> "Timeline":
        """With further activations, behind those known. What is in force now is what they say."""
        return Timeline(self.participant, (*self.activations, *activations))

    def place(self, index: int) -> int:
        """How many activations lie before an index."""
        return bisect_right(self._starts, index)

    def in_force(self, place: int | None = None) -> dict[str, Activation]:
        """Agreement id → its activation, at a place; None: now."""
        return in_force(self.activations[:place])

    def in_force_now(self) -> Mapping[str, Activation]:
        """Agreement id → what is in force now, sealed or not."""
        return self.in_force() if self._now is None else self._now

    def decide(self, index: int, type_name: str, day: int, peer: str, leaf: bytes) -> Decision:
        """What `peer` may see of the entry at `index`, sealed on a day (ordinal, in Beijing)."""
        return self.answer(Kind(self.place(index), type_name, day), peer).of(Content(leaf))

    def answer(self, kind: Kind, peer: str) -> Answer:
        """What `peer` may see of a kind of entries."""
        key = kind, peer
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
                self._given.clear()
            then, now = self._gives(kind, peer), self._gives(kind._replace(place=NOW), peer)
            if self._now is None and kind.place == len(self.activations):
                now = then
            answer = self._answers[key] = Answer(then, now)
        return answer

    def agreements_with(self, peer: str, day: int) -> tuple[str, ...]:
        """Ids of the agreements in force now that give a peer anything on a day (ordinal, in Beijing)."""
        known = self._with.get((peer, day))
        if known is None:
            known = self._with[peer, day] = tuple(
                agreement.id
                for activation in self.in_force().values()
                if (agreement := activation.agreement) and valid_on(agreement, day)
                if any(gives_to(self.participant, agreement, c, peer) for c in agreement.clauses)
            )
        return known

    def _gives(self, kind: Kind, peer: str) -> tuple[Given, ...]:
        key = kind, peer
        if key not in self._given:
            force = self.in_force_now() if kind.place == NOW else self.in_force(kind.place)
            clauses = clauses_given(self.participant, force.values(), kind.type, kind.day, peer)
            self._given[key] = (*_builtin(kind.type, peer), *clauses)
        return self._given[key]


def clauses_given(
    participant: str, force: Iterable[Activation], type_name: str, day: int, peer: str
) -> list[Given]:
    """The clauses that may give a type to a peer on a day (ordinal, in Beijing)."""
    return [
        Given(
            f"{agreement.id}/{clause.id}",
            frozenset(clause.disclose),
            activation.message_id,
            _condition(clause, f"{agreement.id}/{clause.id}"),
        )
        for activation in force
        if (agreement := activation.agreement) and valid_on(agreement, day)
        for clause in agreement.clauses
        if gives_to(participant, agreement, clause, peer) and clause.covers(type_name)
    ]


def _condition(clause: Clause, name: str) -> Callable[[Content], bool]:
    condition = clause.condition
    return always if condition is None else lambda content: condition.holds(content, name)


def valid_on(agreement: Agreement, day: int) -> bool:
    """Whether it is valid on a day (ordinal, in Beijing)."""
    return agreement.valid_from <= date.fromordinal(day) <= agreement.valid_until


def gives(participant: str, agreement: Agreement, clause: Clause) -> bool:
    """Whether a participant is one that gives by a clause."""
    return participant in (clause.givers or agreement.between)


def gives_to(participant: str, agreement: Agreement, clause: Clause, peer: str) -> bool:
    """Whether a participant gives to a peer by a clause."""
    return gives(participant, agreement, clause) and peer in clause.to


def _builtin(type_name: str, peer: str) -> list[Given]:
    return [
        Given(PREFIX + rule.id, rule.groups, "", _asks(rule, peer))
        for rule in RULES.get(type_name, ())
    ]


def _asks(rule: Rule, peer: str) -> Callable[[Content], bool]:
    gives_ = rule.gives
    return always if gives_ is None else lambda content: gives_(content.core, peer)


class Sharing:
    """The timeline of the own log as it is now. Followed by the writer, read by everyone."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def follow(self, activations: Sequence[Activation]) -> None:
        """Goes on with activations that are durable. To be called before anyone can read them."""
        self.timeline = self.timeline.extended(activations)


def sealed_view(
    leaf: bytes, leaf_hash: bytes, parts: Sequence[SealedPart], groups: frozenset[str] | None
) -> bytes:
    """The entry as it leaves for a peer: a serialised SealedEntry. What is not given is not in it.

    `groups`: as Decision.given.
    """
    if groups is None:
        return delimited(_LEAF_HASH, leaf_hash)
    view = delimited(_LEAF, leaf)
    if not parts:
        return view
    given = [delimited(_DISCLOSURES, part.data) for part in parts if part.group in groups]
    return b"".join((view, *given))
