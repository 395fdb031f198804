"""The whole life of a line of help: how far it is, each step's lateness, and what is over."""

from typing import Any

import pytest

from pipelines.aid import lives as aid_lives
from pipelines.facts.known import Known
from pipelines.facts.state import fold, merge_all
from pipelines.pictures import results
from schemas.rules import violations
from tests.support.aid_story import (
    asked,
    committed,
    deployed,
    extension,
    left,
    offered,
    ordered,
    released,
    returned,
    schedule,
    settlement,
    six,
    there,
)
from tests.support.situation import after, answer, offer, picture, text, us
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.aid_pb2 import AidBranch, AidLife, AidStage, AidStepKind

STORY = [
    asked(),
    offered(told=after(minutes=30)),
    ordered(told=after(minutes=60)),
    committed(told=after(minutes=70)),
    deployed("MOBILIZING", told=after(minutes=80)),
    left(after(hours=2)),
    there(after(hours=5), after(hours=2)),
    released(told=after(hours=30)),
    returned("RETURNING", told=after(hours=31)),
    returned("RETURNED", revision=2, told=after(hours=36)),
    settlement("320000", "CLAIMED", told=after(days=9)),
    settlement("310000", "ACCEPTED", told=after(days=10)),
    settlement("310000", "PAID", revision=2, told=after(days=12)),
]
STAGES = (
    *("REQUESTED", "OFFERED", "ORDERED", "COMMITTED", "MOBILIZING", "EN_ROUTE", "ON_SCENE"),
    *("RELEASED", "RETURNING", "RETURNED", "CLAIMED", "CLAIMED"),
)


def lives(*told: Message, **passed: float) -> list[AidLife]:
    return aid_lives.evaluate(Known(fold(told), us(after(**passed))))


def life(*told: Message, **passed: float) -> AidLife:
    (found,) = lives(*told, **passed)
    return found


def branch(*told: Message, **passed: float) -> AidBranch:
    (found,) = life(*told, **passed).branches
    return found


def stage(*told: Message) -> str:
    return AidStage.Name(branch(*told).stage).removeprefix("AID_STAGE_")


def steps(found: AidBranch) -> dict[str, tuple[bool, int]]:
    """By kind: whether it is done, and how late it is."""
    return {
        AidStepKind.Name(s.kind).removeprefix("AID_STEP_KIND_"): (
            s.HasField("done_time"),
            s.late_minutes,
        )
        for s in found.steps
    }


@pytest.mark.parametrize("told", range(1, len(STORY)))
def test_a_line_goes_from_request_to_settlement(told: int) -> None:
    assert stage(*STORY[:told]) == STAGES[told - 1]


def test_what_is_settled_is_over() -> None:
    assert lives(*STORY) == []
    waived = settlement("320000", "WAIVED", told=after(days=9))
    assert lives(*STORY[:10], waived) == []


REFUSING = [
    [asked(), answer(lines=[offer(0)])],
    [*STORY[:3], committed({"decision": "AID_DECISION_DECLINE", "reason": "故障"})],
    [*STORY[:6], deployed("ABORTED", {"note": "车损"}, revision=3)],
]
for refusal in (REFUSING[0][1].aid_response, REFUSING[1][3].aid_commitment):
    refusal.lines[0].ClearField("quantity")


@pytest.mark.parametrize("told", [*(STORY[:n] for n in range(1, len(STORY))), *REFUSING])
def test_the_contract_accepts_what_is_said_of_a_life(told: list[Message]) -> None:
    found = results.draft(next(iter(results.views(picture(told, after(hours=2))))), 1)
    assert len(found.situation_summary.aid_lives) == 1
    assert violations(found, after(days=30)) == []


def test_no_revision_hides_when_a_step_was_done() -> None:
    found = branch(*STORY[:10])
    done = [s for s in found.steps if s.HasField("done_time")]
    kinds = [AidStepKind.Name(s.kind).removeprefix("AID_STEP_KIND_") for s in done]
    assert kinds == (
        [
            "RESPONSE",
            "ORDER",
            "COMMITMENT",
            "MOBILIZATION",
            "DEPARTURE",
            "ARRIVAL",
            "RELEASE",
            "RETURN",
        ]
    )
    hours = [(us(s.done_time.ToDatetime(after().tzinfo)) - us(after())) / 3.6e9 for s in done]
    assert hours == pytest.approx([0.5, 1, 70 / 60, 80 / 60, 2, 5, 30, 36])
    assert all(s.message_id for s in done)


def test_the_order_in_which_it_was_told_does_not_matter() -> None:
    told = STORY[:12]
    whole = life(*told, days=11)
    assert life(*reversed(told), days=11) == whole
    halves = [*fold(told[::2]).items(), *fold(told[1::2]).items()]
    merged = {key: merge_all(s for k, s in halves if k == key) for key in {k for k, _ in halves}}
    assert aid_lives.evaluate(Known(merged, us(after(days=11)))) == [whole]


@pytest.mark.parametrize(("minutes", "late"), [(60, 0), (61, 10), (240, 180), (1501, 2880)])
def test_an_answer_that_is_not_there_is_late_by_the_table(minutes: int, late: int) -> None:
    found = branch(asked(line={"lifeSaving": True}), minutes=minutes)
    (step,) = found.steps
    assert (step.late_minutes, step.due_inferred) == (late, True)
    assert life(asked(line={"lifeSaving": True}), minutes=minutes).overdue_steps == bool(late)


def test_a_stated_time_comes_before_the_table() -> None:
    told = asked({"answerByTime": text(after(minutes=10))})
    (step,) = branch(told, minutes=20).steps
    assert (step.late_minutes, step.due_inferred) == (10, False)


def test_what_was_done_late_is_late_for_ever_and_not_overdue() -> None:
    told = [asked({"answerByTime": text(after(minutes=10))}), offered(told=after(minutes=30))]
    assert steps(branch(*told, minutes=31)) == {"RESPONSE": (True, 20), "ORDER": (False, 0)}
    assert life(*told, minutes=31).overdue_steps == 0


def test_who_puts_it_off_is_due_when_it_said() -> None:
    later = {
        "decision": "AID_DECISION_DEFER",
        "reason": "待定",
        "deferUntilTime": text(after(hours=1)),
    }
    told = [asked(), answer(lines=[offer(0, **later)])]
    assert stage(*told) == "REQUESTED"
    assert steps(branch(*told, hours=2)) == {"RESPONSE": (False, 60)}
    assert branch(*told).reason == "待定"


def test_help_is_late_against_the_time_that_was_ordered() -> None:
    wanted = {"requestedSchedule": schedule(departure=after(hours=2), arrival=after(hours=4))}
    told = [*STORY[:2], ordered(line=wanted, told=after(hours=1)), committed(told=after(hours=1))]
    assert steps(branch(*told, hours=3))["MOBILIZATION"] == (False, 0)
    told += [left(after(hours=2, minutes=30)), there(after(hours=5), after(hours=2, minutes=30))]
    found = steps(branch(*told, hours=5))
    assert found["DEPARTURE"] == (True, 30)
    assert found["ARRIVAL"] == (True, 60)


def test_without_an_order_s_time_the_need_s_counts() -> None:
    needed = asked(line={"neededByTime": text(after(hours=3))})
    assert steps(branch(needed, *STORY[1:6], hours=4))["ARRIVAL"] == (False, 60)


def test_what_declined_aborted_or_was_cancelled_has_no_next_step() -> None:
    declined = answer(lines=[offer(0)])
    assert stage(asked(), declined) == "DECLINED"
    assert list(steps(branch(asked(), declined, days=3))) == ["RESPONSE"]
    gone = deployed("ABORTED", {"note": "途中故障"}, revision=3, told=after(hours=3))
    assert stage(*STORY[:6], gone) == "ABORTED"
    assert branch(*STORY[:6], gone).reason == "途中故障"
    assert "ARRIVAL" not in steps(branch(*STORY[:6], gone, days=3))
    undone = ordered({"cancelled": True, "cancelReason": "水退"}, revision=2)
    assert lives(*STORY[:2], undone) == []
    refused = committed({"decision": "AID_DECISION_DECLINE", "reason": "故障"})
    assert stage(*STORY[:3], refused) == "DECLINED"


def test_a_request_that_is_withdrawn_ends_only_what_was_not_ordered() -> None:
    gone = asked({"withdrawn": True}, revision=2)
    assert lives(*STORY[:2], gone) == []
    found = life(*STORY[:4], gone)
    assert found.withdrawn
    assert found.branches[0].stage == AidStage.AID_STAGE_COMMITTED


def test_what_was_asked_for_and_has_expired_is_over_and_help_under_way_is_not() -> None:
    brief = asked(expireTime=text(after(hours=1)))
    assert len(lives(brief)) == 1
    assert lives(brief, offered(), hours=2) == []
    assert len(lives(brief, *STORY[1:6], hours=2)) == 1


def test_part_of_it_may_be_released() -> None:
    found = life(*STORY[:7], released(2))
    assert found.branches[0].stage == AidStage.AID_STAGE_ON_SCENE
    assert (found.on_scene, found.standing) == (4, 4)


def test_who_calls_its_help_back_says_why() -> None:
    recall = returned("RECALLED", {"reason": "本省告急"})
    assert stage(*STORY[:7], recall) == "RECALLED"
    assert branch(*STORY[:7], recall).reason == "本省告急"
    assert "RELEASE" not in steps(branch(*STORY[:7], recall))


def test_help_that_stays_beyond_its_time_is_seen_until_it_is_extended_or_released() -> None:
    until = {"lines": [{"neededUntilTime": text(after(hours=20))} | _line()]}
    told = [asked(until), *STORY[1:7]]
    found = branch(*told, hours=22)
    assert steps(found)["RELEASE"] == (False, 120)
    assert found.until_time.ToDatetime(after().tzinfo) == after(hours=20)
    wish = extension(
        "310000/extension/1",
        {"step": "EXTENSION_STEP_REQUESTED", "untilTime": text(after(hours=40))},
        told=after(hours=19),
    )
    assert steps(branch(*told, wish, hours=22))["EXTENSION"] == (False, 0)
    assert steps(branch(*told, wish, hours=28))["EXTENSION"] == (False, 60)
    granted = extension(
        "320000/extension/1",
        {
            "step": "EXTENSION_STEP_ANSWERED",
            "untilTime": text(after(hours=40)),
            "decision": "AID_DECISION_ACCEPT",
            "extensionId": "310000/extension/1",
        },
        told=after(hours=20),
    )
    found = branch(*told, wish, granted, hours=22)
    assert (steps(found)["EXTENSION"], steps(found)["RELEASE"]) == ((True, 0), (False, 0))
    assert found.until_time.ToDatetime(after().tzinfo) == after(hours=40)


def _line() -> dict[str, Any]:
    return {
        "need": {
            "lineId": "pumps",
            "kind": "RESOURCE_KIND_EQUIPMENT",
            "capability": {"scheme": "yrd-capability", "value": "flood.pump"},
            "quantity": six(),
        },
        "reportTo": {"adminCode": "310115"},
    }


def test_each_committed_resource_is_a_branch() -> None:
    two = committed({"quantity": six(4)}, told=after(minutes=70))
    two.aid_commitment.lines.add().CopyFrom(two.aid_commitment.lines[0])
    two.aid_commitment.lines[1].line_id = "c2"
    two.aid_commitment.lines[1].quantity.value = 2
    found = life(*STORY[:3], two, *STORY[4:6])
    assert [(b.commitment_line_id, b.quantity.value) for b in found.branches] == [
        ("c1", 4),
        ("c2", 2),
    ]
    assert [b.stage for b in found.branches] == [
        AidStage.AID_STAGE_EN_ROUTE,
        AidStage.AID_STAGE_COMMITTED,
    ]
    assert found.standing == 6


def test_who_was_asked_and_has_said_nothing_is_a_branch_too() -> None:
    found = life(asked({"addressedTo": ["320000", "330000"]}), offered())
    assert [(b.provider, b.stage) for b in found.branches] == [
        ("320000", AidStage.AID_STAGE_OFFERED),
        ("330000", AidStage.AID_STAGE_REQUESTED),
    ]


def test_nobody_orders_or_commits_for_another() -> None:
    foreign = ordered(origin="330000")
    assert stage(asked(), offered(), foreign) == "OFFERED"
    assert stage(*STORY[:3], committed(origin="330000")) == "ORDERED"


def test_what_refers_to_nothing_is_asked_about_and_stops_nothing() -> None:
    known = Known(fold([asked(), *STORY[3:]]), us(after()))
    (found,) = aid_lives.evaluate(known)
    assert found.branches[0].stage == AidStage.AID_STAGE_REQUESTED
    assert {q.kind for q in known.questions} == {"aid_reference_unknown"}
    assert len(known.questions) == 1
