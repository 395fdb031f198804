"""Needs and mutual aid in a summary's text."""

from collections.abc import Iterable

from pipelines.amounts import amount
from pipelines.words import AID_STATES, Words
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.aid_pb2 import (
    AidBranch,
    AidLife,
    AidStage,
    AidStep,
    AidStepKind,
    DoublePromise,
    NeedLine,
)
from yrd.situation.v1.situation_pb2 import AidLine, SituationSummary

STAGES: dict[int, tuple[str, str]] = {
    AidStage.AID_STAGE_UNSPECIFIED: ("不详", "unknown"),
    AidStage.AID_STAGE_REQUESTED: ("待答复", "asked, not answered"),
    AidStage.AID_STAGE_OFFERED: ("已答复可提供", "offered"),
    AidStage.AID_STAGE_DECLINED: ("已谢绝", "declined"),
    AidStage.AID_STAGE_ORDERED: ("已下达调度指令", "ordered"),
    AidStage.AID_STAGE_COMMITTED: ("已承诺", "committed"),
    AidStage.AID_STAGE_MOBILIZING: ("集结", "mobilising"),
    AidStage.AID_STAGE_EN_ROUTE: ("途中", "on its way"),
    AidStage.AID_STAGE_ON_SCENE: ("到达", "on scene"),
    AidStage.AID_STAGE_ABORTED: ("中止", "aborted"),
    AidStage.AID_STAGE_RECALLED: ("召回", "called back"),
    AidStage.AID_STAGE_RELEASED: ("解除", "released"),
    AidStage.AID_STAGE_RETURNING: ("返程", "going home"),
    AidStage.AID_STAGE_RETURNED: ("归建", "back home"),
    AidStage.AID_STAGE_CLAIMED: ("已申报费用", "costs claimed"),
    AidStage.AID_STAGE_DISPUTED: ("费用有异议", "costs disputed"),
    AidStage.AID_STAGE_SETTLED: ("已结算", "settled"),
    AidStage.AID_STAGE_CANCELLED: ("已撤销", "cancelled"),
}
UNDER_WAY = (
    AidStage.AID_STAGE_COMMITTED,
    AidStage.AID_STAGE_MOBILIZING,
    AidStage.AID_STAGE_EN_ROUTE,
    AidStage.AID_STAGE_ON_SCENE,
)
STEPS: dict[int, tuple[str, str]] = {
    AidStepKind.AID_STEP_KIND_RESPONSE: ("答复", "the answer"),
    AidStepKind.AID_STEP_KIND_ORDER: ("调度指令", "the order"),
    AidStepKind.AID_STEP_KIND_COMMITMENT: ("承诺", "the commitment"),
    AidStepKind.AID_STEP_KIND_MOBILIZATION: ("集结", "mobilisation"),
    AidStepKind.AID_STEP_KIND_DEPARTURE: ("出发", "departure"),
    AidStepKind.AID_STEP_KIND_ARRIVAL: ("到达", "arrival"),
    AidStepKind.AID_STEP_KIND_EXTENSION: ("延期答复", "the answer on staying longer"),
    AidStepKind.AID_STEP_KIND_RELEASE: ("解除", "release"),
    AidStepKind.AID_STEP_KIND_RETURN: ("归建", "return"),
    AidStepKind.AID_STEP_KIND_CLAIM: ("费用申报", "the claim"),
    AidStepKind.AID_STEP_KIND_PAYMENT: ("支付", "payment"),
}


def aid_lines(summary: SituationSummary, words: Words) -> Iterable[str]:
    """Needs, what was asked for, how far each lender's help is, and what is promised twice."""
    yield from (_need(line, words) for line in summary.need_lines)
    lives = {(life.request_id, life.line_id): life for life in summary.aid_lives}
    for line in summary.aid:
        yield _asked(line, words)
        life = lives.pop((line.request_id, line.line_id), None)
        if life is not None:
            yield from _branches(life, words)
    for life in lives.values():
        yield _ordered(life, words)
        yield from _branches(life, words)
    yield from (_double(found, words) for found in summary.double_promises)


def _need(line: NeedLine, words: Words) -> str:
    name, ability = words.name(line.beneficiary), words.ability(line.capability)
    unit, wanted = line.wanted.unit, amount(line.wanted.value)
    mark = words.say("（推断）", " (inferred)") if line.inferred else ""
    lives = words.say("，涉及生命", ", lives depend on it") if line.life_saving else ""
    return words.say(
        f"{name} 需要{ability}{wanted}{unit}{mark}{lives}：已落实{amount(line.covered)}，本省可用"
        f"{amount(line.own_spare)}，各方可调出{amount(line.neighbor_spare)}，缺口{amount(line.shortage)}",
        f"{name} needs {wanted} {unit} {ability}{mark}{lives}: {amount(line.covered)} covered, "
        f"{amount(line.own_spare)} of its own, {amount(line.neighbor_spare)} to spare elsewhere, "
        f"{amount(line.shortage)} short",
    )


def _asked(line: AidLine, words: Words) -> str:
    name, ability = words.name(line.requester), words.ability(line.capability)
    state = AID_STATES[line.state][words.index]
    unit, wanted = line.requested.unit, amount(line.requested.value)
    given = amount(line.offered)
    return words.say(
        f"{name} 请求{ability}{wanted}{unit}：{state}，已承诺{given}{unit}",
        f"{name} asks for {wanted} {unit} {ability}: {state}, {given} offered",
    )


def _ordered(life: AidLife, words: Words) -> str:
    """A line that is asked for no more, and for which help is under way or not settled."""
    name, ability = words.name(life.requester), words.ability(life.capability)
    return words.say(
        f"{name} 已撤回或到期的请求{ability}", f"{name}, no longer asked for: {ability}"
    )


def _branches(life: AidLife, words: Words) -> Iterable[str]:
    if life.standing:
        unit, standing, there = life.requested.unit, amount(life.standing), amount(life.on_scene)
        yield words.say(
            f"    承诺有效{standing}{unit}，其中已到场{there}{unit}",
            f"    {standing} {unit} promised and standing, {there} {unit} of it on scene",
        )
    for branch in life.branches:
        yield f"    {_branch(branch, words)}"


def _branch(branch: AidBranch, words: Words) -> str:
    stage = STAGES[branch.stage][words.index]
    much = f" {_much(branch.quantity)}" if branch.quantity.value else ""
    because = f"（{branch.reason}）" if branch.reason and words.index == 0 else ""
    because = f" ({branch.reason})" if branch.reason and words.index else because
    until = []
    if branch.HasField("until_time") and branch.stage in UNDER_WAY:
        at = words.time(branch.until_time)
        until.append(words.say(f"用至{at}", f"wanted until {at}"))
    steps = [said for step in branch.steps if (said := _step(step, words))]
    said = f"{words.name(branch.provider)}{much} {stage}{because}"
    return words.say("；", "; ").join([said, *until, *steps])


def _step(step: AidStep, words: Words) -> str:
    """What is next with its time, and what was or is late; nothing of what was done in time."""
    name, who = STEPS[step.kind][words.index], words.name(step.participant)
    minutes = step.late_minutes
    if step.HasField("done_time"):
        late = words.say(f"{name}晚了{minutes}分钟", f"{name} was {minutes} min late")
        return late if minutes else ""
    if minutes:
        return words.say(
            f"{who}{name}已超时{minutes}分钟", f"{name} by {who} OVERDUE by {minutes} min"
        )
    if not step.HasField("due_time"):
        return words.say(f"下一步：{who}{name}", f"next: {name} by {who}")
    due = words.time(step.due_time)
    return words.say(f"下一步：{who}{name}，时限{due}", f"next: {name} by {who}, due {due}")


def _much(quantity: Quantity) -> str:
    return f"{amount(quantity.value)}{quantity.unit}"


def _double(found: DoublePromise, words: Words) -> str:
    to = words.say("、", ", ").join(
        f"{words.name(p.requester)} {p.request_id} {p.line_id} {_much(p.quantity)}"
        for p in found.promises
    )
    name, owner = found.resource_name, words.name(found.participant)
    total, promised = amount(found.total), amount(found.promised)
    return words.say(
        f"重复承诺：{owner} {name}共{total}{found.unit}，已承诺{promised}{found.unit}：{to}",
        f"PROMISED TWICE: {owner} {name}, {total} {found.unit} in all, {promised} promised: {to}",
    )
