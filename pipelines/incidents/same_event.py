"""Which reports of several authorities are held to be one event."""

from dataclasses import dataclass

from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.hazmat.oddities import in_future
from pipelines.incidents.decisions import Verdict, reported, verdicts
from pipelines.incidents.grouping import Grouping
from pipelines.incidents.links import (
    DECIDED,
    NEAR,
    Link,
    decided,
    named,
    near,
    reason,
    reference,
    view,
)
from yrd.exchange.v1.message_pb2 import Message
from yrd.incident.v1.incident_pb2 import ReportKind
from yrd.situation.v1.incidents_pb2 import IncidentLink, IncidentLinkKind, IncidentSeparation


@dataclass(frozen=True, slots=True)
class Group:
    """Reports on one event, smallest entity id first, why they are held to be one, and what is kept apart."""

    members: list[Message]
    links: list[IncidentLink]
    reasons: list[str]
    kept_apart: list[IncidentSeparation]

    @property
    def joint_id(self) -> str:
        """Smallest entity id: the same however the reports came in."""
        return self.members[0].header.entity_id


def groups(known: Known) -> list[Group]:
    """Reports that were not withdrawn and have not expired, those on one event together."""
    return known.once("groups of reports", lambda: _groups(known))


def _groups(known: Known) -> list[Group]:
    reports = _standing(known)
    for question in (q for report in reports for q in in_future(report)):
        ask(known, question)
    places = {reported(report): i for i, report in enumerate(reports)}
    splits = {
        (places[v.pair[0]], places[v.pair[1]]): v
        for v in verdicts(known)
        if v.split and v.pair[0] in places and v.pair[1] in places
    }
    links = [*decided(reports, verdicts(known)), *named(known, reports), *near(reports)]
    grouping = Grouping([report.stamp.origin for report in reports], splits)
    held = _join(known, grouping, sorted(links, key=Link.surest_first))
    return _shown(reports, grouping, held, _separations(reports, splits, links))


def _standing(known: Known) -> list[Message]:
    withdrawn = ReportKind.REPORT_KIND_WITHDRAWAL
    reports = known.current("incident_report")
    return sorted((m for m in reports if m.incident_report.kind != withdrawn), key=reported)


def _join(known: Known, grouping: Grouping, links: list[Link]) -> list[Link]:
    """Joins what is linked, surest first, and gives the links that hold.

    What people split stays apart. An authority that tells two incidents means two: nearness never puts
    them together.
    """
    held = []
    for link in links:
        one, other = link.first, link.second
        if grouping.kept_apart(one, other):
            if link.kind == DECIDED:
                ask(
                    known,
                    about(link.messages[0], "merge_against_split", "incident_decision", *_BOTH),
                )
            continue
        apart = not grouping.together(one, other)
        if apart and link.kind == NEAR and grouping.share_an_origin(one, other):
            continue
        held.append(link)
        grouping.join(one, other)
    return held


def _separations(
    reports: list[Message], splits: dict[tuple[int, int], Verdict], links: list[Link]
) -> dict[int, list[IncidentSeparation]]:
    """What people keep apart, by either of the two reports."""
    overruled: dict[tuple[int, int], set[IncidentLinkKind]] = {pair: set() for pair in splits}
    for link in links:
        if (link.first, link.second) in overruled:
            overruled[link.first, link.second].add(link.kind)
    found: dict[int, list[IncidentSeparation]] = {}
    for pair, verdict in sorted(splits.items()):
        separation = IncidentSeparation(
            first=reference(reports[pair[0]]),
            second=reference(reports[pair[1]]),
            participant=verdict.author,
            reason=verdict.message.incident_decision.reason,
            overruled=sorted(overruled[pair]),
            message_id=verdict.message.header.message_id,
        )
        for i in pair:
            found.setdefault(i, []).append(separation)
    return found


def _shown(
    reports: list[Message],
    grouping: Grouping,
    held: list[Link],
    separations: dict[int, list[IncidentSeparation]],
) -> list[Group]:
    links: dict[int, list[Link]] = {}
    for link in held:
        links.setdefault(link.first, []).append(link)
    found = []
    for group in grouping.groups():
        inside = sorted((k for i in group for k in links.get(i, ())), key=Link.surest_first)
        found.append(
            Group(
                members=[reports[i] for i in group],
                links=[view(link, reports) for link in inside],
                reasons=sorted(reason(link, reports) for link in inside),
                kept_apart=[s for i in group for s in separations.get(i, ())],
            )
        )
    return found


_BOTH = (
    "合并决定所指事件已由人工拆分（直接或经其他事件），未予合并",
    "what it merges was split by people, directly or by way of others; it was not merged",
)
