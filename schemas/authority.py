"""Who may say what: every fact has one authority."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

from schemas.walk import find, plan
from yrd.options.v1 import options_pb2


@dataclass(frozen=True, slots=True)
class Claim:
    """A field that names whose fact this is, and the participant that it names."""

    field: str
    authority: str


def foreign_claims(body: Message, participant: str) -> list[Claim]:
    """Claims of the body that name another participant than the one that publishes it."""
    publisher, has_claims = _claims_of(body.DESCRIPTOR)
    if publisher and publisher != participant:
        return [Claim("", publisher)]
    if not has_claims:
        return []
    return [
        Claim(path, _owner(value))
        for path, _, value in find(body, "authority")
        if value and _owner(value) != participant
    ]


def publisher_of(descriptor: Descriptor) -> str:
    """The only participant that may publish a type; empty: every one."""
    extension: Any = options_pb2.publisher
    return str(descriptor.GetOptions().Extensions[extension])


@cache
def _claims_of(descriptor: Descriptor) -> tuple[str, bool]:
    """The only publisher of a type, if it has one, and whether fields of it make claims."""
    return publisher_of(descriptor), bool(plan(descriptor, "authority"))


def _owner(value: str) -> str:
    """A participant id as it is; an administrative code as its province."""
    return f"{value[:2]}0000" if value.isdigit() else value
