"""Readers that read until they have caught up."""

from collections.abc import Iterable
from typing import Any

from client import ExchangeClient
from yrd.exchange.v1.message_pb2 import Draft, Message

GOVERNANCE = ("agreement_activation", "erasure_notice", "erasure_confirmation")


def read(client: ExchangeClient, **how: Any) -> list[Message]:
    """All that a subscription delivers until it has caught up."""
    with client.subscribe(until_caught_up=True, **how) as batches:
        return [message for batch in batches for message in batch.messages]


def told(client: ExchangeClient, **how: Any) -> list[Message]:
    """What systems have told of it: without what gateways seal themselves."""
    return news(read(client, **how))


def news(messages: Iterable[Message]) -> list[Message]:
    """Those that systems have published: without what gateways seal themselves."""
    return [m for m in messages if m.WhichOneof("body") not in GOVERNANCE]


def ids(carriers: Iterable[Draft | Message]) -> list[str]:
    """Their message ids."""
    return [carrier.header.message_id for carrier in carriers]


def offsets(messages: Iterable[Message]) -> list[int]:
    """Where they stand in the order of receipt."""
    return [message.receipt.offset for message in messages]
