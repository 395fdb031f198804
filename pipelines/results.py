"""Views as drafts: ordinary messages of the joint duty room, the same for the same picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pipelines.picture import Picture
from pipelines.scope import ACTUAL, micros
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Message, Mode, Priority
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary

MOST_INCIDENTS = 50


@dataclass(frozen=True, slots=True)
class View:
    """A view with its entity id, and the digest of what it says to people.

    The instant is left out of that, and what a proposal was computed from: a proposal that says the
    same again is no news.
    """

    entity_id: str
    scope: str
    body: SituationSummary | AidProposal
    content: str


def views(picture: Picture) -> Iterator[View]:
    """Summary first, then proposals."""
    bodies: list[SituationSummary | AidProposal] = [picture.summary, *picture.proposals]
    for body in bodies:
        yield View(_entity_id(picture.scope, body), picture.scope, body, _content(body))


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
    return View(proposal_id(summary.scope, province), summary.scope, body, _content(body))


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
    return View(header.entity_id, scope, body, _content(body))


def _content(body: SituationSummary | AidProposal) -> str:
    bare: Any = type(body)()
    bare.CopyFrom(body)
    bare.ClearField("as_of_time")
    if isinstance(body, AidProposal):
        bare.ClearField("input_digest")
    return sha256(bare.SerializeToString(deterministic=True)).hexdigest()


def _entity_id(scope: str, body: SituationSummary | AidProposal) -> str:
    if isinstance(body, SituationSummary):
        return f"joint/summary/{scope}"
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
