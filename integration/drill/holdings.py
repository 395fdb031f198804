"""What each participant must hold after a drill, from the scenario and the agreements alone.

Shares nothing with gateway/ or pipelines/: the drill checks those against this.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from google.protobuf.message import Message as ProtoMessage

from integration.drill.scenario import PARTICIPANTS, Step
from yrd.exchange.v1.message_pb2 import Draft
from yrd.options.v1 import options_pb2


@dataclass(frozen=True, slots=True)
class Holding:
    """A message as one participant must hold it: not at all, or without some groups."""

    origin: str
    message_id: str
    withheld: bool
    absent_groups: frozenset[str]


def expected(steps: Sequence[Step], agreements: Path) -> dict[str, dict[str, Holding]]:
    """Participant → message id → holding. Messages are unique by id."""
    clauses = [
        (content["between"], clause)
        for path in sorted(agreements.glob("*.yaml"))
        for content in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        for clause in content["clauses"]
    ]
    held: dict[str, dict[str, Holding]] = {participant: {} for participant in PARTICIPANTS}
    for step in steps:
        for participant in PARTICIPANTS:
            holding = _holding(step, participant, clauses)
            held[participant][holding.message_id] = holding
    return held


Activation = tuple[str, str]
"""Participant that applies an agreement, and the agreement's id."""


def activations(agreements: Path) -> dict[str, dict[Activation, bool]]:
    """Participant → every activation in anyone's log → whether the participant may see it."""
    contents = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in agreements.glob("*.yaml")
    ]
    return {
        participant: {
            (origin, content["id"]): participant in content["between"]
            for content in contents
            for origin in content["between"]
        }
        for participant in PARTICIPANTS
    }


def _holding(
    step: Step, participant: str, clauses: Sequence[tuple[list[str], Mapping[str, Any]]]
) -> Holding:
    message_id = step.draft.header.message_id
    if participant == step.participant:
        return Holding(step.participant, message_id, False, frozenset())
    body = _body(step.draft)
    if participant in _concerned(step.draft):
        return Holding(step.participant, message_id, False, frozenset())
    given = [
        clause
        for between, clause in clauses
        if step.participant in clause.get("from", between)
        and participant in clause["to"]
        and any(fnmatchcase(body.DESCRIPTOR.full_name, pattern) for pattern in clause["types"])
    ]
    disclosed = {group for clause in given for group in clause.get("disclose", ())}
    absent = frozenset(groups_present(body)) - disclosed if given else frozenset()
    return Holding(step.participant, message_id, not given, absent)


def _concerned(draft: Draft) -> tuple[str, ...]:
    """Who gets it whole without any agreement: both sides of an objection."""
    said = draft.objection
    return (said.objector, said.addressee) if draft.HasField("objection") else ()


def _body(draft: Draft) -> ProtoMessage:
    body: ProtoMessage = getattr(draft, draft.WhichOneof("body") or "")
    return body


def groups_present(message: ProtoMessage) -> Iterator[str]:
    """Disclosure groups that have a value somewhere in a message."""
    extension: Any = options_pb2.disclosure
    for field, value in message.ListFields():
        group = field.GetOptions().Extensions[extension]
        if group:
            yield group
        elif field.message_type is not None:
            for item in value if field.is_repeated else [value]:
                yield from groups_present(item)
