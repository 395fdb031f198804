"""What an answer delivers, for the access log: how many messages, and which offsets."""

from collections.abc import Callable
from typing import Any

from gateway.server.answers import Answer
from yrd.exchange.v1 import service_pb2 as pb

Measured = tuple[int, int, int]
"""Messages or results, and the offsets of the first and the last; 0 if there are none."""


def _messages(response: Any) -> Measured:
    found = response.messages
    if not found:
        return 0, 0, 0
    return len(found), found[0].receipt.offset, found[-1].receipt.offset


def _one(response: Any) -> Measured:
    offset = response.message.receipt.offset
    return 1, offset, offset


def _results(response: Any) -> Measured:
    return response.results, 0, 0


MEASURES: dict[type, Callable[[Any], Measured]] = {
    pb.SubscribeResponse: _messages,
    pb.ListMessagesResponse: _messages,
    pb.GetMessageResponse: _one,
    Answer: _results,
}
