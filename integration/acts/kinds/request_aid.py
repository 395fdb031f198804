"""采纳建议并发出请求 · A request for help, from a proposal that a person edited."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integration.acts.kinds.aid_told import MOST_LINES
from integration.acts.kinds.drafting import draft, name_incidents, will
from integration.acts.kinds.fields import (
    OFFICERS,
    ability,
    check,
    instant,
    listed,
    number,
    office,
    stamp,
    text,
)
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.target import NotHere, newest, participant, picture_of
from integration.acts.seam import (
    CannotAct,
    Field,
    Form,
    Known,
    Person,
    Said,
    Thing,
    seen,
    thing,
)
from yrd.aid.v1.aid_pb2 import AidRequest, AidRequestLine
from yrd.common.v1.common_pb2 import Place
from yrd.exchange.v1.message_pb2 import Draft, Message, Priority
from yrd.situation.v1.situation_pb2 import AidProposal, ProposalLine

_NOBODY = Said("请至少选一个被请求方", "choose at least one participant to ask")
_NOTHING = Said("请至少选一行", "choose at least one line")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the proposal with what its fields' names begin with, and where the help is to report."""

    name: str
    line: ProposalLine
    place: Place


class RequestAid:
    """One request for each incident of the proposal. Only the province that lacks something asks."""

    name = "request-aid"
    label = Said("采纳建议并发出请求", "Request what is proposed")
    roles = OFFICERS
    on = frozenset(("proposal",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, message = _proposal(known, about)
        lines = _lines(known, named, message)
        proposal = message.aid_proposal
        asked = listed(map(participant, _lenders(proposal)))
        return Form(
            act=self.name,
            about=about,
            seen=seen([message, *_requests(known, named.scope)]),
            title=Said("采纳建议并发出互助请求", "Request the help that is proposed"),
            warning=will(
                named.scope,
                f"将以本机构名义正式请求{asked.zh}支援，对方须答复。请先核对并修改。",
                f"{asked.en} will be asked in this participant's name and must answer. Check and edit first.",
            ),
            fields=[
                *(
                    check(
                        f"ask:{p}",
                        Said(f"请求{participant(p).zh}", f"ask {participant(p).en}"),
                        on=True,
                    )
                    for p in _lenders(proposal)
                ),
                *(field for line in lines for field in _line_fields(line)),
                text("justification", Said("请求理由", "Why"), most=5000, required=True),
                instant("answer_by", Said("要求何时前答复", "Answer wanted by")),
                office(),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, message = _proposal(known, about)
        lines = _lines(known, named, message)
        filled = Filled(fields)
        lenders = _lenders(message.aid_proposal)
        asked = [p for p in lenders if filled.checked(f"ask:{p}")]
        if not asked:
            filled.wrong(f"ask:{lenders[0]}", _NOBODY)
        chosen = [line for line in lines if filled.checked(f"{line.name}-wanted")]
        if not chosen:
            filled.wrong(f"{lines[0].name}-wanted", _NOTHING)
        requested = [(line, _request_line(filled, line)) for line in chosen]
        why = filled.text("justification", Said("请写请求理由", "say why"))
        answer_by = filled.instant("answer_by")
        whom = filled.text("organization")
        filled.done()
        found = []
        for incident_id in dict.fromkeys(line.line.source_id for line in chosen):
            made = draft(known, named.scope, key, "request", message.header, part=incident_id)
            own = [asking for line, asking in requested if line.line.source_id == incident_id]
            made.header.ClearField("incident_ids")
            name_incidents(made.header, [incident_id])
            if any(asking.need.life_saving for asking in own):
                made.header.priority = Priority.PRIORITY_LIFE_SAFETY
            body = AidRequest(
                requester=known.me,
                addressed_to=asked,
                incident_id=incident_id,
                lines=own,
                justification=why,
                proposal_id=message.header.entity_id,
            )
            if answer_by is not None:
                body.answer_by_time.CopyFrom(stamp(answer_by))
            if whom:
                body.contact.organization = whom
            made.aid_request.CopyFrom(body)
            found.append(made)
        return found


def _proposal(known: Known, about: str) -> tuple[Thing, Message]:
    """The newest proposal for a province, which must be this page's. Raises CannotAct."""
    named = thing(about)
    if named.kind != "proposal":
        raise NotHere
    found = picture_of(known, named.scope).proposed.get(named.id)
    if found is None or found.aid_proposal.withdrawn:
        raise CannotAct(Said("该建议已撤回或已更新", "the proposal no longer stands"))
    if named.id != known.me:
        who = participant(named.id)
        raise CannotAct(
            Said(
                f"受援方是{who.zh}，只有{who.zh}可以发出请求",
                f"the help is for {who.en}, and only {who.en} asks for it",
            ),
            Said(f"请联系{who.zh}值班室", f"call {who.en}'s duty room"),
        )
    return named, found


def _requests(known: Known, scope: str) -> list[Message]:
    """Own requests that stand."""
    told = newest(known, scope, AidRequest.DESCRIPTOR.full_name)
    return [m for m in told if m.stamp.origin == known.me and not m.aid_request.withdrawn]


def _lines(known: Known, named: Thing, message: Message) -> list[Line]:
    """Lines that are not asked for already, and whose place is known. Raises CannotAct if none is left."""
    shown = picture_of(known, named.scope)
    standing = _requests(known, named.scope)
    ids = {m.header.entity_id for m in standing}
    there = {
        (m.aid_request.incident_id, line.need.line_id)
        for m in standing
        for line in m.aid_request.lines
    }
    places = {
        member.entity_id: incident.place
        for incident in shown.summary.incidents
        for member in incident.members
    }
    found: list[Line] = []
    for line in message.aid_proposal.lines:
        place = (
            line.need.destination
            if line.need.HasField("destination")
            else places.get(line.source_id)
        )
        name = line.source_id, line.need.line_id
        lent = any(a.participant != known.me for a in line.allocations)
        if place is None or not lent or line.source_id in ids or name in there:
            continue
        there.add(name)
        found.append(Line(f"line{len(found) + 1}", line, place))
    if not found:
        raise CannotAct(
            Said(
                "建议各行均已请求，或无力量可调",
                "every line is asked for already, or nothing can be lent",
            ),
            Said("请在“互助进程”中查看", "see “The course of aid”"),
        )
    return found[:MOST_LINES]


def _lenders(proposal: AidProposal) -> list[str]:
    """Whom to ask: those that could lend, and never the province itself."""
    named = [a.participant for line in proposal.lines for a in line.allocations]
    wanted = dict.fromkeys([*proposal.addressed_to, *named])
    return [p for p in wanted if p != proposal.beneficiary]


def _line_fields(line: Line) -> Iterator[Field]:
    need, proposed = line.line.need, sum(a.quantity.value for a in line.line.allocations)
    what, unit = ability(need.capability), need.quantity.unit
    mark = Said("（推断）", " (inferred)") if line.line.inferred else Said("", "")
    from_whom = listed(
        Said(
            f"{participant(a.participant).zh}{a.resource_name}",
            f"{participant(a.participant).en} {a.resource_name}",
        )
        for a in line.line.allocations
    )
    yield check(
        f"{line.name}-wanted",
        Said(f"请求：{what.zh}{mark.zh}", f"request: {what.en}{mark.en}"),
        on=not line.line.inferred,
        help_=Said(f"建议来源：{from_whom.zh}", f"proposed from: {from_whom.en}"),
    )
    yield number(
        f"{line.name}-quantity",
        Said(f"{what.zh} 数量（{unit}）", f"{what.en}, how many ({unit})"),
        proposed,
        Said(f"需要{need.quantity.value:g}{unit}", f"{need.quantity.value:g} {unit} needed"),
    )
    by = need.needed_by_time if need.HasField("needed_by_time") else None
    yield instant(f"{line.name}-by", Said(f"{what.zh} 何时前到达", f"{what.en}, there by"), by)


def _request_line(filled: Filled, line: Line) -> AidRequestLine:
    made = AidRequestLine(need=line.line.need, report_to=line.place)
    unit = line.line.need.quantity.unit
    made.need.quantity.CopyFrom(filled.quantity(f"{line.name}-quantity", unit))
    made.need.ClearField("needed_by_time")
    by = filled.instant(f"{line.name}-by")
    if by is not None:
        made.need.needed_by_time.CopyFrom(stamp(by))
    return made
