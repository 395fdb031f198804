"""Why two reports may be one event: decided by people, named by an authority, or near and soon."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.facts.known import Known
from pipelines.facts.questions import about, ask
from pipelines.incidents.decisions import Verdict, reported
from pipelines.incidents.near_ones import NearOnes
from pipelines.incidents.nearness import Near, family_of
from pipelines.words import ZH
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.decision_pb2 import IncidentReference
from yrd.situation.v1.incidents_pb2 import IncidentLink, IncidentLinkKind

DECIDED = IncidentLinkKind.INCIDENT_LINK_KIND_DECIDED
NAMED = IncidentLinkKind.INCIDENT_LINK_KIND_NAMED
NEAR = IncidentLinkKind.INCIDENT_LINK_KIND_NEAR


@dataclass(frozen=True, slots=True)
class Link:
    """Two reports by their places in the list, and what makes them one event.

    `weakness` orders links of one kind: for what is near, 0 at one place and time and 2 at both limits.
    """

    first: int
    second: int
    kind: IncidentLinkKind
    weakness: float
    text_zh: str
    text_en: str
    messages: tuple[Message, ...]
    near: Near | None = None

    def surest_first(self) -> tuple[int, float, int, int, str]:
        """What is decided comes before what is named, that before what is near, the nearest of that first."""
        return int(self.kind), self.weakness, self.first, self.second, self.text_en


def decided(reports: list[Message], verdicts: list[Verdict]) -> Iterator[Link]:
    """Pairs that people hold to be one event, the duty room's first."""
    places = {reported(report): i for i, report in enumerate(reports)}
    for verdict in verdicts:
        one, other = (places.get(incident) for incident in verdict.pair)
        if not verdict.split and one is not None and other is not None:
            reason = verdict.message.incident_decision.reason
            zh = f"{ZH.name(verdict.author)}决定合并：{reason}"
            en = f"merged by {verdict.author}: {reason}"
            weakness = float(verdict.author != "joint")
            yield Link(one, other, DECIDED, weakness, zh, en, (verdict.message,))


def named(known: Known, reports: list[Message]) -> Iterator[Link]:
    """Pairs that one of their authorities holds to be one event."""
    places: dict[str, list[int]] = {}
    for i, report in enumerate(reports):
        places.setdefault(report.header.entity_id, []).append(i)
    for i, report in enumerate(reports):
        for name in report.incident_report.same_event_ids:
            if name == report.header.entity_id:
                ask(known, about(report, "same_event_as_itself", _FIELD, *_ITSELF))
            for j in places.get(name, ()):
                if i != j:
                    by = report.stamp.origin
                    zh, en = f"{ZH.name(by)}报送时关联", f"named by {by}"
                    yield Link(min(i, j), max(i, j), NAMED, 0.0, zh, en, (report,))


def near(known: Known, reports: list[Message]) -> Iterator[Link]:
    """Pairs of different authorities of one type family that are near and soon enough: inferred."""
    places = {id(report): i for i, report in enumerate(reports)}
    memory: NearOnes = known.memo.setdefault(_MEMORY, NearOnes())
    for pair in memory.among(reports):
        one, other = pair.first, pair.second
        family, km, hours = family_of(one), pair.kilometres, pair.hours
        zh = f"同为{family}类，相距{km:.1f}公里，相隔{hours:.1f}小时"
        en = f"both {family}, {km:.1f} km and {hours:.1f} h apart"
        between = places[id(one)], places[id(other)]
        yield Link(*between, NEAR, pair.spread, zh, en, (one, other), pair)


def view(link: Link, reports: list[Message]) -> IncidentLink:
    """As the summary shows it."""
    return IncidentLink(
        first=reference(reports[link.first]),
        second=reference(reports[link.second]),
        kind=link.kind,
        score=None if link.near is None else round(1 - link.near.spread / 2, 3),
        kilometers=None if link.near is None else round(link.near.kilometres, 3),
        hours=None if link.near is None else round(link.near.hours, 3),
        text_zh=link.text_zh,
        text_en=link.text_en,
        message_ids=[message.header.message_id for message in link.messages],
    )


def reference(report: Message) -> IncidentReference:
    """The incident of a report."""
    return IncidentReference(participant=report.stamp.origin, entity_id=report.header.entity_id)


def reason(link: Link, reports: list[Message]) -> str:
    """In one line, with the entity ids."""
    pair = f"{reports[link.first].header.entity_id} = {reports[link.second].header.entity_id}"
    return f"{pair}: {link.text_en}"


_MEMORY = "near reports"
_FIELD = "incident_report.same_event_ids"
_ITSELF = ("事件自称与自身同一", "the incident is said to be the same event as itself")
