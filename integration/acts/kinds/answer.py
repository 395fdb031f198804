"""应答 · An answer to a request for help, line by line. Only who is asked answers, with own resources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.acts.kinds.aid_told import MOST_LINES, TAKEN, Aid, spare
from integration.acts.kinds.decisions import DEFER, answer_to, decision, reason_for, require_all
from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.fields import (
    OFFICERS,
    ability,
    check,
    instant,
    number,
    office,
    plain,
    stamp,
    text,
    transport,
    transport_mode,
)
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.target import NotHere, message_of, newest_of, participant
from integration.acts.seam import CannotAct, Field, Form, Known, Person, Said, Thing, seen
from yrd.aid.v1.aid_pb2 import AidRequestLine, AidResponse, AidResponseLine
from yrd.exchange.v1.message_pb2 import Draft, Message

_NOTHING = Said("请至少答复一行", "answer at least one line")
_NO_RESOURCE = Said("接受须选出本机构的资源", "to accept, choose resources of your own")
_NO_DEFER = Said("暂缓须写明何时前答复", "to defer, say until when")


@dataclass(frozen=True, slots=True)
class Open:
    """A line that is still to be answered, with the own resources that fit."""

    name: str
    line: AidRequestLine
    resources: list[Message]


class Answer:
    """One response of the participant for each request, whose revisions keep what was answered before."""

    name = "answer"
    label = Said("应答", "Answer")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, request, before, lines = _known(known, about)
        who = participant(request.stamp.origin)
        rests = [
            request,
            *([before] if before else []),
            *(r for line in lines for r in line.resources),
        ]
        return Form(
            act=self.name,
            about=about,
            seen=seen(rests),
            title=Said(f"答复{who.zh}的互助请求", f"Answer {who.en}'s request for help"),
            warning=will(
                named.scope,
                f"答复将送{who.zh}和各方。接受即表示可以调出，待{who.zh}下达调派后再承诺。",
                f"{who.en} and all others receive it. To accept is to offer; you commit once it is ordered.",
            ),
            fields=[
                *(field for line in lines for field in _fields(line)),
                office(),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, request, before, lines = _known(known, about)
        filled = Filled(fields)
        answered = [a for line in lines if (a := _answered(filled, line)) is not None]
        if not answered:
            filled.wrong(f"{lines[0].name}-decision", _NOTHING)
        whom = filled.text("organization")
        filled.done()
        made = draft(
            known, named.scope, key, "response", request.header, before.header if before else None
        )
        body = AidResponse(responder=known.me, request_id=request.header.entity_id)
        now = {line.request_line_id for line in answered}
        if before is not None:
            body.CopyFrom(before.aid_response)
            kept = [line for line in before.aid_response.lines if line.request_line_id not in now]
            body.ClearField("lines")
            body.lines.extend(kept)
        body.lines.extend(answered)
        if whom:
            body.contact.organization = whom
        made.aid_response.CopyFrom(body)
        return [made]


def _known(known: Known, about: str) -> tuple[Thing, Message, Message | None, list[Open]]:
    named, told = message_of(known, about, "aid_request", "aid_response")
    aid = Aid(known, named.scope)
    request = _request(aid, told)
    _require_asked(known.me, request)
    answers = [m for m in aid.answers(request.header.entity_id) if m.stamp.origin == known.me]
    before = max(answers, key=lambda m: m.header.occurred_time.ToMicroseconds(), default=None)
    taken = {
        line.request_line_id
        for m in answers
        for line in m.aid_response.lines
        if line.decision in TAKEN
    }
    wanted = [line for line in request.aid_request.lines if line.need.line_id not in taken]
    if not wanted:
        raise CannotAct(
            Said("各行均已应答", "every line is answered"),
            Said("待请求方调派", "wait until it is ordered"),
        )
    open_ = [
        Open(
            f"line{place + 1}",
            line,
            aid.own_resources(line.need.capability, line.need.quantity.unit),
        )
        for place, line in enumerate(wanted[:MOST_LINES])
    ]
    return named, request, before, open_


def _request(aid: Aid, told: Message) -> Message:
    """The request, by itself or by an own answer to it."""
    if told.HasField("aid_request"):
        return newest_of(aid.known, aid.scope, told)
    request = aid.request(told.aid_response.request_id)
    if request is None or told.stamp.origin != aid.known.me:
        raise NotHere
    return request


def _require_asked(me: str, request: Message) -> None:
    if request.stamp.origin == me:
        raise CannotAct(
            Said("这是本机构自己的请求", "it is this participant's own request"),
            Said("请等被请求方答复", "wait for those that were asked"),
        )
    if request.aid_request.withdrawn:
        raise CannotAct(Said("请求已撤回", "the request was withdrawn"))
    if me not in request.aid_request.addressed_to:
        asked = "、".join(participant(p).zh for p in request.aid_request.addressed_to)
        asked_en = ", ".join(participant(p).en for p in request.aid_request.addressed_to)
        raise CannotAct(
            Said(
                f"请求的对象是{asked}，只有被请求方可以应答",
                f"{asked_en} are asked, and only they answer",
            ),
            Said("请被请求方应答", "leave it to them"),
        )


def _fields(line: Open) -> Iterator[Field]:
    need, name = line.line.need, line.name
    what, unit = ability(need.capability), need.quantity.unit
    free = sum(map(spare, line.resources))
    by = need.needed_by_time if need.HasField("needed_by_time") else None
    yield answer_to(f"{name}-decision", what, need.quantity)
    yield number(
        f"{name}-quantity",
        Said(f"可调出（{unit}）", f"offered ({unit})"),
        min(free, need.quantity.value) or None,
        Said(
            f"保留最低保有量后可用{plain(free)}{unit}",
            f"{plain(free)} {unit} above the minimum kept",
        ),
    )
    found = 0.0
    for resource in line.resources:
        status = resource.resource_status
        yield check(
            f"{name}-from:{resource.header.entity_id}",
            Said(f"调出：{status.name}", f"from: {status.name}"),
            on=found < need.quantity.value,
            help_=Said(
                f"可用{plain(spare(resource))}{unit}", f"{plain(spare(resource))} {unit} to spare"
            ),
        )
        found += spare(resource)
    yield text(
        f"{name}-reason",
        Said("理由（拒绝、暂缓、部分须填）", "Reason (needed unless all is accepted)"),
    )
    yield instant(f"{name}-until", Said("暂缓至", "deferred until"))
    yield instant(f"{name}-arrival", Said("预计到达", "estimated arrival"), by)
    yield transport(f"{name}-transport", Said("投送方式", "travels by"))


def _answered(filled: Filled, line: Open) -> AidResponseLine | None:
    """What was answered to the line; None if nothing was."""
    name, need = line.name, line.line.need
    said = decision(filled, f"{name}-decision")
    if not said:
        return None
    made = AidResponseLine(request_line_id=need.line_id, decision=said)
    made.reason = reason_for(filled, f"{name}-reason", said)
    if said in TAKEN:
        made.quantity.CopyFrom(filled.quantity(f"{name}-quantity", need.quantity.unit))
        require_all(filled, f"{name}-quantity", said, made.quantity.value, need.quantity.value)
        ids = [r.header.entity_id for r in line.resources]
        made.resource_ids.extend(i for i in ids if filled.checked(f"{name}-from:{i}"))
        if not made.resource_ids:
            where = f"{name}-from:{ids[0]}" if ids else f"{name}-decision"
            filled.wrong(where, _NO_RESOURCE)
        arrival = filled.instant(f"{name}-arrival")
        if arrival is not None:
            made.estimated_arrival_time.CopyFrom(stamp(arrival))
        made.transport_mode = transport_mode(filled.text(f"{name}-transport"))
    if said == DEFER:
        until = filled.instant(f"{name}-until", _NO_DEFER)
        if until is not None:
            made.defer_until_time.CopyFrom(stamp(until))
    return made
