"""The plan of drafts for the native step that checks them: the contract's, and how an entry is cut up."""

import json
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from gateway.log.sealing import group_fields, type_of
from schemas import disclosure
from schemas.authority import publisher_of
from schemas.catalog import BODY_FIELDS
from schemas.plan import Types
from schemas.plan.expression import place_in
from schemas.quick.cel import Unread
from schemas.states.steps import SOURCES
from yrd.exchange.v1.message_pb2 import Disclosure, Draft, Header, Leaf

GROUPS = tuple(sorted({group for name in BODY_FIELDS for group in disclosure.groups(name)}))


@cache
def check_plan() -> str:
    """As native/src/plan.rs, Plan, reads it."""
    types = Types(GROUPS)
    header = _header(types)
    fields = sorted(BODY_FIELDS.values(), key=lambda field: field.number)
    bodies = [body for field in fields if (body := _body(types, field)) is not None]
    return json.dumps(
        {
            "header": header,
            "bodies": bodies,
            "groups": [_group(group) for group in GROUPS],
            "most_groups": max(len(disclosure.groups(name)) for name in BODY_FIELDS),
            "numbers": {
                "core": Leaf.CORE_FIELD_NUMBER,
                "salt": Disclosure.SALT_FIELD_NUMBER,
                "body": Disclosure.BODY_FIELD_NUMBER,
            },
            "types": types.told,
            "tables": types.tables.told,
        }
    )


def _header(types: Types) -> dict[str, Any]:
    descriptor: Any = Header.DESCRIPTOR
    named = ("message_id", "entity_id", "revision", "priority", "act")
    return {
        "number": Draft.HEADER_FIELD_NUMBER,
        "of": types.place(descriptor),
        **{name: place_in(descriptor, name) for name in named},
        "times": [place_in(descriptor, name) for name in ("occurred_time", "reported_time")],
    }


def _body(types: Types, field: FieldDescriptor) -> dict[str, Any] | None:
    """None for a type that the plan can't tell."""
    descriptor: Any = field.message_type
    try:
        place = types.place(descriptor)
    except Unread:
        return None
    return {
        "number": field.number,
        "of": place,
        "name": descriptor.full_name,
        "publisher": publisher_of(descriptor),
        "step": _step(descriptor),
        "type_field": type_of(descriptor)[1].hex(),
    }


def _step(descriptor: Descriptor) -> dict[str, Any] | None:
    source = SOURCES.get(descriptor.full_name)
    if source is None:
        return None
    author, parties = source.author_field, [party for party, _ in source.machine.parties]
    return {
        "field": place_in(descriptor, source.field),
        "author": place_in(descriptor, author) if author else None,
        "parties": [[place_in(descriptor, party), party] for party in parties] if author else [],
    }


def _group(group: str) -> dict[str, Any]:
    named, digest_before = group_fields(group)
    return {"name": group, "named": named.hex(), "digest_before": digest_before.hex()}
