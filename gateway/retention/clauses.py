"""How long a clause lets its receiver keep what it gave (保存期限). Pure: no I/O, no clock.

The term runs from the day in Beijing on which the origin sealed the message: the stamp is signed, so the
giver, the receiver and an auditor count alike, and a log that is mirrored anew begins no term anew.
"""

from collections.abc import Mapping
from typing import NamedTuple

from google.protobuf.message import DecodeError

from gateway.retention.terms import agreed
from gateway.sharing.activation import Activation
from gateway.sharing.builtin import PREFIX
from gateway.sharing.content import Content
from gateway.sharing.days import day_number
from gateway.sharing.decide import Kind, Timeline
from schemas.message_ids import as_bytes


class Kept(NamedTuple):
    """`clause` ("agreement/clause") lets a disclosure be kept until an instant (µs since 1970).

    `activation`: the 16 bytes of the message_id of the entry that brought the clause into force as it
    stood then.
    """

    clause: str
    activation: bytes
    over_us: int


def kept(timeline: Timeline, index: int, leaf: bytes, group: str, holder: str) -> Kept | None:
    """The clause that lets `holder` keep a group of the entry at an index of a log longest.

    Those count that gave it by what was in force at its place. None if there is no end to it: one of them
    has no term, or it is given without any agreement; nor if nobody can say, since an agreement between
    the two can't be read or no clause gives it. `timeline` is that of the entry's origin.
    """
    content = Content(leaf)
    try:
        sealed_us = content.leaf.stamp.sealed_time.ToMicroseconds()
        kind = Kind(timeline.place(index), content.leaf.type, day_number(sealed_us))
        force = timeline.in_force(kind.place)
        if any(one.problem and holder in one.between for one in force.values()):
            return None
        given = [
            one.name
            for one in timeline.answer(kind, holder).then
            if group in one.groups and one.holds(content)
        ]
        return _longest([_kept(force, name, sealed_us) for name in given])
    except (DecodeError, ValueError, OverflowError):
        return None


def has_terms(timeline: Timeline) -> bool:
    """Whether any agreement ever said how long something may be kept."""
    agreements = [one.agreement for one in timeline.activations if one.agreement]
    return any(clause.retention for agreement in agreements for clause in agreement.clauses)


def _longest(found: list[Kept | None]) -> Kept | None:
    ending = [one for one in found if one is not None]
    if not ending or len(ending) < len(found):
        return None
    return max(ending, key=lambda one: one.over_us)


def _kept(force: Mapping[str, Activation], name: str, sealed_us: int) -> Kept | None:
    """None if there is no end to it."""
    if name.startswith(PREFIX):
        return None
    agreement_id, _, clause_id = name.partition("/")
    activation = force[agreement_id]
    agreement = activation.agreement
    clauses = agreement.clauses if agreement else ()
    retention = next(clause.retention for clause in clauses if clause.id == clause_id)
    if retention is None:
        return None
    return Kept(name, as_bytes(activation.message_id), agreed(retention).over_us(sealed_us))
