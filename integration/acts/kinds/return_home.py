"""归建 · The provider's resources go home, or are called back. Only the provider tells of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.acts.kinds.aid_told import MOST_LINES, TAKEN, Aid
from integration.acts.kinds.drafting import draft, will
from integration.acts.kinds.fields import OFFICERS, choice, number, plain, text
from integration.acts.kinds.filled import MISSING, Filled
from integration.acts.kinds.target import message_of, newest_of, participant
from integration.acts.seam import CannotAct, Field, Form, Known, Person, Said, Thing, seen
from yrd.aid.v1.order_pb2 import AidCommitmentLine
from yrd.aid.v1.return_pb2 import AidReturn, AidReturnLine, ReturnStep
from yrd.exchange.v1.message_pb2 import Draft, Message

RECALLED, RETURNING = ReturnStep.RETURN_STEP_RECALLED, ReturnStep.RETURN_STEP_RETURNING
RETURNED = ReturnStep.RETURN_STEP_RETURNED
STEPS = {
    "RECALLED": Said("召回（尚未释放即收回）", "called back before it was released"),
    "RETURNING": Said("返程中", "on the way home"),
    "RETURNED": Said("已归建", "back at its base"),
}
_NO_REASON = Said("召回须写理由", "say why it is called back")
_NO_AMOUNT = Said("归建须写带回或消耗的数量", "once back, say how much came back or was used up")
_DAMAGED = Said("损坏不得多于带回：请改正", "damaged is part of what came back: correct it")


@dataclass(frozen=True, slots=True)
class Out:
    """A committed line that is not back yet."""

    name: str
    line: AidCommitmentLine
    resource: str


class ReturnHome:
    """One return for each commitment, revised as it goes on."""

    name = "return-home"
    label = Said("归建", "Return home")
    roles = OFFICERS
    on = frozenset(("message",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, commitment, before, lines, releases = _known(known, about)
        who = participant(commitment.aid_commitment.requester)
        steps = _next(before, released=bool(releases))
        return Form(
            act=self.name,
            about=about,
            seen=seen([commitment, *([before] if before else []), *releases]),
            title=Said(f"增援{who.zh}的力量归建", f"Help for {who.en} goes home"),
            warning=will(
                named.scope,
                f"{who.zh}和各方将据此知道力量已离开，数量用于结算。",
                f"{who.en} and all others learn that it has left; amounts are used to settle costs.",
            ),
            fields=[
                choice("step", Said("进展", "Step"), steps, next(iter(steps)), required=True),
                *(field for line in lines for field in _fields(line)),
                text("reason", Said("理由（召回须填）", "Reason (needed to call back)")),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, commitment, before, lines, releases = _known(known, about)
        filled = Filled(fields)
        value = filled.text("step", MISSING)
        if value not in _next(before, released=bool(releases)):
            filled.wrong("step", MISSING)
        reason = filled.text("reason", _NO_REASON if value == "RECALLED" else None)
        home = [_line(filled, line, value == "RETURNED") for line in lines]
        filled.done()
        made = draft(
            known, named.scope, key, "return", commitment.header, before.header if before else None
        )
        made.aid_return.CopyFrom(
            AidReturn(
                provider=known.me,
                requester=commitment.aid_commitment.requester,
                step=f"RETURN_STEP_{value}",
                commitment_id=commitment.header.entity_id,
                lines=home,
                reason=reason,
            )
        )
        return [made]


def _known(
    known: Known, about: str
) -> tuple[Thing, Message, Message | None, list[Out], list[Message]]:
    named, told = message_of(known, about, "aid_commitment")
    commitment = newest_of(known, named.scope, told)
    if commitment.stamp.origin != known.me:
        who = participant(commitment.stamp.origin)
        raise CannotAct(
            Said(
                f"力量属于{who.zh}，由{who.zh}报告归建",
                f"it is {who.en}'s, which tells when it is home",
            ),
            Said(
                f"不再需要时请“释放”，并联系{who.zh}值班室",
                f"release it when it is not needed, and call {who.en}",
            ),
        )
    aid = Aid(known, named.scope)
    own = [m for m in aid.returns(commitment.header.entity_id) if m.stamp.origin == known.me]
    before = max(own, key=lambda m: m.header.occurred_time.ToMicroseconds(), default=None)
    if before is not None and before.aid_return.step == RETURNED:
        raise CannotAct(Said("已归建", "it is back already"))
    out = [
        Out(f"line{place + 1}", line, aid.resource_name(known.me, line.resource_id))
        for place, line in enumerate(commitment.aid_commitment.lines)
        if line.decision in TAKEN
    ]
    if not out:
        raise CannotAct(Said("没有承诺过的力量", "nothing was committed"))
    releases = aid.releases(commitment.header.entity_id)
    return named, commitment, before, out[:MOST_LINES], releases


def _next(before: Message | None, *, released: bool) -> dict[str, Said]:
    """Steps that may follow."""
    step = before.aid_return.step if before is not None else None
    if step is None and not released:
        return {"RECALLED": STEPS["RECALLED"]}
    names = ("RETURNED",) if step == RETURNING else ("RETURNING", "RETURNED")
    return {name: STEPS[name] for name in names}


def _fields(out: Out) -> Iterator[Field]:
    unit, much = out.line.quantity.unit, out.line.quantity.value
    yield number(
        f"{out.name}-returned",
        Said(f"{out.resource} 带回（{unit}）", f"{out.resource}, brought back ({unit})"),
        None,
        Said(
            f"归建时填写；承诺{plain(much)}{unit}",
            f"once back; {plain(much)} {unit} were committed",
        ),
    )
    yield number(
        f"{out.name}-consumed",
        Said(f"{out.resource} 消耗（{unit}）", f"{out.resource}, used up ({unit})"),
    )
    yield number(
        f"{out.name}-damaged",
        Said(f"{out.resource} 损坏（{unit}）", f"{out.resource}, damaged ({unit})"),
    )


def _line(filled: Filled, out: Out, back: bool) -> AidReturnLine:
    made = AidReturnLine(commitment_line_id=out.line.line_id)
    if not back:
        return made
    amounts = {
        part: filled.number(f"{out.name}-{part}", out.line.quantity.value, zero=True)
        for part in ("returned", "consumed", "damaged")
    }
    if not amounts["returned"] and not amounts["consumed"]:
        filled.wrong(f"{out.name}-returned", _NO_AMOUNT)
    if amounts["damaged"] > amounts["returned"]:
        filled.wrong(f"{out.name}-damaged", _DAMAGED)
    for part, value in amounts.items():
        if value:
            quantity = getattr(made, part)
            quantity.value, quantity.unit = value, out.line.quantity.unit
    return made
