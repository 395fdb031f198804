"""调派 · The requester orders what was offered. Only the requester orders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.acts.kinds.aid_told import MOST_LINES, TAKEN, Aid, line_of
from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.fields import (
    OFFICERS,
    ability,
    check,
    instant,
    number,
    plain,
    stamp,
    text,
)
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.target import message_of, newest_of, participant
from integration.acts.seam import CannotAct, Field, Form, Known, Person, Said, Thing, seen
from yrd.aid.v1.aid_pb2 import AidRequestLine, AidResponseLine
from yrd.aid.v1.order_pb2 import AidOrder, AidOrderLine
from yrd.exchange.v1.message_pb2 import Draft, Message

_NOTHING = Said("请至少调派一行", "order at least one line")


@dataclass(frozen=True, slots=True)
class Offer:
    """A line that was offered and is not ordered yet."""

    name: str
    asked: AidRequestLine
    offered: AidResponseLine
    resources: str


class Order:
    """Orders, from one response, the lines that are wanted."""

    name = "order"
    label = Said("调派", "Order")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, response, _, offers, rests = _known(known, about)
        who = participant(response.stamp.origin)
        return Form(
            act=self.name,
            about=about,
            seen=seen(rests),
            title=Said(f"向{who.zh}下达调派", f"Order help from {who.en}"),
            warning=will(
                named.scope,
                f"{who.zh}将据此集结出动，费用按协议结算。",
                f"{who.en} will move out by it; costs are settled as agreed.",
            ),
            fields=[
                *(field for offer in offers for field in _fields(offer)),
                text("note", Said("说明", "Note")),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, response, request, offers, _ = _known(known, about)
        filled = Filled(fields)
        note = filled.text("note")
        lines = [
            _ordered(filled, offer, note)
            for offer in offers
            if filled.checked(f"{offer.name}-order")
        ]
        if not lines:
            filled.wrong(f"{offers[0].name}-order", _NOTHING)
        filled.done()
        made = draft(known, named.scope, key, "order", response.header)
        made.aid_order.CopyFrom(
            AidOrder(
                requester=known.me,
                provider=response.stamp.origin,
                request_id=request.header.entity_id,
                response_id=response.header.entity_id,
                lines=lines,
            )
        )
        return [made]


def _known(known: Known, about: str) -> tuple[Thing, Message, Message, list[Offer], list[Message]]:
    named, told = message_of(known, about, "aid_response")
    aid = Aid(known, named.scope)
    response = newest_of(known, named.scope, told)
    request = aid.request(response.aid_response.request_id)
    if request is None:
        raise CannotAct(
            Said("所答复的请求在此未见报送", "the request that it answers was never told here")
        )
    if request.stamp.origin != known.me:
        who = participant(request.stamp.origin)
        raise CannotAct(
            Said(
                f"请求由{who.zh}提出，只有请求方可以调派",
                f"{who.en} asked, and only the requester orders",
            ),
            Said(f"请联系{who.zh}值班室", f"call {who.en}'s duty room"),
        )
    if request.aid_request.withdrawn:
        raise CannotAct(Said("请求已撤回", "the request was withdrawn"))
    orders = [m for m in aid.orders(response.header.entity_id) if not m.aid_order.cancelled]
    ordered = {line.request_line_id for m in orders for line in m.aid_order.lines}
    found = [
        Offer(f"line{place + 1}", asked, offered, _names(aid, response, offered))
        for place, (asked, offered) in enumerate(_open(request, response, ordered))
    ]
    if not found:
        raise CannotAct(
            Said(
                "没有待调派的应答：未接受，或已调派",
                "nothing is left to order: it was not accepted, or is ordered",
            ),
            Said("请在“互助进程”中查看", "see “The course of aid”"),
        )
    return named, response, request, found[:MOST_LINES], [request, response, *orders]


def _open(
    request: Message, response: Message, ordered: set[str]
) -> Iterator[tuple[AidRequestLine, AidResponseLine]]:
    for offered in response.aid_response.lines:
        asked = line_of(request, offered.request_line_id)
        if (
            asked is not None
            and offered.decision in TAKEN
            and offered.request_line_id not in ordered
        ):
            yield asked, offered


def _names(aid: Aid, response: Message, offered: AidResponseLine) -> str:
    return "、".join(aid.resource_name(response.stamp.origin, i) for i in offered.resource_ids)


def _fields(offer: Offer) -> Iterator[Field]:
    what, much = ability(offer.asked.need.capability), offer.offered.quantity
    arrival = offer.offered
    by = offer.asked.need.needed_by_time if offer.asked.need.HasField("needed_by_time") else None
    if arrival.HasField("estimated_arrival_time"):
        by = arrival.estimated_arrival_time
    yield check(
        f"{offer.name}-order",
        Said(f"调派：{what.zh}", f"order: {what.en}"),
        on=True,
        help_=Said(f"应答：{offer.resources}", f"offered: {offer.resources}"),
    )
    yield number(
        f"{offer.name}-quantity",
        Said(f"{what.zh} 数量（{much.unit}）", f"{what.en}, how many ({much.unit})"),
        much.value,
        Said(
            f"不超过应答的{plain(much.value)}{much.unit}",
            f"up to the {plain(much.value)} {much.unit} offered",
        ),
    )
    yield instant(f"{offer.name}-arrival", Said("要求到达", "wanted there by"), by)


def _ordered(filled: Filled, offer: Offer, note: str) -> AidOrderLine:
    much = offer.offered.quantity
    made = AidOrderLine(
        line_id=offer.name,
        request_line_id=offer.offered.request_line_id,
        quantity=filled.quantity(f"{offer.name}-quantity", much.unit, much.value),
        resource_ids=offer.offered.resource_ids,
        report_to=offer.asked.report_to,
        note=note,
    )
    arrival = filled.instant(f"{offer.name}-arrival")
    if arrival is not None:
        made.requested_schedule.arrival_time.CopyFrom(stamp(arrival))
    return made
