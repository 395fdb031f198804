"""Whether the pipeline asked about what is planned to be wrong, and about nothing else."""

from collections.abc import Iterator

from integration.drill.expectation import ExpectedPicture
from integration.drill.facts import Check, Facts, check, picture_of
from integration.drill.observe import objected
from yrd.coordination.v1.dialogue_pb2 import ObjectionStep
from yrd.exchange.v1.message_pb2 import Mode


def questions_are_those_planned(facts: Facts) -> Check:
    """The summaries ask about what is planned to be wrong, each origin was told, and nothing else was."""
    problems: list[str] = []
    for mode, due in ((Mode.MODE_EXERCISE, facts.exercise), (Mode.MODE_ACTUAL, facts.actual)):
        picture = picture_of(facts, mode)
        asked = picture.summary.questions if picture is not None else ()
        found = {(q.kind, q.participant, q.message_id) for q in asked}
        if found != due.questions:
            problems.append(f"questions {sorted(found)}, due {sorted(due.questions)}")
        problems += _objection_problems(facts, mode, due)
    planned = facts.exercise.grounds | facts.actual.grounds
    standing = len(facts.exercise.questions) + len(facts.actual.questions)
    return check(
        "questions and objections are those planned",
        problems,
        f"{len(planned)} planned, {standing} not corrected",
    )


def _objection_problems(facts: Facts, mode: Mode, due: ExpectedPicture) -> Iterator[str]:
    """What was corrected may have been objected to in between; then that was taken back."""
    newest = {
        m.header.entity_id: m.objection for m in objected(facts.observed) if m.header.mode == mode
    }
    for said in newest.values():
        if due.grounds.get(said.message_id) != said.ground:
            yield f"objection to {said.message_id} of {said.addressee}, which is not planned"
    raised = ObjectionStep.OBJECTION_STEP_RAISED
    standing = {(s.addressee, s.message_id) for s in newest.values() if s.step == raised}
    wanted = {(participant, message_id) for _, participant, message_id in due.questions}
    if standing != wanted:
        yield f"objections {sorted(standing)} stand, due {sorted(wanted)}"
