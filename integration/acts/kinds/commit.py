"""承诺 · The provider commits its resources to an order. Only the provider commits its resources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.acts.kinds.aid_told import MOST_LINES, TAKEN, Aid, line_of
from integration.acts.kinds.decisions import answer_to, decision, reason_for, require_all
from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.fields import (
    OFFICERS,
    ability,
    instant,
    number,
    stamp,
    text,
    transport,
    transport_mode,
)
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.target import message_of, newest_of, participant
from integration.acts.seam import CannotAct, Field, Form, Known, Person, Said, Thing, seen
from yrd.aid.v1.order_pb2 import AidCommitment, AidCommitmentLine, AidOrderLine
from yrd.exchange.v1.message_pb2 import Draft, Message

_NOTHING = Said("请至少答复一行", "answer at least one line")
_ORDERED = Said("请写每项资源的数量", "say how much of each resource")
_BACKWARDS = Said("到达早于出发：请改正", "arrives before it leaves: correct it")


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line of the order that nothing was committed to yet."""

    name: str
    line: AidOrderLine
    what: Said
    resources: list[tuple[str, str]]
    """Id and name of each."""


class Commit:
    """Commits resource by resource."""

    name = "commit"
    label = Said("承诺", "Commit")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, order, lines, rests = _known(known, about)
        who = participant(order.stamp.origin)
        return Form(
            act=self.name,
            about=about,
            seen=seen(rests),
            title=Said(f"承诺{who.zh}的调派", f"Commit to {who.en}'s order"),
            warning=will(
                named.scope,
                f"本机构资源将据此投入，{who.zh}据此安排接应。",
                f"this participant's resources are bound by it, and {who.en} relies on it.",
            ),
            fields=[field for line in lines for field in _fields(line)],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, order, lines, _ = _known(known, about)
        filled = Filled(fields)
        found = [made for line in lines for made in _committed(filled, line)]
        if not found:
            filled.wrong(f"{lines[0].name}-decision", _NOTHING)
        filled.done()
        made = draft(known, named.scope, key, "commitment", order.header)
        made.aid_commitment.CopyFrom(
            AidCommitment(
                provider=known.me,
                requester=order.stamp.origin,
                order_id=order.header.entity_id,
                lines=found,
            )
        )
        return [made]


def _known(known: Known, about: str) -> tuple[Thing, Message, list[Ordered], list[Message]]:
    named, told = message_of(known, about, "aid_order")
    order = newest_of(known, named.scope, told)
    if order.aid_order.provider != known.me:
        who = participant(order.aid_order.provider)
        raise CannotAct(
            Said(
                f"调派给{who.zh}，只有{who.zh}可以承诺自己的资源",
                f"{who.en} is ordered, and only {who.en} commits its resources",
            ),
            Said(f"请联系{who.zh}值班室", f"call {who.en}'s duty room"),
        )
    if order.aid_order.cancelled:
        raise CannotAct(Said("调派已撤销", "the order was cancelled"))
    aid = Aid(known, named.scope)
    told_before = [m for m in aid.commitments(order.header.entity_id) if m.stamp.origin == known.me]
    done = {line.order_line_id for m in told_before for line in m.aid_commitment.lines}
    request = aid.request(order.aid_order.request_id)
    found = [
        Ordered(
            f"line{place + 1}",
            line,
            _what(request, line),
            [(i, aid.resource_name(known.me, i)) for i in line.resource_ids],
        )
        for place, line in enumerate(order.aid_order.lines)
        if line.line_id not in done
    ]
    if not found:
        raise CannotAct(Said("各行均已承诺或答复", "every line is committed or answered"))
    return named, order, found[:MOST_LINES], [order, *told_before]


def _what(request: Message | None, line: AidOrderLine) -> Said:
    asked = line_of(request, line.request_line_id)
    if asked is None:
        return Said(line.request_line_id, line.request_line_id)
    return ability(asked.need.capability)


def _fields(line: Ordered) -> Iterator[Field]:
    much, name = line.line.quantity, line.name
    wanted = line.line.requested_schedule
    yield answer_to(f"{name}-decision", line.what, much, "ACCEPT")
    for place, (resource_id, called) in enumerate(line.resources):
        yield number(
            f"{name}-of:{resource_id}",
            Said(f"{called} 承诺（{much.unit}）", f"{called}, committed ({much.unit})"),
            much.value if place == 0 else None,
        )
    yield instant(f"{name}-departure", Said("预计出发", "estimated departure"))
    arrival = wanted.arrival_time if wanted.HasField("arrival_time") else None
    yield instant(f"{name}-arrival", Said("预计到达", "estimated arrival"), arrival)
    yield transport(f"{name}-transport", Said("投送方式", "travels by"))
    yield text(
        f"{name}-reason",
        Said("理由（拒绝、暂缓、部分须填）", "Reason (needed unless all is committed)"),
    )


def _committed(filled: Filled, line: Ordered) -> Iterator[AidCommitmentLine]:
    name, much = line.name, line.line.quantity
    said = decision(filled, f"{name}-decision")
    if not said:
        return
    reason = reason_for(filled, f"{name}-reason", said)
    if said not in TAKEN:
        yield AidCommitmentLine(
            line_id=name, order_line_id=line.line.line_id, decision=said, reason=reason
        )
        return
    left = much.value
    given = 0
    for place, (resource_id, _) in enumerate(line.resources):
        value = filled.number(f"{name}-of:{resource_id}", left, zero=True)
        left -= value
        if value <= 0:
            continue
        given += 1
        made = AidCommitmentLine(
            line_id=f"{name}-{place + 1}",
            order_line_id=line.line.line_id,
            decision=said,
            resource_id=resource_id,
            reason=reason,
            transport_mode=transport_mode(filled.text(f"{name}-transport")),
        )
        made.quantity.value, made.quantity.unit = value, much.unit
        _schedule(filled, name, made)
        yield made
    require_all(filled, f"{name}-decision", said, much.value - left, much.value)
    if not given:
        filled.wrong(f"{name}-of:{line.resources[0][0]}", _ORDERED)


def _schedule(filled: Filled, name: str, made: AidCommitmentLine) -> None:
    leaves, arrives = filled.instant(f"{name}-departure"), filled.instant(f"{name}-arrival")
    if leaves is not None and arrives is not None and arrives < leaves:
        filled.wrong(f"{name}-arrival", _BACKWARDS)
    if leaves is not None:
        made.estimated_schedule.departure_time.CopyFrom(stamp(leaves))
    if arrives is not None:
        made.estimated_schedule.arrival_time.CopyFrom(stamp(arrives))
