"""What people decide about incidents, and questions that follow."""

from typing import Any

from pipelines.incidents.incidents import evaluate
from tests.support.situation import known, said
from yrd.exchange.v1.message_pb2 import Message

Other = str | tuple[str, str]


def decided(kind: str, first: Other, *others: Other, by: str = "", **header: Any) -> Message:
    """A decision; an incident is named by its entity id, or by its participant and entity id.

    By default the province of the first decides. `kind` without its prefix.
    """
    incident = _reference(first)
    author = by or incident["participant"]
    body = {
        "author": author,
        "kind": f"INCIDENT_DECISION_KIND_{kind}",
        "incident": incident,
        "others": [_reference(other) for other in others],
        "reason": "现场核实",
        "post": "值班长",
    }
    entity = header.pop("entity", f"{author}/decision/1")
    return said("incidentDecision", entity, body, origin=author, **header)


def _reference(named: Other) -> dict[str, str]:
    participant, entity_id = (named[:6], named) if isinstance(named, str) else named
    return {"participant": participant, "entityId": entity_id}


def merged(first: Other, *others: Other, **header: Any) -> Message:
    """They are one event."""
    return decided("MERGE", first, *others, **header)


def split(first: Other, *others: Other, **header: Any) -> Message:
    """They are not."""
    return decided("SPLIT", first, *others, **header)


def withdrawn(first: Other, **header: Any) -> Message:
    """The decision no longer holds."""
    return decided("WITHDRAWAL", first, **header)


def asked(*told: Message) -> set[tuple[str, str]]:
    """Questions about joint incidents: kind and participant."""
    seen = known(*told)
    evaluate(seen)
    return {(question.kind, question.participant) for question in seen.questions}
