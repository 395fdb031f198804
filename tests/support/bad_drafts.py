"""Drafts that a gateway refuses, each made when a test asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from client import ExchangeClient
from gateway.errors import GatewayError
from schemas import message_ids
from tests.support.bodies import waybill_body
from tests.support.builders import draft, incident_body
from yrd.exchange.v1.message_pb2 import Draft

ID = message_ids.new(1_780_000_000_000)
FIELD_99 = b"\xfa\x06\x02\x08\x01"  # a message under number 99, which the contract does not have

Make = Callable[[ExchangeClient], Draft]
"""Makes the draft; may publish what it collides with."""


@dataclass(frozen=True)
class BadDraft:
    """A draft that is refused; fields are (path, rule, words of the remedy)."""

    name: str
    error: type[GatewayError]
    make: Make
    fields: tuple[tuple[str, str, str], ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    system: str = "console"


def incident(**changes: Any) -> Make:
    return lambda _: draft(incident_body(**changes), messageId=ID)


def waybill(**changes: Any) -> Make:
    return lambda _: draft(waybill_body(**changes), "waybill", messageId=ID)


def header(**changes: Any) -> Make:
    return lambda _: draft(**({"messageId": ID} | changes))


def body(kind: str, content: dict[str, Any]) -> Make:
    return lambda _: draft(content, kind, messageId=ID)


def without_body(_: ExchangeClient) -> Draft:
    return Draft(header=draft(messageId=ID).header)


def type_99(_: ExchangeClient) -> Draft:
    return Draft.FromString(without_body(_).SerializeToString() + FIELD_99)


def with_unknown(where: Callable[[Draft], Any]) -> Make:
    def make(_: ExchangeClient) -> Draft:
        made = draft(messageId=ID)
        where(made).MergeFromString(FIELD_99)
        return made

    return make


def other_content_under_its_id(client: ExchangeClient) -> Draft:
    client.publish([draft(messageId=ID)])
    return draft(incident_body(title="其他"), messageId=ID)


def revision(known: int, sent: int) -> Make:
    def make(client: ExchangeClient) -> Draft:
        client.publish([draft(entity="310000/x", revision=known)])
        return draft(entity="310000/x", revision=sent)

    return make


def after_the_final_report(client: ExchangeClient) -> Draft:
    """A follow-up to an incident that is closed."""
    for number, kind in enumerate(("INITIAL", "FINAL"), 1):
        body = incident_body(kind=f"REPORT_KIND_{kind}")
        client.publish([draft(body, entity="310000/x", revision=number)])
    return draft(entity="310000/x", revision=3, messageId=ID)


def stale(known: int, sent: int) -> Mapping[str, str]:
    return {"entity_id": "310000/x", "revision": str(sent), "known_revision": str(known)}


def foreign(field_: str, authority: str) -> Mapping[str, str]:
    return {"field": field_, "authority": authority}
