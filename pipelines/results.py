"""Views as drafts: ordinary messages of the joint duty room, the same for the same picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pipelines.picture import Picture
from pipelines.scope import ACTUAL, micros
from schemas import message_ids
from yrd.exchange.v1.message_pb2 import DataLevel, Draft, Header, Mode, Priority
from yrd.situation.v1.situation_pb2 import AidProposal, SituationSummary

MOST_INCIDENTS = 50


@dataclass(frozen=True, slots=True)
class View:
    """A view with its entity id and the digest of what it says, its instant left out."""

    entity_id: str
    scope: str
    body: SituationSummary | AidProposal
    content: str


def views(picture: Picture) -> Iterator[View]:
    """Summary first, then proposals."""
    bodies: list[SituationSummary | AidProposal] = [picture.summary, *picture.proposals]
    for body in bodies:
        yield View(_entity_id(picture.scope, body), picture.scope, body, _content(body))


def view_of(published: Draft) -> View:
    """The view that a draft of ours carries."""
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
    return sha256(bare.SerializeToString(deterministic=True)).hexdigest()


def _entity_id(scope: str, body: SituationSummary | AidProposal) -> str:
    if isinstance(body, SituationSummary):
        return f"joint/summary/{scope}"
    return f"joint/proposal/{scope}/{body.beneficiary}"


def draft(view: View, revision: int) -> Draft:
    """The view as a draft. Its id follows from entity, revision and content."""
    as_of = view.body.as_of_time
    seed = f"{view.entity_id}|{revision}|{view.content}|{micros(as_of)}"
    exercise = view.scope != ACTUAL
    header = Header(
        message_id=message_ids.derived(micros(as_of) // 1000, sha256(seed.encode()).digest()),
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
