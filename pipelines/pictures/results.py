"""Views as drafts: ordinary messages of the joint duty room, the same for the same picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from pipelines.facts.scope import ACTUAL, micros
from pipelines.pictures.material import digests
from pipelines.pictures.narrow import empty, parts
from pipelines.pictures.picture import JOINT, Picture
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Message, Mode, Priority
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary

MOST_INCIDENTS = 50


class Said(NamedTuple):
    """What was last said under an entity id: digests as in View, and its instant."""

    content: str = ""
    detail: str = ""
    as_of_us: int = 0

    def text(self) -> str:
        """As one string, for stores."""
        return f"{self.content} {self.detail} {self.as_of_us}"


def said_of(text: str) -> Said:
    """Reads Said.text()."""
    content, detail, as_of_us = text.split(" ")
    return Said(content, detail, int(as_of_us))


@dataclass(frozen=True, slots=True)
class View:
    """A view with its entity id, and digests of what it says to people (pipelines.material).

    `content`: what is news in it. `detail`: all of it but its instant and what it was computed from.
    """

    entity_id: str
    scope: str
    body: SituationSummary | AidProposal
    content: str
    detail: str

    @property
    def said(self) -> Said:
        """What is kept of it once it is published."""
        return Said(self.content, self.detail, micros(self.body.as_of_time))


def is_news(view: View, said: Said, regular_us: int, *, every_view: bool = False) -> bool:
    """Whether a view is to be published behind what was last said.

    What is news is said at once. The joint summary's counts and positions, which move with every message,
    are said when the last one is `regular_us` old; `every_view`: so are those of all others.
    """
    if view.content != said.content:
        return True
    due = view.said.as_of_us - said.as_of_us >= regular_us
    return (every_view or is_joint(view)) and due and view.detail != said.detail


def is_joint(view: View) -> bool:
    """Whether it is the summary that shows everything."""
    return isinstance(view.body, SituationSummary) and view.body.scope == JOINT


def views(picture: Picture) -> Iterator[View]:
    """The joint summary first, then its parts, then proposals."""
    yield _view(picture.scope, picture.summary)
    for part in parts(picture.summary):
        yield _view(picture.scope, part)
    for proposal in picture.proposals:
        yield _view(picture.scope, proposal)


def _view(scope: str, body: SituationSummary | AidProposal) -> View:
    return View(_entity_id(scope, body), scope, body, *digests(body))


def part_id(scope: str, part: str = "") -> str:
    """Entity id of the summary of a part of a picture; without one, what all of them begin with."""
    return f"joint/summary/{scope}/{part}"


def emptied(entity_id: str, summary: View) -> View:
    """Says that nothing is left in a part of the joint summary, such as an incident that was closed."""
    whole = summary.body
    assert isinstance(whole, SituationSummary)
    part = entity_id.removeprefix(part_id(summary.scope))
    return _view(summary.scope, empty(whole, part))


def proposal_id(scope: str, province: str) -> str:
    """Entity id of the pipeline's proposal for a province."""
    return f"joint/proposal/{scope}/{province}"


def withdrawal(province: str, summary: View) -> View:
    """Says that the proposal for a province no longer stands, as of a summary of its scope."""
    body = AidProposal(
        as_of_time=summary.body.as_of_time,
        beneficiary=province,
        input_digest=summary.body.input_digest,
        withdrawn=True,
    )
    return _view(summary.scope, body)


VIEWS = tuple(sorted(kind.DESCRIPTOR.full_name for kind in (SituationSummary, AidProposal)))
"""Full names of the types that views are published as."""


def is_view(carrier: Draft | Message) -> bool:
    """Whether it carries a view."""
    return carrier.HasField("situation_summary") or carrier.HasField("aid_proposal")


def view_of(published: Draft | Message) -> View:
    """The view that a draft or message carries."""
    header = published.header
    exercise = header.mode == Mode.MODE_EXERCISE
    scope = f"exercise/{header.exercise_id}" if exercise else ACTUAL
    summary = published.HasField("situation_summary")
    body = published.situation_summary if summary else published.aid_proposal
    return View(header.entity_id, scope, body, *digests(body))


def _entity_id(scope: str, body: SituationSummary | AidProposal) -> str:
    if isinstance(body, SituationSummary):
        whole = body.scope == JOINT
        return f"joint/summary/{scope}" if whole else part_id(scope, body.scope)
    return proposal_id(scope, body.beneficiary)


def draft(view: View, revision: int) -> Draft:
    """The view as a draft. Its id follows from entity, revision and all of its body."""
    as_of = view.body.as_of_time
    seed = f"{view.entity_id}|{revision}|".encode()
    seed += view.body.SerializeToString(deterministic=True)
    exercise = view.scope != ACTUAL
    header = Header(
        message_id=message_ids.derived(micros(as_of) // 1000, sha256(seed).digest()),
        entity_id=view.entity_id,
        revision=revision,
        mode=Mode.MODE_EXERCISE if exercise else Mode.MODE_ACTUAL,
        exercise_id=view.scope.removeprefix("exercise/") if exercise else "",
        priority=Priority.PRIORITY_URGENT,
        occurred_time=as_of,
        reported_time=as_of,
        data_level=DataLevel.DATA_LEVEL_GENERAL_3,
    )
    if isinstance(view.body, SituationSummary):
        return Draft(header=header, situation_summary=view.body)
    header.incident_ids.extend(list(view.body.incident_ids)[:MOST_INCIDENTS])
    return Draft(header=header, aid_proposal=view.body)
