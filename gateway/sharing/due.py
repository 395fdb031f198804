"""Whether an entry, and which of its disclosure groups, was due to a peer, by what its origin's log says.

Pure. Nobody but the origin knows when it sent an entry. So an entry is called due only if one clause gave
it at its place and at every place behind it: then it was to be sent whenever that was. So is a group, if
one such clause disclosed it all the while.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from gateway.sharing.activation import Activation
from gateway.sharing.builtin import PREFIX
from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import Kind, Timeline, gives_to


@dataclass(frozen=True, slots=True)
class Due:
    """`clauses` ("agreement/clause") gave the entry at its place and ever since; none: `why` says why not.

    `activations`: of the first clause's agreement, the one in force at the place, and the newest one if
    that is another. `groups`: those that the clauses disclosed all the while, each with the clauses that
    did. `ended`: those that they disclosed at the place and not ever since, with what ended it.
    """

    clauses: tuple[str, ...] = ()
    activations: tuple[Activation, ...] = ()
    why: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ended: Mapping[str, str] = field(default_factory=dict)


Giving = Mapping[str, frozenset[str]]
"""Clauses that give an entry, in their order, each with the groups that it discloses."""


def due(timeline: Timeline, index: int, leaf: bytes, peer: str) -> Due:
    """Whether the entry at an index of a log was due to a peer. `timeline` is that of its origin."""
    content = Content(leaf)
    try:
        day = day_number(content.leaf.stamp.sealed_time.ToMicroseconds())
        return _judged(timeline, index, Kind(0, content.leaf.type, day), content, peer)
    except (DecodeError, ValueError, OverflowError) as error:
        return Due(why=f"nobody can decide on it: {error}")


def deciding(timeline: Timeline, index: int, clauses: Iterable[str]) -> list[Activation]:
    """The activations by which clauses gave the entry at an index, and give it now; in order."""
    place = timeline.place(index)
    found = {a.index: a for clause in clauses for a in _activations(timeline, place, clause)}
    return [found[at] for at in sorted(found)]


def _judged(timeline: Timeline, index: int, kind: Kind, content: Content, peer: str) -> Due:
    first = timeline.place(index)
    giving = _holding(timeline, kind._replace(place=first), content, peer)
    if not giving:
        return Due(why=_why_not(timeline, kind._replace(place=first), peer))
    ended: dict[str, str] = {}
    for place, activation in enumerate(timeline.activations[first:], first + 1):
        still = _kept(giving, _holding(timeline, kind._replace(place=place), content, peer))
        what = f"entry {activation.index} {'withdrew' if activation.withdrawn else 'changed'} "
        what += activation.agreement_id
        if not still:
            return Due(
                why=f"{', '.join(giving)} gave it at its place, but {what}, and what is withdrawn need "
                "not be sent any more"
            )
        ended |= dict.fromkeys(_by_group(giving).keys() - _by_group(still).keys(), what)
        giving = still
    clauses = tuple(giving)
    deciders = tuple(deciding(timeline, index, clauses[:1]))
    return Due(clauses, deciders, groups=_by_group(giving), ended=ended)


def _holding(timeline: Timeline, kind: Kind, content: Content, peer: str) -> Giving:
    """What gives an entry by what is in force at a place."""
    given = timeline.answer(kind, peer).then
    return {one.name: one.groups for one in given if one.holds(content)}


def _kept(giving: Giving, now: Giving) -> Giving:
    """What gave it before and gives it now, with the groups that it disclosed both times."""
    return {name: groups & now[name] for name, groups in giving.items() if name in now}


def _by_group(giving: Giving) -> dict[str, tuple[str, ...]]:
    groups = sorted(frozenset[str]().union(*giving.values()))
    return {g: tuple(name for name, given in giving.items() if g in given) for g in groups}


def _activations(timeline: Timeline, place: int, clause: str) -> Iterator[Activation]:
    if clause.startswith(PREFIX):
        return  # it is given without any agreement
    agreement = clause.partition("/")[0]
    then, now = (timeline.in_force(at)[agreement] for at in (place, None))
    yield then
    if now != then:
        yield now


def _why_not(timeline: Timeline, kind: Kind, peer: str) -> str:
    unmet = [given.name for given in timeline.answer(kind, peer).then]
    if unmet:
        return f"the condition of {', '.join(unmet)} does not hold for it"
    origin, force = timeline.participant, timeline.in_force(kind.place).values()
    known = [activation.agreement for activation in force if activation.agreement]
    naming = [
        agreement
        for agreement in known
        for clause in agreement.clauses
        if gives_to(origin, agreement, clause, peer) and clause.covers(kind.type)
    ]
    if naming:  # and yet it gives nothing: by its days
        days = ", ".join(f"{a.id} ({a.valid_from} to {a.valid_until})" for a in naming)
        return f"it was sealed on a day on which {days} was not valid"
    unread = [activation for activation in force if activation.problem]
    if unread:
        return "; ".join(f"{a.agreement_id} can't be read: {a.problem}" for a in unread)
    if known:
        ids = ", ".join(agreement.id for agreement in known)
        return f"no clause of {ids} gives {kind.type} from {origin} to {peer}"
    return (
        f"no agreement was in force in front of it that {origin} has shown to {peer}; if there was one, "
        "report its activation first"
    )
