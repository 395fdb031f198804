"""合并 · Joint incidents are one event."""

from collections.abc import Mapping

from integration.acts.kinds.drafting import will
from integration.acts.kinds.fields import NO_POST, OFFICERS, check, post, text
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
from integration.acts.seam import CannotAct, Field, Form, Known, Person, Said, seen
from integration.incident_decisions import MERGE
from integration.page.desk import Shown
from integration.page.views.values import place_text
from pipelines.words import EN, ZH
from yrd.exchange.v1.message_pb2 import Draft, Message
from yrd.situation.v1.situation_pb2 import JointIncident

MOST_OTHERS = 30
MOST_REPORTS = 50
_OTHER = "with:"
_NONE = Said("请至少选一起要合并的事件", "choose at least one incident to merge with")
_MANY = Said(
    "报告过多：一次最多合并50份报告，请分次办理", "too many reports: merge up to 50 at a time"
)


class Merge:
    """Which others are one event with the incident."""

    name = "merge"
    label = Said("合并", "Merge")
    roles = OFFICERS
    on = frozenset(("incident",))

    def form(self, known: Known, about: str) -> Form:
        """Raises CannotAct."""
        named, shown, incident = joint_incident(known, about)
        _, others = _known(known.me, shown, incident)
        told = [report for found in (incident, *others) for report in reports(shown, found)]
        return Form(
            act=self.name,
            about=about,
            seen=seen(told),
            title=Said(
                f"将“{incident.title}”与其他事件合并", f"Merge “{incident.title}” with others"
            ),
            warning=will(
                named.scope,
                "各方画面将按同一事件显示，只计一次伤亡；可撤销。",
                "all pictures show one event, its casualties counted once; it can be withdrawn.",
            ),
            fields=[
                *(_other(found) for found in others),
                text("reason", REASON, required=True),
                post(),
            ],
        )

    def drafts(
        self, known: Known, about: str, fields: Mapping[str, str], by: Person, key: str
    ) -> list[Draft]:
        """Raises FieldErrors, CannotAct."""
        named, shown, incident = joint_incident(known, about)
        own, others = _known(known.me, shown, incident)
        filled = Filled(fields)
        chosen = [found for found in others if filled.checked(f"{_OTHER}{found.joint_id}")]
        if not chosen:
            filled.wrong(f"{_OTHER}{others[0].joint_id}", _NONE)
        told = [*own, *(r for found in chosen for r in reports(shown, found))]
        if len(told) > MOST_REPORTS:
            filled.wrong(f"{_OTHER}{others[0].joint_id}", _MANY)
        reason, said_post = filled.text("reason", NO_REASON), filled.text("post", NO_POST)
        filled.done()
        return [decided(known, named, MERGE, told, reason, said_post, key)]


def _known(
    me: str, shown: Shown, incident: JointIncident
) -> tuple[list[Message], list[JointIncident]]:
    """The report that speaks for the incident, and what it may be merged with. Raises CannotAct."""
    told = reports(shown, incident)
    require_own(me, told)
    others = [
        found
        for found in shown.summary.incidents
        if found.joint_id != incident.joint_id and reports(shown, found)
    ]
    others.sort(key=lambda found: found.closed)
    if not others:
        raise CannotAct(
            Said("画面中没有其他事件可合并", "the picture has no other incident to merge with")
        )
    return [next(r for r in told if is_own(me, r))], others[:MOST_OTHERS]


def _other(found: JointIncident) -> Field:
    where = Said(place_text(found.place, ZH), place_text(found.place, EN))
    return check(
        f"{_OTHER}{found.joint_id}",
        Said(f"与“{found.title}”合并", f"merge with “{found.title}”"),
        help_=Said(
            f"{ZH.kind(found.primary_type)} · {where.zh}",
            f"{EN.kind(found.primary_type)} · {where.en}",
        ),
    )
