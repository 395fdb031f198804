"""Requests and the course of help in a report: stages, steps done and due, lateness, promises made twice."""

from collections.abc import Iterator, Sequence

from pipelines.report.aid import STAGES, STEPS, UNDER_WAY
from pipelines.sitrep import naming
from pipelines.sitrep.parts import (
    Figure,
    Line,
    Name,
    Source,
    TableSource,
    line,
    messages,
    sub,
    together,
)
from pipelines.words import AID_STATES
from yrd.common.v1.common_pb2 import Quantity
from yrd.situation.v1.aid_pb2 import AidBranch, AidLife, AidStep, DoublePromise
from yrd.situation.v1.situation_pb2 import AidLine, SituationSummary

STEP_TABLE = TableSource("pipelines/tables/aid_steps.tsv")


def requests(summary: SituationSummary) -> Iterator[Line]:
    """What was asked for and what became of it; then help that is asked for no more and is not over."""
    lives = {(life.request_id, life.line_id): life for life in summary.aid_lives}
    for asked in summary.aid:
        yield _request(asked)
        life = lives.pop((asked.request_id, asked.line_id), None)
        if life is not None:
            yield from _life(life)
    for life in lives.values():
        yield line(
            "{who}已撤回或到期的请求：{what}",
            "{who}, no longer asked for: {what}",
            who=naming.participant(life.requester),
            what=naming.ability(life.capability),
        )
        yield from _life(life)


def _request(asked: AidLine) -> Line:
    ids = list(asked.message_ids)
    offered = Quantity(value=asked.offered, unit=asked.requested.unit)
    return line(
        "{who}请求{what}{wanted}：{state}，已承诺{offered}",
        "{who} asks for {wanted} of {what}: {state}, {offered} offered",
        who=naming.participant(asked.requester),
        what=naming.ability(asked.capability),
        wanted=naming.quantity(asked.requested, ids[:1]),
        state=naming.rank(AID_STATES[asked.state], ids),
        offered=naming.quantity(offered, ids[1:] or ids),
    )


def _life(life: AidLife) -> Iterator[Line]:
    unit = life.requested.unit
    if life.standing:
        yield sub(
            "承诺有效{standing}，其中已到场{there}",
            "{standing} promised and standing, {there} of it on scene",
            standing=naming.quantity(Quantity(value=life.standing, unit=unit), life.message_ids),
            there=naming.quantity(Quantity(value=life.on_scene, unit=unit), life.message_ids),
        )
    for branch in life.branches:
        yield from _branch(branch)


def _branch(branch: AidBranch) -> Iterator[Line]:
    ids, said = branch.message_ids, []
    parts: dict[str, Figure | Name] = {
        "who": naming.participant(branch.provider),
        "stage": naming.rank(STAGES[branch.stage], ids),
    }
    if branch.quantity.value:
        much = naming.quantity(branch.quantity, ids)
        said.append(line("{who}{much}：{stage}", "{who}, {much}: {stage}", **parts, much=much))
    else:
        said.append(line("{who}：{stage}", "{who}: {stage}", **parts))
    if branch.reason:
        said.append(line("原因{why}", "because {why}", why=naming.quoted(branch.reason)))
    if branch.HasField("until_time") and branch.stage in UNDER_WAY:
        until = naming.instant(branch.until_time, messages(ids))
        said.append(line("用至{until}", "wanted until {until}", until=until))
    yield together([sub("", ""), together(said, "；", "; ")], "", "")
    done = [_done(step, ids) for step in branch.steps if step.HasField("done_time")]
    due = [_due(step, ids) for step in branch.steps if not step.HasField("done_time")]
    if done:
        yield _headed("已完成", "done", done)
    if due:
        yield _headed("下一步", "next", due)


def _headed(zh: str, en: str, said: Sequence[Line]) -> Line:
    return together([Line(f"{zh}：", f"{en}: ", indent=3), together(said, "；", "; ")], "", "")


def _done(step: AidStep, ids: Sequence[str]) -> Line:
    told = messages([step.message_id] if step.message_id else ids)
    parts: dict[str, Figure | Name] = {
        "what": Name(*STEPS[step.kind]),
        "at": naming.instant(step.done_time, told),
    }
    if not step.late_minutes:
        return line("{what}{at}", "{what} {at}", **parts)
    return line(
        "{what}{at}，时限{due}，晚约{late}分钟",
        "{what} {at}, due {due}, about {late} min late",
        **parts,
        due=naming.instant(step.due_time, _due_sources(step, told)),
        late=naming.sourced(step.late_minutes, _due_sources(step, told)),
    )


def _due(step: AidStep, ids: Sequence[str]) -> Line:
    parts = {"who": naming.participant(step.participant), "what": Name(*STEPS[step.kind])}
    if not step.HasField("due_time"):
        return line("{who}{what}，时限不详", "{what} by {who}, not known by when", **parts)
    sources = _due_sources(step, messages(ids))
    due = naming.instant(step.due_time, sources)
    if not step.late_minutes:
        return line("{who}{what}，时限{due}", "{what} by {who}, due {due}", **parts, due=due)
    return line(
        "{who}{what}，时限{due}，已超时约{late}分钟",
        "{what} by {who}, due {due}, OVERDUE by about {late} min",
        **parts,
        due=due,
        late=naming.sourced(step.late_minutes, sources),
    )


def _due_sources(step: AidStep, told: tuple[Source, ...]) -> tuple[Source, ...]:
    return (*told, STEP_TABLE) if step.due_inferred else told


def double_promises(summary: SituationSummary) -> Iterator[Line]:
    """Resources that are promised to several lines beyond all there is of them."""
    for found in summary.double_promises:
        yield _double(found)
        for promise in found.promises:
            much = naming.quantity(promise.quantity, [promise.message_id])
            to = naming.participant(promise.requester)
            yield sub("承诺给{to}{much}", "{much} to {to}", to=to, much=much)


def _double(found: DoublePromise) -> Line:
    promising = {promise.message_id for promise in found.promises}
    stated = [id_ for id_ in found.message_ids if id_ not in promising] or list(found.message_ids)
    return line(
        "重复承诺：{who} {what}共{total}，已承诺{promised}",
        "PROMISED TWICE: {who}, {what}: {total} in all, {promised} promised",
        who=naming.participant(found.participant),
        what=naming.quoted(found.resource_name or found.resource_id),
        total=naming.quantity(Quantity(value=found.total, unit=found.unit), stated),
        promised=naming.quantity(
            Quantity(value=found.promised, unit=found.unit), sorted(promising)
        ),
    )
