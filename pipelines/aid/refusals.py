"""Lenders that a line leaves out: they declined, put it off, gave their part, or their help failed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.aid.branches import Branch
from pipelines.aid.stages import reason, stage
from pipelines.facts.scope import micros
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.aid_pb2 import AidStage

_PARTIAL = AidDecision.AID_DECISION_PARTIAL
_FAILED = {AidStage.AID_STAGE_ABORTED: "aborted", AidStage.AID_STAGE_RECALLED: "recalled"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A lender and why it is left out: declined, deferred, offered_its_part, aborted or recalled."""

    participant: str
    code: str
    reason: str
    message_id: str


def refusals(branches: Iterable[Branch], as_of_us: int) -> Iterator[Refusal]:
    """Those of a line's branches, one for each lender at most."""
    found: dict[str, Refusal] = {}
    for branch in branches:
        said = _said(branch, as_of_us)
        if said is not None:
            code, message = said
            refusal = Refusal(branch.provider, code, reason(branch), message.header.message_id)
            found.setdefault(branch.provider, refusal)
    yield from found.values()


def _said(branch: Branch, as_of_us: int) -> tuple[str, Message] | None:
    """Why, and the message that says so."""
    at = stage(branch)
    last = branch.commitment or branch.order or branch.response
    if last is None:
        return None
    if at in _FAILED:
        return _FAILED[at], (branch.returns or branch.deployments)[-1]
    if at == AidStage.AID_STAGE_DECLINED:
        return "declined", last
    until = _put_off_until(branch)
    if until is not None:
        return ("deferred", last) if until > as_of_us else None
    parts = (branch.answer, branch.committed)
    if any(part is not None and part.decision == _PARTIAL for part in parts):
        return "offered_its_part", last
    return None


def _put_off_until(branch: Branch) -> int | None:
    answer = branch.answer
    if branch.order is not None or answer is None:
        return None
    put_off = answer.decision == AidDecision.AID_DECISION_DEFER
    return micros(answer.defer_until_time) if put_off else None
