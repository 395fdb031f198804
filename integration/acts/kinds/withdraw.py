"""撤销、撤回 · An own decision, order or request no longer stands: a later revision says so, and why."""

from collections.abc import Mapping

from integration.acts.kinds.drafting import draft, name_incidents, will
from integration.acts.kinds.fields import NO_POST, OFFICERS, post, text
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.target import called, message_of, newest_of
from integration.acts.seam import CannotAct, Form, Known, Person, Said, Thing, seen
from integration.incident_decisions import WITHDRAWAL
from yrd.exchange.v1.message_pb2 import Draft, Message

_BODIES = ("incident_decision", "aid_order", "aid_request")
_MOST_REASON = 1000
_WHAT_FOLLOWS = {
    "incident_decision": Said(
        "是否同一事件，恢复由关联和位置判断。", "links and nearness say again what is one event."
    ),
    "aid_order": Said(
        "对方不再据此出动；已出动的请另行释放。",
        "the other side no longer moves out by it; release what is on its way already.",
    ),
    "aid_request": Said(
        "各方不必再应答；已调派的仍然有效，须另行释放。",
        "nobody need answer any more; what was ordered stays ordered until it is released.",
    ),
}
_NO_REASON = Said("请写理由", "give the reason")


class Withdraw:
    """Only what the participant said itself, and only once."""

    name = "withdraw"
    label = Said("撤销、撤回", "Withdraw")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, told = _known(known, about)
        what, follows = called(told), _WHAT_FOLLOWS[str(told.WhichOneof("body"))]
        decision = told.HasField("incident_decision")
        return Form(
            act=self.name,
            about=about,
            seen=seen([told]),
            title=Said(f"撤销：{what.zh}", f"Withdraw: {what.en}"),
            warning=will(named.scope, follows.zh, follows.en),
            fields=[
                text("reason", Said("理由", "Reason"), most=_MOST_REASON, required=True),
                *([post()] if decision else []),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, told = _known(known, about)
        filled = Filled(fields)
        reason = filled.text("reason", _NO_REASON)
        said_post = filled.text("post", NO_POST) if told.HasField("incident_decision") else ""
        filled.done()
        made = draft(known, named.scope, key, "withdrawal", told.header, told.header)
        made.header.in_reply_to = told.header.in_reply_to
        name_incidents(made.header, told.header.incident_ids)
        body = str(told.WhichOneof("body"))
        getattr(made, body).CopyFrom(getattr(told, body))
        _end(made, reason, said_post)
        return [made]


def _end(made: Draft, reason: str, said_post: str) -> None:
    if made.HasField("incident_decision"):
        decision = made.incident_decision
        decision.kind, decision.reason, decision.post = WITHDRAWAL, reason, said_post
        decision.ClearField("others")
        decision.ClearField("person")
    elif made.HasField("aid_order"):
        made.aid_order.cancelled, made.aid_order.cancel_reason = True, reason
    else:
        made.aid_request.withdrawn, made.aid_request.justification = True, reason


def _known(known: Known, about: str) -> tuple[Thing, Message]:
    named, message = message_of(known, about, *_BODIES)
    told = newest_of(known, named.scope, message)
    if told.stamp.origin != known.me:
        raise CannotAct(
            Said("不是本机构发出的", "it is not this participant's own"),
            Said("有意见请提出异议", "object to it instead"),
        )
    over = (
        told.incident_decision.kind == WITHDRAWAL
        or told.aid_order.cancelled
        or told.aid_request.withdrawn
    )
    if over:
        raise CannotAct(Said("已撤销", "it is withdrawn already"))
    return named, told
