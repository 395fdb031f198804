"""What lies on the desk: of each scope the newest picture, the reports behind it, and what came last.

Pure: messages in, in any order and with repeats; a snapshot out. Older pictures are not kept but known by
name: they are messages, and the gateway has them.
"""

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from pipelines.facts.scope import micros, scope_of, told_us
from pipelines.pictures.as_of import received_us
from pipelines.pictures.picture import JOINT
from yrd.exchange.v1.message_pb2 import Message
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary
from yrd.warning.v1.warning_pb2 import Typhoon, TyphoonFix

RECENT = 80
"""Messages that the list of the newest has."""
MOST_ENTITIES = 5000
"""Incidents of a scope whose reports are kept; those that were silent longest go first."""
MOST_REVISIONS = 500
"""Revisions of one incident that are kept, the newest; its page says that there were earlier ones."""
MOST_MARKS = 50_000
"""Pictures that are known by name: of one every ten seconds, those of six days."""

Entity = tuple[str, str]
"""Origin and entity id."""


class Mark(NamedTuple):
    """A view by its instant: which message says it."""

    as_of_us: int
    revision: int
    message_id: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with what explains it. `at_us`: as it was known then; None: now."""

    scope: str
    message: Message
    proposals: Sequence[AidProposal]
    reports: Mapping[Entity, Sequence[Message]]
    storms: Sequence[Typhoon] = ()
    """What was observed of storms, each under its number and source, the oldest fix first."""
    recent: Sequence[Message] = ()
    """The newest messages, newest first."""
    marks: Sequence[Mark] = ()
    at_us: int | None = None
    proposed: Mapping[str, Message] = field(default_factory=dict)
    """Now: the newest proposal for each province as its message, withdrawn ones included."""

    @property
    def summary(self) -> SituationSummary:
        """The joint summary."""
        return self.message.situation_summary


@dataclass(slots=True)
class Scope:
    """What is known of one scope."""

    name: str
    summary: Message | None = None
    marks: list[Mark] = field(default_factory=list)
    proposals: dict[str, Message] = field(default_factory=dict)
    proposal_marks: dict[str, list[Mark]] = field(default_factory=dict)
    reports: dict[Entity, list[Message]] = field(default_factory=dict)
    fixes: dict[tuple[str, str, str, str], dict[int, tuple[int, TyphoonFix]]] = field(
        default_factory=dict
    )
    recent: deque[Message] = field(default_factory=lambda: deque(maxlen=RECENT))

    def shown(self) -> Shown | None:
        """The newest picture; None if there is none yet."""
        if self.summary is None:
            return None
        told = [m.aid_proposal for _, m in sorted(self.proposals.items())]
        return Shown(
            self.name,
            self.summary,
            [proposal for proposal in told if not proposal.withdrawn],
            self.reports,
            self._storms(None),
            [*reversed(self.recent)],
            self.marks,
            proposed=self.proposals,
        )

    def mark_at(self, at_us: int) -> Mark | None:
        """The newest summary of an instant or before."""
        return _at(self.marks, at_us)

    def proposals_at(self, at_us: int) -> list[Mark]:
        """The proposals that stood at an instant, withdrawn ones included."""
        found = (_at(marks, at_us) for _, marks in sorted(self.proposal_marks.items()))
        return [mark for mark in found if mark is not None]

    def shown_at(self, at_us: int, summary: Message, proposals: Sequence[AidProposal]) -> Shown:
        """An earlier picture, with what was known by then."""
        reports = {
            entity: known
            for entity, told in self.reports.items()
            if (known := [message for message in told if received_us(message) <= at_us])
        }
        stood = [proposal for proposal in proposals if not proposal.withdrawn]
        recent = [m for m in reversed(self.recent) if told_us(m) <= at_us]
        marks, storms = self.marks, self._storms(at_us)
        return Shown(self.name, summary, stood, reports, storms, recent, marks, at_us)

    def _storms(self, at_us: int | None) -> list[Typhoon]:
        """Observed fixes; those that were told by an instant, if one is given."""
        found = []
        for (number, name_zh, name_en, _), fixes in sorted(self.fixes.items()):
            known = [
                fix
                for _, (told, fix) in sorted(fixes.items(), key=itemgetter(0))
                if at_us is None or told <= at_us
            ]
            if known:
                found.append(
                    Typhoon(number=number, name_zh=name_zh, name_en=name_en, observed=known)
                )
        return found


def _at(marks: Sequence[Mark], at_us: int) -> Mark | None:
    place = bisect_right(marks, at_us, key=lambda mark: mark.as_of_us)
    return marks[place - 1] if place else None


class Desk:
    """All scopes."""

    def __init__(self) -> None:
        self.scopes: dict[str, Scope] = {}

    def take(self, messages: Iterable[Message]) -> set[str]:
        """Takes messages in; returns the scopes in which something is new."""
        changed = set()
        for message in messages:
            name = scope_of(message)
            if name is not None:
                _take(self.scopes.setdefault(name, Scope(name)), message)
                changed.add(name)
        return changed


def _take(scope: Scope, message: Message) -> None:
    match message.WhichOneof("body"):
        case "situation_summary":
            _take_summary(scope, message)
        case "aid_proposal":
            beneficiary = message.aid_proposal.beneficiary
            _mark(scope.proposal_marks.setdefault(beneficiary, []), message)
            if _newer(message, scope.proposals.get(beneficiary)):
                scope.proposals[beneficiary] = message
        case "incident_report":
            _take_report(scope, message)
            scope.recent.append(message)
        case "early_warning":
            _take_fixes(scope, message)
            scope.recent.append(message)
        case _:
            scope.recent.append(message)


def _take_summary(scope: Scope, message: Message) -> None:
    if message.situation_summary.scope != JOINT:
        return
    _mark(scope.marks, message)
    if _newer(message, scope.summary):
        scope.summary = message


def _take_report(scope: Scope, message: Message) -> None:
    entity = message.stamp.origin, message.header.entity_id
    told = scope.reports.pop(entity, [])
    if all(known.header.message_id != message.header.message_id for known in told):
        told.append(message)
        told.sort(key=lambda known: (known.header.revision, told_us(known)))
        if len(told) > MOST_REVISIONS:
            del told[0]
    scope.reports[entity] = told
    while len(scope.reports) > MOST_ENTITIES:
        del scope.reports[next(iter(scope.reports))]


def _take_fixes(scope: Scope, message: Message) -> None:
    storm = message.early_warning.typhoon
    told = received_us(message)
    for fix in storm.observed:
        key = storm.number, storm.name_zh, storm.name_en, fix.source
        known, at = scope.fixes.setdefault(key, {}), micros(fix.fix_time)
        if at not in known or told < known[at][0]:
            known[at] = told, fix


def _mark(marks: list[Mark], message: Message) -> None:
    proposed = message.HasField("aid_proposal")
    body = message.aid_proposal if proposed else message.situation_summary
    mark = Mark(micros(body.as_of_time), message.header.revision, message.header.message_id)
    if not marks or mark > marks[-1]:
        marks.append(mark)
    elif mark not in marks:
        insort(marks, mark)
    if len(marks) > MOST_MARKS:
        del marks[0]


def _newer(message: Message, known: Message | None) -> bool:
    return known is None or message.header.revision > known.header.revision
