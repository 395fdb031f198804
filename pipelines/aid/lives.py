"""The whole life of each line of a request, until nothing of it is open."""

from collections.abc import Sequence

from pipelines.aid.branches import Branch, branches
from pipelines.aid.stages import quantity, reason, resource_ids, stage, standing
from pipelines.aid.steps import steps, until_us
from pipelines.facts.known import Known
from pipelines.facts.scope import expired, timestamp
from yrd.situation.v1.aid_pb2 import AidBranch, AidLife, AidStage

_OVER = (AidStage.AID_STAGE_SETTLED, AidStage.AID_STAGE_CANCELLED)


def evaluate(known: Known) -> list[AidLife]:
    """Lives by request and line; those of which nothing is open are left out."""
    found = branches(known)
    return [_life(known, found[key]) for key in sorted(found) if _is_open(known, found[key])]


def _is_open(known: Known, of_line: Sequence[Branch]) -> bool:
    """Help under way stays open though its request has expired; what was only asked for does not."""
    if not of_line:
        return False
    if expired(of_line[0].request, known.as_of_us):
        of_line = [branch for branch in of_line if branch.order is not None]
    return any(stage(branch) not in _OVER for branch in of_line)


def _life(known: Known, of_line: Sequence[Branch]) -> AidLife:
    request, line = of_line[0].request, of_line[0].line
    views = [_branch(known, branch) for branch in of_line]
    ids = {m.header.message_id for branch in of_line for m in branch.messages()}
    return AidLife(
        request_id=request.header.entity_id,
        line_id=line.need.line_id,
        requester=request.stamp.origin,
        incident_id=request.aid_request.incident_id,
        capability=line.need.capability,
        requested=line.need.quantity,
        life_saving=line.need.life_saving,
        withdrawn=request.aid_request.withdrawn,
        branches=views,
        on_scene=sum(
            standing(branch) for branch in of_line if stage(branch) == AidStage.AID_STAGE_ON_SCENE
        ),
        standing=sum(map(standing, of_line)),
        overdue_steps=sum(
            1
            for view in views
            for step in view.steps
            if step.late_minutes and not step.HasField("done_time")
        ),
        message_ids=sorted(ids),
    )


def _branch(known: Known, branch: Branch) -> AidBranch:
    until = until_us(branch)
    return AidBranch(
        provider=branch.provider,
        stage=stage(branch),
        quantity=quantity(branch),
        resource_ids=resource_ids(branch),
        order_id=branch.order.header.entity_id if branch.order is not None else "",
        commitment_id=branch.commitment.header.entity_id if branch.commitment is not None else "",
        commitment_line_id=branch.committed.line_id if branch.committed is not None else "",
        steps=steps(branch, known.as_of_us),
        until_time=timestamp(until) if until is not None else None,
        reason=reason(branch),
        message_ids=sorted({m.header.message_id for m in branch.messages()}),
    )
