"""The aid board: what is needed, each line of help from need to settlement, what is late, what to decide."""

from integration.page.desk import Shown
from integration.page.views.values import Json, ms, named
from pipelines.amounts import amount
from pipelines.report.aid import STAGES, STEPS
from pipelines.words import Words
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.aid_pb2 import AidBranch, AidLife, AidStage, AidStep, AidStepKind, NeedLine
from yrd.situation.v1.situation_pb2 import AidProposal, Allocation, ProposalLine

_WAY = (
    AidStage.AID_STAGE_REQUESTED,
    AidStage.AID_STAGE_OFFERED,
    AidStage.AID_STAGE_ORDERED,
    AidStage.AID_STAGE_COMMITTED,
    AidStage.AID_STAGE_MOBILIZING,
    AidStage.AID_STAGE_EN_ROUTE,
    AidStage.AID_STAGE_ON_SCENE,
    AidStage.AID_STAGE_RELEASED,
    AidStage.AID_STAGE_RETURNED,
    AidStage.AID_STAGE_SETTLED,
)
"""The stages that a line of help goes through if all goes well."""
_BESIDE = {
    AidStage.AID_STAGE_RETURNING: AidStage.AID_STAGE_RELEASED,
    AidStage.AID_STAGE_CLAIMED: AidStage.AID_STAGE_RETURNED,
    AidStage.AID_STAGE_DISPUTED: AidStage.AID_STAGE_RETURNED,
}


def aid(shown: Shown, words: Words) -> Json:
    """The whole board."""
    summary = shown.summary
    return {
        "needs": [need(line, words) for line in summary.need_lines],
        "lives": [life(line, words) for line in summary.aid_lives],
        "decide": [
            step
            for line in summary.aid_lives
            for branch in line.branches
            for step in _open_steps(line, branch, words)
        ],
        "stages": [STAGES[stage][words.index] for stage in _WAY],
        "proposals": [_proposal(proposal, words) for proposal in shown.proposals],
        "double": [
            {
                "owner": words.name(found.participant),
                "resource": found.resource_name or found.resource_id,
                "total": f"{amount(found.total)} {found.unit}",
                "promised": f"{amount(found.promised)} {found.unit}",
                "to": [f"{words.name(p.requester)} {much(p.quantity)}" for p in found.promises],
            }
            for found in summary.double_promises
        ],
    }


def much(quantity: Quantity) -> str:
    """An amount with its unit."""
    return f"{amount(quantity.value)} {quantity.unit}"


def need(line: NeedLine, words: Words) -> Json:
    """One need against what there is."""
    return {
        "who": words.name(line.beneficiary),
        "what": words.ability(line.capability),
        "unit": line.wanted.unit,
        "wanted": line.wanted.value,
        "covered": line.covered,
        "own": line.own_spare,
        "neighbours": line.neighbor_spare,
        "short": line.shortage,
        "by_ms": ms(line, "needed_by_time"),
        "lives": line.life_saving,
        "inferred": line.inferred,
        "incident": line.incident_id,
        "message_ids": list(line.message_ids),
    }


def life(line: AidLife, words: Words) -> Json:
    """One line that was asked for, with what each lender does."""
    return {
        "who": words.name(line.requester),
        "what": words.ability(line.capability),
        "asked": much(line.requested),
        "wanted": line.requested.value,
        "standing": line.standing,
        "there": line.on_scene,
        "unit": line.requested.unit,
        "lives": line.life_saving,
        "withdrawn": line.withdrawn,
        "overdue": line.overdue_steps,
        "incident": line.incident_id,
        "branches": [_branch(branch, words) for branch in line.branches],
        "message_ids": list(line.message_ids),
    }


def _branch(branch: AidBranch, words: Words) -> Json:
    stage = _BESIDE.get(branch.stage, branch.stage)
    return {
        "who": words.name(branch.provider),
        "stage": named(STAGES, branch.stage, words),
        "place": _WAY.index(stage) if stage in _WAY else None,
        "much": much(branch.quantity) if branch.quantity.value else "",
        "reason": branch.reason,
        "until_ms": ms(branch, "until_time"),
        "steps": [_step(step, words) for step in branch.steps],
        "message_ids": list(branch.message_ids),
        "on": acted_on(branch),
    }


_ANSWERED = (
    AidStepKind.AID_STEP_KIND_COMMITMENT,
    AidStepKind.AID_STEP_KIND_ORDER,
    AidStepKind.AID_STEP_KIND_RESPONSE,
)
"""Steps whose message the next act is about, the latest first."""


def acted_on(branch: AidBranch) -> str:
    """The message that the next act is about; without an answer, the request, which was told first."""
    done = {step.kind: step.message_id for step in branch.steps if step.message_id}
    found = (done[kind] for kind in _ANSWERED if kind in done)
    return next(found, next(iter(branch.message_ids), ""))


def _step(step: AidStep, words: Words) -> Json:
    return {
        "what": named(STEPS, step.kind, words),
        "who": words.name(step.participant),
        "due_ms": ms(step, "due_time"),
        "inferred": step.due_inferred,
        "done_ms": ms(step, "done_time"),
        "late_minutes": step.late_minutes,
        "message_id": step.message_id,
    }


def _open_steps(line: AidLife, branch: AidBranch, words: Words) -> list[Json]:
    """What is to be decided or done now."""
    return [
        _step(step, words)
        | {
            "line": words.ability(line.capability),
            "for": words.name(line.requester),
            "on": acted_on(branch),
        }
        for step in branch.steps
        if not step.HasField("done_time")
    ]


def _proposal(proposal: AidProposal, words: Words) -> Json:
    return {
        "for": words.name(proposal.beneficiary),
        "beneficiary": proposal.beneficiary,
        "as_of_ms": ms(proposal, "as_of_time"),
        "lines": [_proposed(line, words) for line in proposal.lines],
    }


def _proposed(line: ProposalLine, words: Words) -> Json:
    reasons = [*line.left_out, *line.obstacles, *(r.reason for r in line.relaxations)]
    return {
        "what": words.ability(line.need.capability),
        "wanted": much(line.need.quantity),
        "covered": amount(line.already_covered),
        "unmet": line.unmet,
        "late": line.late,
        "inferred": line.inferred,
        "lives": line.need.life_saving,
        "allocations": [_allocation(given, words) for given in line.allocations],
        "notes": [words.say(reason.text_zh, reason.text_en) for reason in reasons],
    }


def _allocation(given: Allocation, words: Words) -> Json:
    return {
        "who": words.name(given.participant),
        "resource": given.resource_name or given.resource_id,
        "much": much(given.quantity),
        "minutes": given.arrival_minutes if given.HasField("arrival_minutes") else None,
        "late_minutes": given.late_minutes,
        "why": [words.say(reason.text_zh, reason.text_en) for reason in given.reasons],
        "message_id": given.message_id,
    }
