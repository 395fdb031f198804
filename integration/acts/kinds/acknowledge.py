"""签收、办理 · A person at a duty post read a message, or acts on it."""

from collections.abc import Mapping

from integration.acts.kinds.drafting import draft, name_incidents, will
from integration.acts.kinds.fields import NO_POST, OFFICERS, choice, post, text
from integration.acts.kinds.filled import MISSING, Filled
from integration.acts.kinds.target import called, entity, message_of, newest, participant
from integration.acts.seam import CannotAct, Form, Known, Person, Said, Thing, seen
from yrd.coordination.v1.dialogue_pb2 import Acknowledgement, AcknowledgementKind
from yrd.exchange.v1.message_pb2 import Draft, Message

TYPE = Acknowledgement.DESCRIPTOR.full_name
KINDS = {
    "READ": Said("已阅", "read"),
    "ACTING": Said("处置中", "being dealt with"),
    "DONE": Said("已办结", "dealt with"),
    "PASSED_ON": Said("已转办", "passed on"),
}
_DONE = AcknowledgementKind.ACKNOWLEDGEMENT_KIND_DONE
_TO_WHOM = Said("请写转给哪个单位", "say to whom it was passed on")


class Acknowledge:
    """One acknowledgement for each message, revised as it goes on: read, acting, done."""

    name = "acknowledge"
    label = Said("签收", "Acknowledge")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, target = _target(known, about)
        before = _before(known, named.scope, target)
        if before is not None and before.acknowledgement.kind == _DONE:
            raise CannotAct(
                Said("本机构已办结这条报文", "this post has dealt with it already"),
                Said("如有新情况，请对新报文签收", "acknowledge what is told anew"),
            )
        value = "READ" if before is None else "ACTING"
        who, what = participant(target.stamp.origin), called(target)
        return Form(
            act=self.name,
            about=about,
            seen=seen([target, *([before] if before else [])]),
            title=Said(f"签收：{who.zh} {what.zh}", f"Acknowledge: {who.en}, {what.en}"),
            warning=will(
                named.scope,
                f"将告知{who.zh}和各方：本岗位已收到并如何办理。",
                f"{who.en} and all others learn that this post has it, and what it does.",
            ),
            fields=[
                choice("kind", Said("办理情况", "What was done"), KINDS, value, required=True),
                post(),
                text("note", Said("说明（转办须写转给谁）", "Note (to whom, if passed on)")),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, target = _target(known, about)
        filled = Filled(fields)
        kind = filled.text("kind", MISSING)
        if kind and kind not in KINDS:
            filled.wrong("kind", MISSING)
        said_post = filled.text("post", NO_POST)
        note = filled.text("note", _TO_WHOM if kind == "PASSED_ON" else None)
        filled.done()
        before = _before(known, named.scope, target)
        made = draft(
            known, named.scope, key, "ack", target.header, before.header if before else None
        )
        made.header.entity_id = _entity_id(known.me, target)
        if target.HasField("incident_report"):
            name_incidents(made.header, [target.header.entity_id])
        made.acknowledgement.CopyFrom(
            Acknowledgement(
                participant=known.me,
                kind=f"ACKNOWLEDGEMENT_KIND_{kind}",
                message_ids=[target.header.message_id],
                post=said_post,
                note=note,
            )
        )
        return [made]


def _target(known: Known, about: str) -> tuple[Thing, Message]:
    named, target = message_of(known, about)
    if target.HasField("acknowledgement"):
        raise CannotAct(Said("签收本身不需签收", "an acknowledgement needs none"))
    if target.stamp.origin == known.me:
        raise CannotAct(
            Said("这是本机构自己的报文", "it is this participant's own message"),
            Said("各方签收后会显示在报文中", "what others say of it comes as their messages"),
        )
    return named, target


def _entity_id(me: str, target: Message) -> str:
    return f"{me}/ack/{target.header.message_id}"


def _before(known: Known, scope: str, target: Message) -> Message | None:
    own = newest(known, scope, TYPE)
    return entity(own, known.me, _entity_id(known.me, target))
