"""State machines: what the tables say is what is accepted, for whole machines and for one party's view."""

import itertools

import pytest

from schemas.catalog import BODY_FIELDS
from schemas.states import tables
from schemas.states.machine import START, Machine, advance, allowed, machine, mermaid, replay
from schemas.states.steps import SOURCES, Step, follow, may_follow, step_of
from tests.support.builders import draft
from yrd.coordination.v1.dialogue_pb2 import Objection
from yrd.hazmat.v1.handover_pb2 import BorderHandover

EVERY_MACHINE = pytest.mark.parametrize("made", tables.MACHINES, ids=lambda m: m.name)


def path_to(made: Machine, state: str) -> tuple[str, ...]:
    """Shortest steps from the beginning to a state."""
    paths: dict[str, tuple[str, ...]] = {START: ()}
    for _ in made.states:
        for t in made.transitions:
            if t.source in paths and t.target not in paths:
                paths[t.target] = (*paths[t.source], t.step)
    return paths[state]


@EVERY_MACHINE
def test_each_state_accepts_the_steps_of_its_table_and_no_others(made: Machine) -> None:
    table = {(t.source, t.step): t.target for t in made.transitions}
    every, refused = frozenset(made.steps), 0
    for state, step in itertools.product(made.states, made.steps):
        known = ""
        for earlier in path_to(made, state):
            known = advance(made, every, known, earlier) or pytest.fail(f"{earlier} refused")
        assert (known or START) == state
        assert advance(made, every, known, step) == table.get((state, step))
        assert (step in allowed(made, every, known)) == ((state, step) in table)
        refused += (state, step) not in table
    assert refused, "a machine that refuses nothing is no rule"


@EVERY_MACHINE
def test_a_replay_skips_what_can_not_follow(made: Machine) -> None:
    table = {(t.source, t.step) for t in made.transitions}
    for state, step in itertools.product(made.states, made.steps):
        reached, skipped = replay(made, (*path_to(made, state), step))
        assert bool(skipped) == ((state, step) not in table)
        assert (reached == state) or not skipped


@EVERY_MACHINE
def test_a_diagram_has_every_state_and_step(made: Machine) -> None:
    drawn = mermaid(made)
    for state in made.states:
        assert state == START or state in drawn
    for step in made.steps:
        assert step.replace(":", " ") in drawn


@EVERY_MACHINE
def test_each_party_sees_no_step_refused_that_the_whole_machine_allows(made: Machine) -> None:
    """Whoever sees only its own steps must not be stricter than who sees all."""
    for state in made.states:
        steps = path_to(made, state)
        for _, own in made.parties:
            known = ""
            for step in (s for s in steps if s in own):
                after = advance(made, own, known, step)
                assert after is not None, (steps, step)
                known = after


def test_every_type_with_a_machine_says_one_of_its_steps() -> None:
    for name, source in SOURCES.items():
        body = BODY_FIELDS[name].message_type.fields_by_name[source.field]  # type: ignore[union-attr]
        if source.flag:
            words = set(source.flag)
        else:
            values = body.enum_type.values  # type: ignore[union-attr]
            prefix = values[0].name.removesuffix("UNSPECIFIED")
            words = {source.prefix + v.name.removeprefix(prefix).lower() for v in values[1:]}
        assert words <= set(source.machine.steps), name


def test_every_step_of_every_machine_is_said_by_some_type_or_line() -> None:
    by_line = {s for s in tables.AID_LINE.steps if s.startswith(("respond:", "commit:"))}
    by_line.add("release")
    for made in tables.MACHINES:
        said = set(by_line) if made is tables.AID_LINE else set()
        for name, source in SOURCES.items():
            if source.machine is made:
                said |= {step for step in made.steps if follow_any(name, step)}
        assert said == set(made.steps), made.name


def follow_any(name: str, step: str) -> bool:
    """Whether messages of the type could ever take the step."""
    source = SOURCES[name]
    parties = [p for p, steps in source.machine.parties if step in steps]
    everything = "|".join(source.machine.states)
    return (
        follow(everything, Step(name, step, parties[0] if source.author_field else "")) is not None
    )


INCIDENT = "yrd.incident.v1.IncidentReport"
MOVEMENT = "yrd.hazmat.v1.VehicleMovement"
HANDOVER = "yrd.hazmat.v1.BorderHandover"
DEPLOYMENT = "yrd.aid.v1.AidDeployment"


@pytest.mark.parametrize(
    ("kind", "party", "steps", "last"),
    [
        (INCIDENT, "", "initial follow_up final", "correction"),
        (INCIDENT, "", "follow_up", "final"),
        (MOVEMENT, "", "border_crossed stopped offline", "position"),
        (MOVEMENT, "", "departed checkpoint", "arrived"),
        (HANDOVER, "to_province", "refused", "accepted"),
        (HANDOVER, "from_province", "noticed noticed", "closed"),
        (DEPLOYMENT, "", "deploy:mobilizing deploy:en_route", "deploy:on_scene"),
        ("yrd.aid.v1.AidSettlement", "requester", "settle:disputed settle:accepted", "settle:paid"),
    ],
)
def test_stories_that_are_told(kind: str, party: str, steps: str, last: str) -> None:
    known = ""
    for step in (*steps.split(), last):
        after = follow(known, Step(kind, step, party))
        assert after is not None, step
        known = after


@pytest.mark.parametrize(
    ("kind", "party", "steps", "last"),
    [
        (INCIDENT, "", "", "correction"),
        (INCIDENT, "", "initial", "initial"),
        (INCIDENT, "", "initial final", "follow_up"),
        (INCIDENT, "", "initial withdrawal", "correction"),
        (MOVEMENT, "", "departed arrived", "position"),
        (MOVEMENT, "", "", "offline"),
        (HANDOVER, "from_province", "noticed closed", "noticed"),
        (HANDOVER, "from_province", "", "closed"),
        (DEPLOYMENT, "", "deploy:on_scene", "deploy:en_route"),
        (DEPLOYMENT, "", "deploy:mobilizing deploy:aborted", "deploy:on_scene"),
        ("yrd.aid.v1.AidRequest", "", "request withdraw", "request"),
        ("yrd.aid.v1.AidSettlement", "requester", "settle:accepted settle:paid", "settle:disputed"),
    ],
)
def test_stories_that_are_refused(kind: str, party: str, steps: str, last: str) -> None:
    known = ""
    for step in steps.split():
        known = follow(known, Step(kind, step, party)) or pytest.fail(step)
    assert follow(known, Step(kind, last, party)) is None
    assert last not in may_follow(known, Step(kind, last, party))


def test_the_party_is_who_speaks() -> None:
    made = BorderHandover(author="320000", from_province="310000", to_province="320000", step=2)  # type: ignore[arg-type]
    assert step_of(made) == Step(HANDOVER, "accepted", "to_province")
    raised = Objection(author="joint", objector="joint", addressee="340000", step=1)  # type: ignore[arg-type]
    assert step_of(raised) == Step("yrd.coordination.v1.Objection", "raised", "objector")
    assert step_of(draft().incident_report) == Step(INCIDENT, "initial")
    assert step_of(draft().header) is None


@pytest.mark.parametrize(
    ("rows", "parties", "words"),
    [
        ([("none", "a", "x"), ("none", "a", "y")], None, "two transitions"),
        ([("none", "a", "x"), ("y", "a", "x")], None, "can't be reached"),
        ([("none", "a", "x")], {"one": "b"}, "steps and parties differ on a, b"),
    ],
)
def test_a_table_that_can_not_be_right_is_refused(
    rows: list[tuple[str, str, str]], parties: dict[str, str] | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        machine("odd", ("", ""), rows, parties)
