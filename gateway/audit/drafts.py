"""The draft that an own entry was made of, put together again: its digest, and the step it took."""

from functools import cache
from hashlib import sha256
from typing import Any

from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from gateway.audit.facts import Facts
from gateway.log.wire_form import end_of_first, prefix
from schemas.catalog import BODY_FIELDS
from schemas.states.steps import SOURCES, Step, follow, step_of
from yrd.exchange.v1.message_pb2 import Disclosure, Draft
from yrd.wire.v1.wire_pb2 import SerializedLeaf


def draft_digest(facts: Facts) -> bytes:
    """SHA-256 of the draft, serialised deterministically; empty if it can't be put together."""
    field = BODY_FIELDS.get(facts.type)
    if field is None or facts.row.leaf is None:
        return b""
    header = _header_field(facts.row.leaf)
    body = facts.core
    if facts.parts:
        whole = _body(facts)
        if whole is None:
            return b""
        body = whole.SerializeToString(deterministic=True)
    quick = sha256(b"".join((header, prefix(field.number, len(body)), body))).digest()
    return quick if quick == facts.row.digest else _slow_digest(facts, field.name)


def _header_field(leaf: bytes) -> bytes:
    """The header with tag and length: a sealed leaf begins with it, as a draft does."""
    try:
        return leaf[: end_of_first(leaf)]
    except IndexError:
        return b""


def _slow_digest(facts: Facts, field: str) -> bytes:
    """By way of the messages themselves, for leaves and bodies in another order."""
    body = _body(facts)
    if body is None or facts.row.leaf is None:
        return b""
    draft = Draft()
    draft.header.MergeFromString(SerializedLeaf.FromString(facts.row.leaf).header)
    getattr(draft, field).CopyFrom(body)
    return sha256(draft.SerializeToString(deterministic=True)).digest()


def _body(facts: Facts) -> Message | None:
    try:
        parts = (Disclosure.FromString(data).body for _, _, data in facts.parts)
        found: Message = _class(facts.type).FromString(facts.core + b"".join(parts))
    except DecodeError:
        return None
    return found


def possible_states(facts: Facts) -> frozenset[str]:
    """What may be known of the entity after this message; only "" for types without a machine."""
    if facts.type not in SOURCES:
        return frozenset([""])
    try:
        step = step_of(_class(facts.type).FromString(facts.core))
    except (DecodeError, KeyError):
        return frozenset()
    return _after(step) if step else frozenset([""])


@cache
def _after(step: Step) -> frozenset[str]:
    """All that the step can lead to, from all that can be known before it."""
    known, seen = {""}, set[str]()
    while known - seen:
        state = (known - seen).pop()
        seen.add(state)
        for word in SOURCES[step.type].machine.steps:
            after = follow(state, step._replace(step=word))
            if after is not None:
                known.add(after)
    return frozenset(filter(None, (follow(state, step) for state in known)))


@cache
def _class(type_name: str) -> Any:
    descriptor: Any = BODY_FIELDS[type_name].message_type
    return GetMessageClass(descriptor)
