"""A state machine as a table of transitions, and what follows from the table.

Several parties may take part in one machine, each with messages under an entity_id of its own. Whoever
sees only one party's messages knows the state only up to what the others may have done between them;
so what is known is a set of states, written as their names joined by "|".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

START = "none"
"""Where every machine begins: nothing has been said yet."""


@dataclass(frozen=True, slots=True)
class Transition:
    """From a state, by a step, to a state."""

    source: str
    step: str
    target: str


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A table of transitions; `parties` says who may take which steps, all in lower case.

    Compared by identity: hashing the table would cost more than the look-up that it is hashed for.
    """

    name: str
    title_zh: str
    title_en: str
    transitions: tuple[Transition, ...]
    parties: tuple[tuple[str, frozenset[str]], ...]

    @property
    def states(self) -> tuple[str, ...]:
        """All states in the order in which the table first names them."""
        named = (state for t in self.transitions for state in (t.source, t.target))
        return tuple(dict.fromkeys(named))

    @property
    def steps(self) -> tuple[str, ...]:
        """All steps in the order in which the table first names them."""
        return tuple(dict.fromkeys(t.step for t in self.transitions))

    def steps_of(self, party: str) -> frozenset[str]:
        """Steps that a party may take. Raises KeyError for a party that the machine has not."""
        return dict(self.parties)[party]


def machine(
    name: str,
    titles: tuple[str, str],
    rows: Iterable[tuple[str, str, str]],
    parties: dict[str, str] | None = None,
) -> Machine:
    """A machine from rows of (states, steps, target), where | joins several states or steps.

    `titles` are Chinese and English; `parties` names who takes which steps, also joined by |; without
    it one party, "author", takes them all. Raises ValueError for a table that can't be right.
    """
    transitions = tuple(
        Transition(source, step, target)
        for sources, steps, target in rows
        for source in sources.split("|")
        for step in steps.split("|")
    )
    steps = frozenset(t.step for t in transitions)
    who = {party: frozenset(words.split("|")) for party, words in (parties or {}).items()}
    made = Machine(name, *titles, transitions, tuple(who.items()) or (("author", steps),))
    _require_sound(made)
    return made


def _require_sound(made: Machine) -> None:
    keys = [(t.source, t.step) for t in made.transitions]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise ValueError(f"{made.name}: {twice[0]} has two transitions by {twice[1]}: keep one")
    taken = frozenset[str]().union(*(steps for _, steps in made.parties))
    if taken != frozenset(made.steps):
        odd = ", ".join(sorted(taken ^ frozenset(made.steps)))
        raise ValueError(f"{made.name}: steps and parties differ on {odd}: name them in both")
    reached = _closure(made, frozenset([START]), frozenset(made.steps))
    lost = sorted(frozenset(made.states) - reached)
    if lost:
        raise ValueError(f"{made.name}: {', '.join(lost)} can't be reached from {START}")


@cache
def advance(made: Machine, own_steps: frozenset[str], known: str, step: str) -> str | None:
    """What is known after one's own step; None if it may not follow.

    `known` is what this returned before, or "" at the beginning; `own_steps` are those that the
    party's message could take, all others may have happened unseen.
    """
    before = _before(made, own_steps, known)
    after = frozenset(t.target for t in made.transitions if t.source in before and t.step == step)
    return "|".join(sorted(after)) or None


@cache
def allowed(made: Machine, own_steps: frozenset[str], known: str) -> tuple[str, ...]:
    """Which of one's own steps may follow, in the order of the table."""
    before = _before(made, own_steps, known)
    possible = {t.step for t in made.transitions if t.source in before and t.step in own_steps}
    return tuple(step for step in made.steps if step in possible)


def _before(made: Machine, own_steps: frozenset[str], known: str) -> frozenset[str]:
    states = frozenset(known.split("|")) if known else frozenset([START])
    return _closure(made, states, frozenset(made.steps) - own_steps)


def _closure(made: Machine, states: frozenset[str], steps: frozenset[str]) -> frozenset[str]:
    """All states that can be reached by those steps, the given ones included."""
    while True:
        more = {t.target for t in made.transitions if t.source in states and t.step in steps}
        if more <= states:
            return states
        states |= more


def replay(made: Machine, steps: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """State after all parties' steps in order, and the steps that could not follow and were skipped."""
    state, skipped = START, list[str]()
    table = {(t.source, t.step): t.target for t in made.transitions}
    for step in steps:
        target = table.get((state, step))
        if target is None:
            skipped.append(step)
        else:
            state = target
    return state, tuple(skipped)


def mermaid(made: Machine) -> str:
    """The table as a Mermaid state diagram; steps with the same ends share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for t in made.transitions:
        arrows.setdefault((t.source, t.target), []).append(t.step)
    lines = ["stateDiagram-v2"]
    for (source, target), steps in arrows.items():
        begin = "[*]" if source == START else source
        lines.append(f"    {begin} --> {target}: {', '.join(s.replace(':', ' ') for s in steps)}")
    ends = [s for s in made.states if s not in {t.source for t in made.transitions}]
    return "\n".join([*lines, *(f"    {end} --> [*]" for end in ends)])
