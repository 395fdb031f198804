"""Questions become objections to their origins: each once, never a flood, taken back when they are gone."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations

import pytest

from pipelines.facts.questions import Question
from pipelines.questions.kinds import kinds
from pipelines.questions.objections import DAY_US, MOST_A_DAY, MOST_OPEN, WAIT_US
from schemas.rules import violations
from schemas.states.steps import follow, step_of
from tests.support.builders import NOW
from tests.support.objecting import Talk, answered, question, sealed
from tests.support.situation import us
from yrd.coordination.v1.dialogue_pb2 import ObjectionGround, ObjectionStep
from yrd.exchange.v1.message_pb2 import Draft

RAISED = ObjectionStep.OBJECTION_STEP_RAISED
TAKEN_BACK = ObjectionStep.OBJECTION_STEP_TAKEN_BACK


def steps(drafts: list[Draft]) -> list[tuple[str, int, int]]:
    """Message, revision and step of each."""
    return [
        (d.objection.message_id[-2:], d.header.revision, d.objection.step)
        for d in sorted(drafts, key=lambda draft: draft.objection.message_id)
    ]


def test_a_question_is_objected_to_once_and_taken_back_when_it_is_gone() -> None:
    talk = Talk()
    assert steps(talk.ask(question(1))) == [("01", 1, RAISED)]
    assert talk.ask(question(1)) == []
    assert talk.ask(question(1)._replace(text_en="said otherwise")) == []
    assert steps(talk.ask()) == [("01", 2, TAKEN_BACK)]
    assert talk.ask() == talk.ask(question(1)) == []
    assert {draft.header.entity_id for draft in talk.drafts} == {talk.drafts[0].header.entity_id}


def test_the_objection_says_what_is_wrong_with_what_to_whom() -> None:
    (made,) = Talk().ask(question(1))
    said = made.objection
    assert (said.author, said.objector, said.addressee) == ("joint", "joint", "320000")
    assert said.message_id == made.header.in_reply_to == question(1).message_id
    assert said.field_path == "resource_status.stock.available"
    assert said.ground == ObjectionGround.OBJECTION_GROUND_INCORRECT
    assert said.statement == "库存为负：库存为负。 negative stock: negative."


@pytest.mark.parametrize("scope", ["actual", "exercise/" + "x" * 64])
def test_the_contract_accepts_each_step_after_the_other(scope: str) -> None:
    talk = Talk(scope)
    asked = [question(n, kind) for n, kind in enumerate((*kinds(), "a_kind_that_no_table_has"))]
    talk.ask(*asked, question(99)._replace(field="stamp.sealed time", text_zh="长" * 6000))
    talk.ask()
    assert len(talk.drafts) >= 2 * len(kinds()) - 20
    known: dict[str, str] = {}
    for made in talk.drafts:
        assert violations(made, NOW) == []
        step = step_of(made.objection)
        assert step is not None
        then = follow(known.get(made.header.entity_id, ""), step)
        assert then, made.header.entity_id
        known[made.header.entity_id] = then


@pytest.mark.parametrize(
    "other",
    [
        question(1)._replace(participant="joint"),
        question(1)._replace(message_id="not an id"),
        question(1)._replace(message_id=""),
        question(1, kind="decisions_differ"),
    ],
)
def test_what_no_participant_could_answer_is_not_objected_to(other: object) -> None:
    assert isinstance(other, type(question()))
    assert Talk().ask(other) == []


def test_two_fields_of_one_message_are_one_objection() -> None:
    more = question(1)._replace(field="resource_status.stock.total")
    assert len(Talk().ask(question(1), more)) == 1
    assert len(Talk().ask(question(1), question(1, kind="time_ahead"))) == 2
    assert len(Talk().ask(question(1), question(1, who="330000"))) == 2


def test_the_same_questions_are_the_same_messages() -> None:
    asked = [question(1), question(2), question(3, who="330000")]
    said = {
        tuple(d.SerializeToString(deterministic=True) for d in Talk().ask(*order))
        for order in permutations(asked)
    }
    assert len(said) == 1


def test_exercise_and_actual_are_never_joined() -> None:
    (actual,), (drilled,) = Talk().ask(question(1)), Talk("exercise/drill").ask(question(1))
    assert actual.header.entity_id != drilled.header.entity_id
    assert (drilled.header.mode, drilled.header.exercise_id) == (2, "drill")
    talk = Talk()
    talk.hear([sealed(drilled)])
    assert talk.ask() == []


def test_later_revisions_with_the_same_fault_are_not_objected_to_again() -> None:
    talk = Talk()
    talk.ask(question(1, entity="320000/pumps"))
    for number in range(2, 50):
        assert talk.ask(question(number, entity="320000/pumps")) == []
    assert steps(talk.ask()) == [("01", 2, TAKEN_BACK)]
    assert steps(talk.ask(question(60, entity="320000/pumps"))) == [("3c", 1, RAISED)]


def test_a_flood_of_nonsense_makes_no_flood_of_objections() -> None:
    talk = Talk()
    flood = [question(n) for n in range(100)]
    others = [question(200, who="330000"), question(201, kind="time_ahead")]
    for most in range(1, 101):
        talk.ask(*flood[:most])
    assert len(talk.drafts) == MOST_OPEN
    assert len(talk.ask(*flood, *others)) == 2


def test_those_that_wait_are_said_when_others_are_gone_or_answered() -> None:
    talk = Talk()
    flood = [question(n) for n in range(MOST_OPEN + 3)]
    first = talk.ask(*flood)
    talk.hear([answered(first[0], "REJECTED")])
    assert steps(talk.ask(*flood)) == [("14", 1, RAISED)]
    left = [q for q in flood if q.message_id != first[1].objection.message_id]
    back, more = steps(talk.ask(*left))
    assert back == (first[1].objection.message_id[-2:], 2, TAKEN_BACK)
    assert more == ("15", 1, RAISED)


@pytest.mark.parametrize("step", ["UPHELD", "REJECTED"])
def test_what_was_answered_is_settled(step: str) -> None:
    talk = Talk()
    (raised,) = talk.ask(question(1))
    talk.hear([answered(raised, step)])
    assert talk.ask(question(1)) == talk.ask() == []


@pytest.mark.parametrize(("step", "again"), [("UPHELD", 1), ("REJECTED", 0)])
def test_after_an_answer_a_later_revision_is_objected_to_only_if_it_was_upheld(
    step: str, again: int
) -> None:
    talk = Talk()
    (raised,) = talk.ask(question(1, entity="320000/pumps"))
    talk.hear([answered(raised, step)])
    assert len(talk.ask(question(2, entity="320000/pumps"))) == again


def test_only_the_addressee_answers() -> None:
    talk = Talk()
    (raised,) = talk.ask(question(1))
    before = dict(talk.words)
    talk.hear([answered(raised, "REJECTED", origin="330000")])
    forged = answered(raised, "REJECTED")
    forged.objection.author = forged.stamp.origin = "330000"
    talk.hear([forged, sealed(raised, "330000"), answered(Draft(), "REJECTED")])
    assert talk.words == before


def test_what_was_said_is_learnt_from_the_feed() -> None:
    """As after the loss of a store."""
    talk = Talk()
    (first, _) = raised = talk.ask(question(1), question(2))
    said = [*map(sealed, raised), answered(first, "REJECTED"), *map(sealed, talk.ask(question(1)))]
    again = Talk()
    again.hear([*said, *said])
    assert again.words == talk.words
    assert again.ask(question(1)) == []


def test_an_objection_of_a_person_is_left_alone() -> None:
    (raised,) = Talk().ask(question(1))
    raised.header.entity_id = "joint/objection/by-hand"
    talk = Talk()
    talk.hear([sealed(raised), answered(raised, "UPHELD")])
    assert talk.words == {}
    assert talk.ask() == []


def test_one_that_a_person_took_back_is_not_raised_again() -> None:
    talk = Talk()
    (raised,) = talk.ask(question(1))
    raised.objection.step, raised.header.revision = TAKEN_BACK, 2
    talk.hear([sealed(raised)])
    assert talk.ask(question(1)) == talk.ask() == []


def test_a_fault_that_comes_and_goes_is_objected_to_so_often_a_day_and_no_more() -> None:
    talk, raised = Talk(), 0
    for number in range(1, 200):
        talk.as_of = NOW + timedelta(minutes=number)
        raised += len(talk.ask(question(number, entity="320000/pumps/1")))
        talk.ask()
    assert raised == MOST_A_DAY
    assert len(talk.drafts) == 2 * MOST_A_DAY
    last = talk.drafts[-2].objection.statement
    assert "此后一日内不再提出" in last
    assert "for a day it is not again" in last
    assert not any("不再提出" in draft.objection.statement for draft in talk.drafts[:-2])


def test_after_a_day_it_is_objected_to_again() -> None:
    talk = Talk()
    for number in range(1, MOST_A_DAY + 2):
        talk.ask(question(number, entity="320000/pumps/1"))
        talk.ask()
    talk.as_of = NOW + timedelta(hours=23)
    assert talk.ask(question(90, entity="320000/pumps/1")) == []
    talk.as_of = NOW + timedelta(hours=24)
    assert steps(talk.ask(question(90, entity="320000/pumps/1"))) == [("5a", 1, RAISED)]


def test_what_the_origin_upheld_counts_among_them_and_other_entities_do_not() -> None:
    talk = Talk()
    for number in range(1, MOST_A_DAY + 1):
        (made,) = talk.ask(question(number, entity="320000/pumps/1"))
        talk.hear([answered(made, "UPHELD")])
        talk.ask()
    assert talk.ask(question(9, entity="320000/pumps/1")) == []
    assert len(talk.ask(question(9, entity="320000/pumps/1"), question(10))) == 1


def test_a_fault_that_stands_is_no_fault_that_comes_and_goes() -> None:
    talk = Talk()
    for number in range(1, 50):
        talk.ask(question(number, entity="320000/pumps/1"))
    assert len(talk.drafts) == 1


def fresh(kind: str = "aid_reference_unknown") -> Question:
    """A question about what has just been told."""
    return question(1, kind)._replace(told_us=us(NOW))


def raised_after(asked: Question, passed: timedelta, silent: Iterable[str] = ()) -> bool:
    """Whether it is objected to that long after it was told."""
    return bool(Talk(as_of=NOW + passed).ask(asked, silent=silent))


def test_what_another_may_settle_waits_until_it_would_have_come() -> None:
    second = timedelta(seconds=1)
    wait = timedelta(microseconds=WAIT_US)
    for kind in ("aid_reference_unknown", "cause_unknown", "decision_on_unknown"):
        assert not raised_after(fresh(kind), wait - second)
        assert raised_after(fresh(kind), wait)
    assert raised_after(fresh("negative_stock"), 0 * second)


def test_while_another_is_silent_it_waits_for_a_day() -> None:
    second, day = timedelta(seconds=1), timedelta(microseconds=DAY_US)
    assert not raised_after(fresh(), day - second, silent=["330000"])
    assert raised_after(fresh(), day, silent=["330000"])
    of_its_origin_nothing_is_awaited = raised_after(fresh(), day - second, silent=["320000"])
    assert of_its_origin_nothing_is_awaited
    assert raised_after(fresh("negative_stock"), 0 * second, silent=["330000"])


def test_what_was_objected_to_is_not_taken_back_because_another_falls_silent() -> None:
    talk = Talk(as_of=NOW + timedelta(hours=1))
    assert len(talk.ask(fresh())) == 1
    assert talk.ask(fresh(), silent=["330000"]) == []
    assert steps(talk.ask()) == [("01", 2, TAKEN_BACK)]
