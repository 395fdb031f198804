"""Steps in the life of help: when each was done, and by when it was or is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from google.protobuf.timestamp_pb2 import Timestamp

from pipelines.aid.branches import Branch
from pipelines.aid.stages import TAKEN
from pipelines.facts.scope import micros, timestamp
from pipelines.lateness import coarse
from pipelines.tabled import rows
from yrd.aid.v1.aid_pb2 import AidDecision
from yrd.aid.v1.deployment_pb2 import DeploymentStatus, ExtensionStep
from yrd.aid.v1.return_pb2 import ReturnStep, SettlementStep
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.aid_pb2 import AidStep

MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whose it is, by when, whether that is from the table, and what tells that it is done."""

    kind: str
    participant: str
    due_us: int | None = None
    inferred: bool = False
    done_us: int | None = None
    message: Message | None = None


def steps(branch: Branch, as_of_us: int) -> list[AidStep]:
    """Steps done in their order, then the next; nothing is due behind what ended it."""
    found: list[AidStep] = []
    for step in _all(branch):
        found.append(_view(step, as_of_us))
        if step.done_us is None and step.kind != "EXTENSION":
            break
    return found


def until_us(branch: Branch) -> int | None:
    """Until when it stays: as extended, ordered or asked for."""
    granted = [
        micros(m.aid_extension.until_time)
        for m in branch.extensions
        if m.aid_extension.decision in TAKEN
    ]
    if granted:
        return max(granted)
    if branch.ordered is not None:
        ordered = branch.ordered.requested_schedule
        if ordered.HasField("return_departure_time"):
            return micros(ordered.return_departure_time)
    return _stated(branch.line.needed_until_time, branch.line.HasField("needed_until_time"))


def _view(step: Step, as_of_us: int) -> AidStep:
    late = 0
    if step.due_us is not None:
        late = coarse(((step.done_us or max(as_of_us, step.due_us)) - step.due_us) / MINUTE_US)
    return AidStep(
        kind=f"AID_STEP_KIND_{step.kind}",
        participant=step.participant,
        due_time=None if step.due_us is None else timestamp(step.due_us),
        due_inferred=step.inferred,
        done_time=None if step.done_us is None else timestamp(step.done_us),
        late_minutes=min(late, 2**31),
        message_id=step.message.header.message_id if step.message is not None else "",
    )


def _all(branch: Branch) -> Iterator[Step]:
    yield from _asking(branch)
    if branch.commitment is None or branch.committed is None:
        return
    if branch.committed.decision not in TAKEN:
        return
    yield from _going(branch)
    yield from _staying(branch)
    yield from _ending(branch)


def _asking(branch: Branch) -> Iterator[Step]:
    request, requester = branch.request, branch.request.stamp.origin
    if branch.order is None or branch.response is not None:
        yield _response(branch)
    if branch.order is None:
        offered = branch.answer is not None and branch.answer.decision in TAKEN
        if offered and not request.aid_request.withdrawn:
            yield _table(branch, "ORDER", requester, _told_us(branch.response))
        return
    yield _table(branch, "ORDER", requester, _told_us(branch.response), branch.order)
    if branch.commitment is not None or not branch.order.aid_order.cancelled:
        told = _told_us(branch.order)
        yield _table(branch, "COMMITMENT", branch.provider, told, branch.commitment)


def _response(branch: Branch) -> Step:
    """Putting an answer off is no answer: one is due by the time that it names."""
    request, answer = branch.request.aid_request, branch.answer
    if answer is not None and answer.decision == AidDecision.AID_DECISION_DEFER:
        return Step("RESPONSE", branch.provider, micros(answer.defer_until_time))
    due = _stated(request.answer_by_time, request.HasField("answer_by_time"))
    if due is None:
        return _table(
            branch, "RESPONSE", branch.provider, _told_us(branch.request), branch.response
        )
    return Step("RESPONSE", branch.provider, due, False, _told_us(branch.response), branch.response)


def _going(branch: Branch) -> Iterator[Step]:
    by_status = {m.aid_deployment.status: m for m in branch.deployments}
    aborted = by_status.get(DeploymentStatus.DEPLOYMENT_STATUS_ABORTED)
    mobilising = by_status.get(DeploymentStatus.DEPLOYMENT_STATUS_MOBILIZING)
    left = _schedule(branch, "departure_time")
    there = _schedule(branch, "arrival_time")
    over = aborted is not None or bool(branch.returns) or bool(branch.releases)
    committed_us = _told_us(branch.commitment)
    begun_us = _happened_us(mobilising) if mobilising is not None else left[0] or there[0]
    gathering = _table(
        branch, "MOBILIZATION", branch.provider, committed_us, mobilising or left[1] or there[1]
    )
    yield from _unless(over, _done(gathering, begun_us))
    planned = _planned(branch, "departure_time")
    departure = (
        Step("DEPARTURE", branch.provider, planned)
        if planned is not None
        else _table(branch, "DEPARTURE", branch.provider, begun_us)
    )
    yield from _unless(over, _done(departure, left[0] or there[0], left[1] or there[1]))
    arrival = Step("ARRIVAL", branch.provider, _wanted_there(branch))
    yield from _unless(over, _done(arrival, there[0], there[1]))


def _unless(over: bool, step: Step) -> Iterator[Step]:
    """A step that was not done is not due any more once the help is over."""
    if step.done_us is not None or not over:
        yield step


def _done(step: Step, done_us: int | None, message: Message | None = None) -> Step:
    return Step(
        step.kind, step.participant, step.due_us, step.inferred, done_us, message or step.message
    )


def _staying(branch: Branch) -> Iterator[Step]:
    answers = {
        m.aid_extension.extension_id: m
        for m in branch.extensions
        if m.aid_extension.step == ExtensionStep.EXTENSION_STEP_ANSWERED
    }
    for wish in branch.extensions:
        if wish.aid_extension.step == ExtensionStep.EXTENSION_STEP_REQUESTED:
            answer = answers.get(wish.header.entity_id)
            yield _table(branch, "EXTENSION", branch.provider, _told_us(wish), answer)


def _ending(branch: Branch) -> Iterator[Step]:
    requester = branch.request.stamp.origin
    by_step = {m.aid_return.step: m for m in branch.returns}
    recalled = by_step.get(ReturnStep.RETURN_STEP_RECALLED)
    released = min(branch.releases, key=_told_us_sure, default=None)
    if recalled is None or released is not None:
        yield Step("RELEASE", requester, until_us(branch), False, _told_us(released), released)
    freed = released or recalled
    back = by_step.get(ReturnStep.RETURN_STEP_RETURNED)
    home = _table(branch, "RETURN", branch.provider, _told_us(freed), back)
    yield _done(home, _happened_us(back), back)
    yield from _settling(branch, back)


def _settling(branch: Branch, back: Message | None) -> Iterator[Step]:
    by_step = {m.aid_settlement.step: m for m in branch.settlements}
    waived = by_step.get(SettlementStep.SETTLEMENT_STEP_WAIVED)
    claimed = by_step.get(SettlementStep.SETTLEMENT_STEP_CLAIMED) or waived
    yield _table(branch, "CLAIM", branch.provider, _happened_us(back), claimed)
    if waived is None:
        paid = by_step.get(SettlementStep.SETTLEMENT_STEP_PAID)
        yield _table(branch, "PAYMENT", branch.request.stamp.origin, _told_us(claimed), paid)


def _table(
    branch: Branch, kind: str, participant: str, after_us: int | None, done: Message | None = None
) -> Step:
    """A step that is due some time after another, by the table."""
    row = _rows().get(kind)
    due = None
    if row is not None and after_us is not None:
        due = after_us + row[not branch.line.need.life_saving] * MINUTE_US
    return Step(kind, participant, due, due is not None, _told_us(done), done)


@cache
def _rows() -> dict[str, tuple[int, int]]:
    return {
        row["step"]: (int(row["life_minutes"]), int(row["other_minutes"]))
        for row in rows("aid_steps")
    }


def _told_us(message: Message | None) -> int | None:
    return None if message is None else micros(message.header.reported_time)


def _told_us_sure(message: Message) -> tuple[int, str]:
    return micros(message.header.reported_time), message.header.message_id


def _happened_us(message: Message | None) -> int | None:
    return None if message is None else micros(message.header.occurred_time)


def _stated(time: Timestamp, is_stated: bool) -> int | None:
    return micros(time) if is_stated else None


def _schedule(branch: Branch, field: str) -> tuple[int | None, Message | None]:
    """The instant of an actual schedule, as last told, and who tells it."""
    for message in reversed(branch.deployments):
        schedule = message.aid_deployment.actual_schedule
        if schedule.HasField(field):
            return micros(getattr(schedule, field)), message
    return None, None


def _planned(branch: Branch, field: str) -> int | None:
    """When something was to happen, as ordered or else as committed."""
    schedules = []
    if branch.ordered is not None:
        schedules.append(branch.ordered.requested_schedule)
    if branch.committed is not None:
        schedules.append(branch.committed.estimated_schedule)
    return next((micros(getattr(s, field)) for s in schedules if s.HasField(field)), None)


def _wanted_there(branch: Branch) -> int | None:
    """By when it is to be there: as ordered, as needed, or as committed."""
    need = branch.line.need
    if branch.ordered is not None and branch.ordered.requested_schedule.HasField("arrival_time"):
        return micros(branch.ordered.requested_schedule.arrival_time)
    if need.HasField("needed_by_time"):
        return micros(need.needed_by_time)
    return _planned(branch, "arrival_time")
