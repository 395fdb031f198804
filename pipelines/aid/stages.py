"""How far a branch of help has come, and how much of it counts."""

from pipelines.aid.branches import Branch
from pipelines.facts.scope import micros
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.aid.v1.deployment_pb2 import DeploymentStatus
from yrd.aid.v1.return_pb2 import ReturnStep, SettlementStep
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.aid_pb2 import AidStage

_EPSILON = 1e-6
TAKEN = (AidDecision.AID_DECISION_ACCEPT, AidDecision.AID_DECISION_PARTIAL)
_SETTLED = {
    SettlementStep.SETTLEMENT_STEP_CLAIMED: AidStage.AID_STAGE_CLAIMED,
    SettlementStep.SETTLEMENT_STEP_ACCEPTED: AidStage.AID_STAGE_CLAIMED,
    SettlementStep.SETTLEMENT_STEP_DISPUTED: AidStage.AID_STAGE_DISPUTED,
    SettlementStep.SETTLEMENT_STEP_PAID: AidStage.AID_STAGE_SETTLED,
    SettlementStep.SETTLEMENT_STEP_WAIVED: AidStage.AID_STAGE_SETTLED,
}
_RETURNED = {
    ReturnStep.RETURN_STEP_RETURNING: AidStage.AID_STAGE_RETURNING,
    ReturnStep.RETURN_STEP_RETURNED: AidStage.AID_STAGE_RETURNED,
}
_DEPLOYED = {
    DeploymentStatus.DEPLOYMENT_STATUS_MOBILIZING: AidStage.AID_STAGE_MOBILIZING,
    DeploymentStatus.DEPLOYMENT_STATUS_EN_ROUTE: AidStage.AID_STAGE_EN_ROUTE,
    DeploymentStatus.DEPLOYMENT_STATUS_ON_SCENE: AidStage.AID_STAGE_ON_SCENE,
    DeploymentStatus.DEPLOYMENT_STATUS_ABORTED: AidStage.AID_STAGE_ABORTED,
}
PROMISED = frozenset(
    {
        AidStage.AID_STAGE_OFFERED,
        AidStage.AID_STAGE_ORDERED,
        AidStage.AID_STAGE_COMMITTED,
        AidStage.AID_STAGE_MOBILIZING,
        AidStage.AID_STAGE_EN_ROUTE,
        AidStage.AID_STAGE_ON_SCENE,
    }
)
"""Stages at which a resource is promised, or in use."""
COVERING = PROMISED | {
    AidStage.AID_STAGE_RELEASED,
    AidStage.AID_STAGE_RETURNING,
    AidStage.AID_STAGE_RETURNED,
    AidStage.AID_STAGE_CLAIMED,
    AidStage.AID_STAGE_DISPUTED,
    AidStage.AID_STAGE_SETTLED,
}
"""Stages at which a need is covered, or was as long as its requester wanted."""


def stage(branch: Branch) -> AidStage:
    """The farthest that was told."""
    if branch.settlements:
        last = max(
            branch.settlements, key=lambda m: (micros(m.header.reported_time), m.header.message_id)
        )
        return _SETTLED[last.aid_settlement.step]
    on_its_way_home = [
        _RETURNED[m.aid_return.step] for m in branch.returns if m.aid_return.step in _RETURNED
    ]
    if on_its_way_home:
        return max(on_its_way_home)
    if released(branch) >= quantity(branch).value - _EPSILON and branch.releases:
        return AidStage.AID_STAGE_RELEASED
    if branch.returns:
        return AidStage.AID_STAGE_RECALLED
    if branch.deployments:
        return max(_DEPLOYED[m.aid_deployment.status] for m in branch.deployments)
    return _before_it_moves(branch)


def _before_it_moves(branch: Branch) -> AidStage:
    if branch.order is not None and branch.order.aid_order.cancelled:
        return AidStage.AID_STAGE_CANCELLED
    if branch.committed is not None:
        return _answered(
            branch.committed.decision, AidStage.AID_STAGE_COMMITTED, AidStage.AID_STAGE_ORDERED
        )
    if branch.order is not None:
        return AidStage.AID_STAGE_ORDERED
    if branch.request.aid_request.withdrawn:
        return AidStage.AID_STAGE_CANCELLED
    if branch.answer is not None:
        return _answered(
            branch.answer.decision, AidStage.AID_STAGE_OFFERED, AidStage.AID_STAGE_REQUESTED
        )
    return AidStage.AID_STAGE_REQUESTED


def _answered(decision: AidDecision, taken: AidStage, open_: AidStage) -> AidStage:
    if decision in TAKEN:
        return taken
    declined = decision == AidDecision.AID_DECISION_DECLINE
    return AidStage.AID_STAGE_DECLINED if declined else open_


def quantity(branch: Branch) -> Quantity:
    """How much of the line it is, as last said; none where nothing was said of it."""
    for said in (branch.committed, branch.ordered, branch.answer):
        if said is not None:
            if said.HasField("quantity"):
                return said.quantity
            break
    return Quantity(unit=branch.line.need.quantity.unit)


def released(branch: Branch) -> float:
    """How much its requester has let go."""
    line_id = branch.committed.line_id if branch.committed is not None else ""
    return sum(
        line.quantity.value
        for message in branch.releases
        for line in message.aid_release.lines
        if line.commitment_line_id == line_id
    )


def standing(branch: Branch) -> float:
    """What is promised or in use of it, in the line's unit; what is in another unit can't be added."""
    if stage(branch) not in PROMISED or not same_unit(branch):
        return 0.0
    return max(0.0, quantity(branch).value - released(branch))


def covering(branch: Branch) -> float:
    """What of the need it covers."""
    return quantity(branch).value if stage(branch) in COVERING and same_unit(branch) else 0.0


def same_unit(branch: Branch) -> bool:
    """Whether what is given is in the unit that was asked for."""
    return quantity(branch).unit == branch.line.need.quantity.unit


def resource_ids(branch: Branch) -> list[str]:
    """Resources named for it, as last said."""
    if branch.committed is not None and branch.committed.resource_id:
        return [branch.committed.resource_id]
    said = branch.ordered if branch.ordered is not None else branch.answer
    return list(said.resource_ids) if said is not None else []


def reason(branch: Branch) -> str:
    """Why it was declined, put off, aborted, recalled or cancelled, as far as it was."""
    recalled = [m.aid_return.reason for m in branch.returns if m.aid_return.reason]
    aborted = [
        m.aid_deployment.note
        for m in branch.deployments
        if m.aid_deployment.status == DeploymentStatus.DEPLOYMENT_STATUS_ABORTED
    ]
    if recalled or aborted:
        return (recalled or aborted)[-1]
    if branch.order is not None and branch.order.aid_order.cancelled:
        return branch.order.aid_order.cancel_reason
    for said in (branch.committed, branch.answer):
        if said is not None and said.reason:
            return said.reason
    return ""
