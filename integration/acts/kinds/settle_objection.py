"""答复、撤回异议 · The addressee upholds or rejects an objection; the objector may take it back."""

from collections.abc import Mapping

from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.fields import OFFICERS, choice, text
from integration.acts.kinds.filled import MISSING, Filled
from integration.acts.kinds.target import message_of, participant
from integration.acts.seam import CannotAct, Form, Known, Person, Said, Thing, seen
from integration.objections import (
    RAISED,
    REJECTED,
    TYPE,
    ObjectionError,
    Thread,
    answering,
    taking_back,
    threads,
)
from pipelines.facts.scope import scope_of
from yrd.exchange.v1.message_pb2 import Draft

_UPHOLD, _REJECT, _TAKE_BACK = "UPHOLD", "REJECT", "TAKE_BACK"
_STEPS = {
    _UPHOLD: Said("成立，将更正数据", "upheld: the datum will be corrected"),
    _REJECT: Said("不成立", "rejected"),
    _TAKE_BACK: Said("撤回异议", "taken back"),
}
_WHY_NOT = Said("不成立须写理由", "to reject, say why")


class SettleObjection:
    """What may follow in the thread, by whose turn it is."""

    name = "settle-objection"
    label = Said("答复或撤回异议", "Answer or take back an objection")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, thread, steps = _known(known, about)
        objector = participant(thread.objector)
        last = thread.steps[-1].objection.statement
        return Form(
            act=self.name,
            about=about,
            seen=seen(thread.steps),
            title=Said(f"{objector.zh}的异议", f"The objection of {objector.en}"),
            warning=will(
                named.scope,
                f"将告知各方。异议内容：{last}",
                f"all are told. What was said: {last}",
            ),
            fields=[
                choice("step", Said("答复", "Answer"), steps, next(iter(steps)), required=True),
                text("statement", Said("说明", "Statement"), most=5000),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, thread, steps = _known(known, about)
        filled = Filled(fields)
        step = filled.text("step", MISSING)
        if step not in steps:
            filled.wrong("step", MISSING)
        statement = filled.text("statement", _WHY_NOT if step == _REJECT else None)
        filled.done()
        try:
            told = (
                taking_back(thread, known.me, statement, known.now_ms)
                if step == _TAKE_BACK
                else answering(thread, known.me, step == _UPHOLD, statement, "", known.now_ms)
            )
        except ObjectionError as error:
            raise CannotAct(Said(f"现在不能这样答复：{error}", str(error))) from None
        before = thread.newest_of(known.me)
        basis = (thread.newest_raised or thread.steps[-1]).header
        made = draft(known, named.scope, key, "objection", basis, before.header if before else None)
        made.objection.CopyFrom(told.objection)
        return [made]


def _known(known: Known, about: str) -> tuple[Thing, Thread, dict[str, Said]]:
    named, target = message_of(known, about, "objection")
    told = [m for m in known.messages(TYPE) if scope_of(m) == named.scope]
    wanted = target.header.message_id
    found = [t for t in threads(told) if any(m.header.message_id == wanted for m in t.steps)]
    if not found:
        raise CannotAct(
            Said("异议不完整，不能答复", "the objection is not whole: it can't be answered")
        )
    (thread,) = found
    if thread.addressee == known.me and thread.state == RAISED:
        return named, thread, {key: _STEPS[key] for key in (_UPHOLD, _REJECT)}
    if thread.objector == known.me and thread.state in (RAISED, REJECTED):
        return named, thread, {_TAKE_BACK: _STEPS[_TAKE_BACK]}
    if known.me in (thread.addressee, thread.objector):
        raise CannotAct(Said("异议已了结", "it is settled"))
    who = participant(thread.addressee)
    raise CannotAct(
        Said(
            f"异议的对象是{who.zh}，由{who.zh}答复",
            f"it is addressed to {who.en}, and {who.en} answers",
        ),
        Said("对该数据有意见请另提异议", "object to the datum yourself"),
    )
