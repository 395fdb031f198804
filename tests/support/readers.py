"""Readers that read until they have caught up."""

from collections.abc import Iterable
from typing import Any

from client import ExchangeClient
from yrd.exchange.v1.message_pb2 import Draft, Message


def read(client: ExchangeClient, **how: Any) -> list[Message]:
    """All that a subscription delivers until it has caught up."""
    with client.subscribe(until_caught_up=True, **how) as batches:
        return [message for batch in batches for message in batch.messages]


def ids(carriers: Iterable[Draft | Message]) -> list[str]:
    """Their message ids."""
    return [carrier.header.message_id for carrier in carriers]


def offsets(messages: Iterable[Message]) -> list[int]:
    """Where they stand in the order of receipt."""
    return [message.receipt.offset for message in messages]
