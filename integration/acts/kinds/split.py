"""拆分 · A report is not one event with the others of its joint incident."""

from collections.abc import Mapping

from integration.acts.kinds.drafting import will
from integration.acts.kinds.fields import NO_POST, OFFICERS, choice, post, text
from integration.acts.kinds.filled import Filled
from integration.acts.kinds.merging import (
    NO_REASON,
    REASON,
    decided,
    is_own,
    joint_incident,
    reports,
    require_own,
)
from integration.acts.kinds.target import participant
from integration.acts.seam import CannotAct, Form, Known, Person, Said, Thing, seen
from integration.incident_decisions import SPLIT
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.situation.v1.situation_pb2 import JointIncident

_NO_REPORT = Said("请选要拆出的报告", "choose the report to take out")


class Split:
    """Which report of the joint incident is another event."""

    name = "split"
    label = Said("拆分", "Split")
    roles = OFFICERS
    on = frozenset(("incident",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, incident, told = _known(known, about)
        choices = {_name(r): _label(r) for r in told if is_own(known.me, r)}
        return Form(
            act=self.name,
            about=about,
            seen=seen(told),
            title=Said(f"拆分“{incident.title}”", f"Split “{incident.title}”"),
            warning=will(
                named.scope,
                "所选报告将与其余报告分为两起事件，分别计数；可撤销。",
                "the chosen report becomes an event of its own, counted apart; it can be withdrawn.",
            ),
            fields=[
                choice(
                    "apart", Said("拆出哪一份报告", "Report to take out"), choices, required=True
                ),
                text("reason", REASON, required=True),
                post(),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, _, told = _known(known, about)
        filled = Filled(fields)
        named_apart = filled.text("apart", _NO_REPORT)
        apart = [r for r in told if _name(r) == named_apart and is_own(known.me, r)]
        if not apart:
            filled.wrong("apart", _NO_REPORT)
        reason, said_post = filled.text("reason", NO_REASON), filled.text("post", NO_POST)
        filled.done()
        rest = [r for r in told if r is not apart[0]]
        return [decided(known, named, SPLIT, [*apart, *rest], reason, said_post, key)]


def _known(known: Known, about: str) -> tuple[Thing, JointIncident, list[Message]]:
    named, shown, incident = joint_incident(known, about)
    told = reports(shown, incident)
    if len(told) < 2:
        raise CannotAct(
            Said("只有一份报告，无可拆分", "there is one report only: nothing to split")
        )
    require_own(known.me, told)
    return named, incident, told


def _name(report: Message) -> str:
    return f"{report.stamp.origin} {report.header.entity_id}"


def _label(report: Message) -> Said:
    who, title = participant(report.stamp.origin), report.incident_report.title
    number = report.header.revision
    return Said(f"{who.zh}：{title}（第{number}版）", f"{who.en}: {title} (revision {number})")
