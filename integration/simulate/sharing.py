"""Who gets what, by the drill's own agreements: the shapes that the delta's four provinces agreed on.

Agreements name the delta's participants alone. What Shanghai gives to Jiangsu, a neighbour on a corridor,
stands for neighbours anywhere; what it gives to Anhui, with which it shares no border, for all others; what
it gives to the joint duty room, and what that gives to it, for the room.
"""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path

from gateway.agreements import read
from gateway.sharing.activation import Activation
from gateway.sharing.decide import Kind, Timeline
from integration.simulate.provinces import JOINT, Place
from integration.stack import AGREEMENTS
from schemas.disclosure import groups

DAY = date(2026, 11, 29).toordinal()
"""A day on which the drill's agreements are valid."""


class Relation(Enum):
    """What a receiver is to an origin, and the pair of the delta that shows it."""

    NEIGHBOUR = ("310000", "320000")
    FAR = ("310000", "340000")
    TO_JOINT = ("310000", JOINT)
    FROM_JOINT = (JOINT, "310000")


class View(Enum):
    """What a receiver gets of an entry."""

    WHOLE = "whole"
    REDACTED = "redacted"
    WITHHELD = "withheld"


def relation(origin: Place, receiver: Place) -> Relation:
    """What a receiver is to an origin; neither is a relay."""
    if receiver.code == JOINT:
        return Relation.TO_JOINT
    if origin.code == JOINT:
        return Relation.FROM_JOINT
    return Relation.NEIGHBOUR if receiver.code in origin.borders else Relation.FAR


@cache
def view(type_name: str, of: Relation) -> View:
    """What a receiver gets of a type of messages."""
    origin, receiver = of.value
    timeline = _timeline(origin)
    decision = timeline.answer(Kind(timeline.place(0), type_name, DAY), receiver).fixed
    if decision is None:
        raise ValueError(f"{type_name}: agreements with conditions are not simulated")
    if not decision.shared:
        return View.WITHHELD
    return View.WHOLE if groups(type_name) <= decision.groups else View.REDACTED


def most(views: Sequence[View]) -> View:
    """What one must get who passes on all of these."""
    return min(views, key=list(View).index, default=View.WITHHELD)


@cache
def _timeline(origin: str) -> Timeline:
    loaded, problems = read(sorted(Path(AGREEMENTS).glob("*.yaml")))
    if problems:
        raise ValueError(problems[0].text)
    activations = [
        Activation(-1, "", 0, a.id, a.between, b"", a) for a in (one.agreement for one in loaded)
    ]
    return Timeline(origin, activations)
