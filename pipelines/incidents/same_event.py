"""Which reports of several authorities are held to be one event."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.facts.remembered import Rests, remembered
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


@dataclass(frozen=True, slots=True, eq=False)
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
    early = remembered(known, "early reports", reports, _itself, lambda m: tuple(in_future(m)))
    for question in (question for some in early for question in some):
        ask(known, question)
    places = {reported(report): i for i, report in enumerate(reports)}
    splits = {
        (places[v.pair[0]], places[v.pair[1]]): v
        for v in verdicts(known)
        if v.split and v.pair[0] in places and v.pair[1] in places
    }
    links = [*decided(reports, verdicts(known)), *named(known, reports), *near(known, reports)]
    grouping = Grouping([report.stamp.origin for report in reports], splits)
    held = _join(known, grouping, sorted(links, key=Link.surest_first))
    apart = _separations(reports, splits, links)
    return _shown(known, reports, _parts(grouping, held, apart))


def _itself(report: Message) -> Rests:
    return Rests((report,))


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


class _Parts(NamedTuple):
    """What a group is made of: places of its members in the list, links, and what people keep apart."""

    members: list[int]
    links: list[Link]
    kept_apart: list[IncidentSeparation]


def _parts(
    grouping: Grouping, held: list[Link], separations: dict[int, list[IncidentSeparation]]
) -> Iterator[_Parts]:
    links: dict[int, list[Link]] = {}
    for link in held:
        links.setdefault(link.first, []).append(link)
    for group in grouping.groups():
        inside = [link for i in group for link in links.get(i, ())]
        apart = [separation for i in group for separation in separations.get(i, ())]
        yield _Parts(group, sorted(inside, key=Link.surest_first), apart)


def _shown(known: Known, reports: list[Message], parts: Iterable[_Parts]) -> list[Group]:
    """Groups; the very same as before where nothing in them has changed."""

    def rests_on(group: _Parts) -> Rests:
        objects = [reports[i] for i in group.members]
        for link in group.links:
            objects += [reports[link.first], reports[link.second], *link.messages]
        apart = tuple(s.SerializeToString(deterministic=True) for s in group.kept_apart)
        return Rests(objects, (len(group.members), *(link.kind for link in group.links), apart))

    def show(group: _Parts) -> Group:
        return Group(
            members=[reports[i] for i in group.members],
            links=[view(link, reports) for link in group.links],
            reasons=sorted(reason(link, reports) for link in group.links),
            kept_apart=group.kept_apart,
        )

    return remembered(known, "groups of reports", parts, rests_on, show)


_BOTH = (
    "合并决定所指事件已由人工拆分（直接或经其他事件），未予合并",
    "what it merges was split by people, directly or by way of others; it was not merged",
)
