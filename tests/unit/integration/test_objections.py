"""Objections: who may say what, what counts, and how both sides' messages belong together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration.objections import (
    GROUNDS,
    RAISED,
    REJECTED,
    TAKEN_BACK,
    UPHELD,
    ObjectionError,
    Thread,
    answering,
    ground_word,
    raising,
    require_correction,
    taking_back,
    threads,
)
from schemas.rules import violations
from tests.support.builders import NOW, draft, incident_body, message
from yrd.coordination.v1.dialogue_pb2 import ObjectionGround
from yrd.exchange.v1.message_pb2 import Draft, Message, Mode, Priority

OURS, THEIRS = "310000", "320000"
NOW_MS = int(NOW.timestamp() * 1000)
DEAD = "incident_report.casualties.dead"


def target(**changes: Any) -> Message:
    changes = {"priority": "PRIORITY_URGENT", "incidentIds": ["i"]} | changes
    return message(OURS, 4, draft(incident_body(), **changes))


ITSELF = target()


def raised(about: Message | None = None) -> Draft:
    return raising(about or target(), THEIRS, "incorrect", "应为3人", DEAD, NOW_MS)


def told(origin: str, sequence: int, made: Draft, minutes: float = 0) -> Message:
    return message(origin, sequence, made, NOW + timedelta(minutes=minutes))


def thread(*steps: Message) -> Thread:
    (found,) = threads(steps)
    return found


def opened() -> Thread:
    return thread(told(THEIRS, 0, raised()))


def answered(before: Thread, uphold: bool, minutes: float = 5) -> Thread:
    made = answering(before, OURS, uphold, "已核", "", NOW_MS)
    return thread(*before.steps, told(OURS, 5, made, minutes))


def taken_back(before: Thread) -> Thread:
    return thread(*before.steps, told(THEIRS, 9, taking_back(before, THEIRS, "", NOW_MS), 9))


def test_an_objection_is_filled_in_from_its_target() -> None:
    about = target()
    made = raised(about)
    assert violations(made, datetime(2027, 1, 1, tzinfo=UTC)) == []
    said, header = made.objection, made.header
    assert (said.author, said.objector, said.addressee) == (THEIRS, THEIRS, OURS)
    assert (said.step, said.message_id, said.field_path) == (RAISED, about.header.message_id, DEAD)
    assert said.ground == ObjectionGround.OBJECTION_GROUND_INCORRECT
    assert header.entity_id.startswith(f"{THEIRS}/objection/")
    assert (header.in_reply_to, list(header.incident_ids)) == (about.header.message_id, ["i"])
    assert (header.mode, header.priority) == (Mode.MODE_ACTUAL, Priority.PRIORITY_URGENT)


def test_an_objection_in_an_exercise_stays_in_it() -> None:
    made = raised(target(mode="MODE_EXERCISE", exerciseId="spring"))
    assert (made.header.mode, made.header.exercise_id) == (Mode.MODE_EXERCISE, "spring")


@pytest.mark.parametrize("step", ["uphold", "reject", "take back"])
def test_what_follows_keeps_the_contract_and_what_was_said(step: str) -> None:
    before = opened()
    if step == "take back":
        made = taking_back(before, THEIRS, "", NOW_MS)
    else:
        made = answering(before, OURS, step == "uphold", "已核", "", NOW_MS)
    assert violations(made, datetime(2027, 1, 1, tzinfo=UTC)) == []
    said, first = made.objection, before.steps[0].objection
    assert said.objection_id == before.steps[0].header.entity_id
    for name in ("objector", "addressee", "message_id", "field_path", "ground"):
        assert getattr(said, name) == getattr(first, name)
    assert made.header.in_reply_to == before.steps[0].header.message_id
    own = step == "take back"
    assert (made.header.entity_id == before.objection_id) == own
    assert made.header.revision == (2 if own else 1)


def test_a_second_answer_is_a_later_revision_of_the_first() -> None:
    before = answered(opened(), uphold=True)
    made = answering(before, OURS, True, "", target().header.message_id, NOW_MS)
    first = before.steps[-1].header
    assert (made.header.entity_id, made.header.revision) == (first.entity_id, 2)


REFUSED: list[tuple[str, Callable[[], object], str]] = [
    ("to oneself", lambda: raising(target(), OURS, "incorrect", "x", "", NOW_MS), "is your own"),
    ("no ground", lambda: raising(target(), THEIRS, "wrong", "x", "", NOW_MS), "one of incorrect"),
    ("no words", lambda: raising(target(), THEIRS, "incorrect", " ", "", NOW_MS), "--statement"),
    ("no field", lambda: raising(target(), THEIRS, "incorrect", "x", "dead", NOW_MS), "--field"),
    (
        "by others",
        lambda: answering(opened(), THEIRS, True, "x", "", NOW_MS),
        "to 310000, and only",
    ),
    ("no reason", lambda: answering(opened(), OURS, False, "", "", NOW_MS), "say why not"),
    ("rejected, corrected", lambda: answering(opened(), OURS, False, "x", "y", NOW_MS), "--uphold"),
    (
        "rejected when upheld",
        lambda: answering(answered(opened(), uphold=True), OURS, False, "x", "", NOW_MS),
        "is 成立 upheld, and this may only follow 提出 raised",
    ),
    (
        "upheld when taken back",
        lambda: answering(taken_back(opened()), OURS, True, "x", "", NOW_MS),
        "is 撤回 taken back",
    ),
    ("not yours", lambda: taking_back(opened(), OURS, "", NOW_MS), "was raised by 320000"),
    (
        "too late",
        lambda: taking_back(answered(opened(), uphold=True), THEIRS, "", NOW_MS),
        "may only follow 提出 raised, 不成立 rejected",
    ),
    (
        "corrected by others",
        lambda: require_correction(opened(), message(THEIRS, 0, draft())),
        "is of 320000, and only 310000 corrects",
    ),
    (
        "corrected by itself",
        lambda: require_correction(thread(told(THEIRS, 0, raised(ITSELF))), ITSELF),
        "corrects nothing",
    ),
]


@pytest.mark.parametrize(
    ("make", "words"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_may_not_be_said_is_told_why(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ObjectionError) as error:
        make()
    assert words in str(error.value)


def test_what_counts_is_the_last_word() -> None:
    assert opened().state == RAISED
    assert answered(opened(), uphold=True).state == UPHELD
    rejected = answered(opened(), uphold=False)
    assert (rejected.state, rejected.is_open) == (REJECTED, False)
    assert taken_back(rejected).state == TAKEN_BACK


@pytest.mark.parametrize("minutes", [5, -60])
def test_an_answer_counts_by_what_it_answers_and_not_by_the_clocks(minutes: float) -> None:
    assert answered(opened(), uphold=True, minutes=minutes).state == UPHELD


def test_an_objection_raised_again_is_open_again() -> None:
    rejected = answered(opened(), uphold=False)
    again = raised()
    again.header.entity_id, again.header.revision = rejected.objection_id, 2
    assert thread(*rejected.steps, told(THEIRS, 1, again, minutes=3)).is_open


def test_an_answer_alone_counts_for_who_may_not_see_the_objection() -> None:
    alone = thread(answered(opened(), uphold=True).steps[-1])
    assert (alone.state, alone.newest_raised, alone.objector) == (UPHELD, None, THEIRS)


def test_objections_are_told_apart_and_what_others_say_in_ones_name_is_left_out() -> None:
    one, two = opened(), opened()
    forged = answering(one, OURS, True, "", "", NOW_MS)
    mixed = [
        *one.steps,
        *two.steps,
        *answered(two, uphold=True).steps[1:],
        told("330000", 0, forged),
    ]
    found = threads([*mixed, target()])
    assert [t.objection_id for t in found] == [one.objection_id, two.objection_id]
    assert [t.state for t in found] == [RAISED, UPHELD]


def test_who_answers_for_the_addressee_is_in_a_thread_of_their_own() -> None:
    before = opened()
    meddling = answering(before, OURS, True, "已核", "", NOW_MS)
    meddling.objection.author = meddling.objection.addressee = "330000"
    found = threads([told("330000", 0, meddling), *before.steps])
    assert [(t.addressee, t.state) for t in found] == [("330000", UPHELD), (OURS, RAISED)]


def test_every_ground_of_the_contract_can_be_typed() -> None:
    words = {ground_word(number) for number in ObjectionGround.values() if number}
    assert words == set(GROUNDS)
    assert ground_word(99) == ground_word(0) == ""
