"""What a drill says when the summaries or proposals are not those that the scenario makes due."""

from collections.abc import Callable
from pathlib import Path

import pytest

from integration.drill.facts import Facts
from integration.drill.holdings import Holding
from tests.support.builders import message
from tests.support.facts import FIRE, FLOOD, failed, good, held, view
from yrd.coordination.v1.dialogue_pb2 import ObjectionGround, ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode
from yrd.situation.v1.situation_pb2 import Allocation

SUMMARY = "the last summary is right"
PROPOSALS = "the expected proposals exist"
APART = "exercise traffic is in no actual summary"


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    return good(tmp_path)


SAID: list[tuple[str, Callable[[Message], object], set[str], str]] = [
    (
        "other figures",
        lambda m: setattr(m.situation_summary.incidents[0].casualties, "dead", 2),
        {SUMMARY},
        "'dead': 2",
    ),
    (
        "an unknown figure as zero",
        lambda m: setattr(m.situation_summary.incidents[0].casualties, "injured", 0),
        {SUMMARY},
        "'injured': 0",
    ),
    (
        "zero as unknown",
        lambda m: m.situation_summary.incidents[0].casualties.ClearField("missing"),
        {SUMMARY},
        "'missing': 0",
    ),
    (
        "another member",
        lambda m: m.situation_summary.incidents[0].members.add(entity_id=FIRE),
        {SUMMARY},
        FIRE,
    ),
    ("an incident lost", lambda m: m.situation_summary.ClearField("incidents"), {SUMMARY}, FLOOD),
    (
        "a warning lost",
        lambda m: m.situation_summary.ClearField("warnings"),
        {SUMMARY},
        "warnings []",
    ),
    (
        "a message not taken in",
        lambda m: setattr(m.situation_summary.coverage[0], "message_count", 2),
        {SUMMARY},
        "coverage {'310000': 2",
    ),
    ("a silent one left out", lambda m: m.situation_summary.coverage.pop(), {SUMMARY}, "coverage"),
    (
        "another instant",
        lambda m: setattr(m.situation_summary.as_of_time, "seconds", 1),
        {SUMMARY},
        "as of 1970",
    ),
]


@pytest.mark.parametrize(
    ("tamper", "names", "words"), [row[1:] for row in SAID], ids=[row[0] for row in SAID]
)
def test_what_is_wrong_with_the_summary_is_said(
    facts: Facts, tamper: Callable[[Message], object], names: set[str], words: str
) -> None:
    tamper(view(facts))
    found = failed(facts)
    assert set(found) == names
    assert words in found[SUMMARY]


def test_the_actual_summary_is_looked_at_too(facts: Facts) -> None:
    view(facts, "ACTUAL").situation_summary.incidents[0].casualties.dead = 5
    assert set(failed(facts)) == {SUMMARY}


def test_without_an_actual_view_nothing_was_kept_apart(facts: Facts) -> None:
    actual = view(facts, "ACTUAL")
    for messages in facts.observed.messages.values():
        messages[:] = [m for m in messages if m.header.message_id != actual.header.message_id]
    found = failed(facts)
    assert set(found) == {SUMMARY, APART}
    assert "there was no actual summary" in found[APART]


def lender(message: Message) -> Allocation:
    """The one lender of the proposal's one line."""
    return message.aid_proposal.lines[0].allocations[0]


PROPOSED: list[tuple[str, Callable[[Message], object], str]] = [
    ("another lender", lambda m: setattr(lender(m), "participant", "330000"), "330000"),
    ("another quantity", lambda m: setattr(lender(m).quantity, "value", 5), "5.0"),
    ("one lender more", lambda m: m.aid_proposal.lines[0].allocations.add(participant="340000"), "340000"),
    ("a line lost", lambda m: m.aid_proposal.ClearField("lines"), "lenders {}"),
    ("another need", lambda m: setattr(m.aid_proposal.lines[0].need, "line_id", "boats"), "boats"),
    ("an invented message", lambda m: m.aid_proposal.message_ids.append("no-message"), "no-message"),
    ("withdrawn", lambda m: setattr(m.aid_proposal, "withdrawn", True), "lenders {}"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tamper", "words"), [row[1:] for row in PROPOSED], ids=[row[0] for row in PROPOSED]
)
def test_what_is_wrong_with_a_proposal_is_said(
    facts: Facts, tamper: Callable[[Message], object], words: str
) -> None:
    tamper(view(facts, field="aid_proposal"))
    found = failed(facts)
    assert set(found) == {PROPOSALS}
    assert words in found[PROPOSALS]


def test_a_missing_proposal_is_noticed(facts: Facts) -> None:
    lost = view(facts, field="aid_proposal").header.message_id
    for messages in facts.observed.messages.values():
        messages[:] = [m for m in messages if m.header.message_id != lost]
    assert set(failed(facts)) == {PROPOSALS}


QUESTIONS = "questions and objections are those planned"
RAISED = ObjectionStep.OBJECTION_STEP_RAISED
INCORRECT = ObjectionGround.OBJECTION_GROUND_INCORRECT


def objection(
    facts: Facts, step: ObjectionStep = RAISED, ground: ObjectionGround = INCORRECT
) -> None:
    """What the duty room says of Jiangsu's first message; the agreements give it to all."""
    messages = facts.observed.messages
    made = Draft()
    made.header.entity_id, made.header.mode = "joint/question/1", Mode.MODE_EXERCISE
    made.header.revision = sum(m.HasField("objection") for m in messages["joint"]) + 1
    made.header.message_id = f"01890a5d-0000-7000-8000-0000000001{made.header.revision:02}"
    made.objection.addressee = "320000"
    made.objection.step = step
    made.objection.message_id = held(facts, "320000", "resource_status").header.message_id
    made.objection.ground = ground
    for name, received in messages.items():
        received.append(message("joint", 90 + made.header.revision, made))
        holding = Holding("joint", made.header.message_id, False, frozenset())
        facts.holdings[name][made.header.message_id] = holding


def planned(facts: Facts, corrected: bool = False) -> str:
    """As if the scenario planned a mistake in Jiangsu's message: its id."""
    wrong = held(facts, "320000", "resource_status").header.message_id
    facts.exercise.grounds[wrong] = INCORRECT
    if not corrected:
        facts.exercise.questions.add(("expired_in_stock", "320000", wrong))
        question = view(facts).situation_summary.questions.add()
        question.kind, question.participant = "expired_in_stock", "320000"
        question.message_id = wrong
    return wrong


def test_a_planned_mistake_is_asked_about_and_objected_to(facts: Facts) -> None:
    planned(facts)
    objection(facts)
    assert failed(facts) == {}


def test_what_was_corrected_may_have_been_objected_to_in_between(facts: Facts) -> None:
    planned(facts, corrected=True)
    assert failed(facts) == {}
    objection(facts)
    assert set(failed(facts)) == {QUESTIONS}
    objection(facts, ObjectionStep.OBJECTION_STEP_TAKEN_BACK)
    assert failed(facts) == {}


def taken_back(facts: Facts) -> None:
    objection(facts, ObjectionStep.OBJECTION_STEP_TAKEN_BACK)


def on_another_ground(facts: Facts) -> None:
    objection(facts, ground=ObjectionGround.OBJECTION_GROUND_DUPLICATE)


SAID_OF_DATA: list[tuple[str, list[Callable[[Facts], object]], str]] = [
    ("a question that is not planned", [lambda f: view(f).situation_summary.questions.add(kind="x")], "'x'"),
    ("an objection that is not planned", [objection], "is not planned"),
    ("no objection to what is planned", [planned], "stand, due"),
    ("another ground", [planned, on_another_ground], "is not planned"),
    ("taken back though it stands", [planned, taken_back], "stand, due"),
    ("not asked about in the summary",
     [planned, objection, lambda f: view(f).situation_summary.ClearField("questions")], "questions []"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("tampers", "words"), [row[1:] for row in SAID_OF_DATA], ids=[row[0] for row in SAID_OF_DATA]
)
def test_what_is_wrong_with_questions_is_said(
    facts: Facts, tampers: list[Callable[[Facts], object]], words: str
) -> None:
    for tamper in tampers:
        tamper(facts)
    found = failed(facts)
    assert set(found) == {QUESTIONS}
    assert words in found[QUESTIONS]
