"""What ids of other systems' messages stand for: entities of the exchange, by what a gateway has."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from yrd.exchange.v1.message_pb2 import Message

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,80}", re.ASCII)
_ENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)


class Standing(NamedTuple):
    """An entity at its newest revision, and that revision's message."""

    entity_id: str
    revision: int
    message_id: str


Known = Mapping[str, Standing]
"""By entity id, by message id, and by another system's MessageID where only one entity has it."""


def key(text: str) -> str:
    """Another system's id as the end of an entity id."""
    if _KEY.fullmatch(text):
        return text
    return f"sha-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def references(messages: Iterable[Message]) -> dict[str, Standing]:
    """Everything that messages can be named by."""
    newest: dict[str, Standing] = {}
    ids: dict[str, str] = {}
    for message in messages:
        header = message.header
        ids[header.message_id] = header.entity_id
        before = newest.get(header.entity_id)
        if before is None or before.revision < header.revision:
            newest[header.entity_id] = Standing(
                header.entity_id, header.revision, header.message_id
            )
    ends: dict[str, set[str]] = {}
    for entity in newest:
        ends.setdefault(entity.rpartition("/")[2], set()).add(entity)
    found = {end: newest[next(iter(of))] for end, of in ends.items() if len(of) == 1}
    return {**found, **newest, **{name: newest[entity] for name, entity in ids.items()}}


def standing(text: str, known: Known) -> Standing | None:
    """What an id stands for, if it is known."""
    return known.get(text) or known.get(key(text)) if text else None


def entity(text: str, known: Known) -> str:
    """The entity that an id stands for; as it is where nothing is known of it and it could be one."""
    found = standing(text, known)
    if found is not None:
        return found.entity_id
    return text if _ENTITY.fullmatch(text) else ""
