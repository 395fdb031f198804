"""Values of records → what they tell of each scope: states, and what was said. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from google.protobuf.message import DecodeError

from pipelines.facts.scope import scope_of
from pipelines.facts.state import Folding, serialise
from pipelines.facts.taking_in import NO_BODY, Rejected, forget_people
from pipelines.running.sayings import is_said
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

SAID = ""
"""Stands where the key of a state would: the value is a serialised message that was said."""
Told = list[tuple[str, bytes]]
"""States (key, bytes), and messages (SAID, bytes)."""


class Read(NamedTuple):
    """What a record tells, by scope; and what could not be read."""

    told: dict[str, Told]
    rejected: list[Rejected]


def read_feed(value: bytes) -> Read:
    """A record of the feed: a SubscribeResponse. Few things leave it, however many messages it holds."""
    try:
        answer = SubscribeResponse.FromString(value)
    except DecodeError:
        return Read({}, [(value, "not a serialised yrd.exchange.v1.SubscribeResponse")])
    folding, rejected = Folding(), list[Rejected]()
    for message in answer.messages:
        message.ClearField("receipt")
        if message.WhichOneof("body") is None:
            rejected.append((message.SerializeToString(), NO_BODY))
        elif not is_said(message):
            forget_people(message)
            folding.add(message)
    told = _said(filter(is_said, answer.messages))
    for key, state in folding.states().items():
        told[key.scope].append((key.text(), serialise(state)))
    return Read(dict(told), rejected)


def _said(messages: Iterable[Message]) -> defaultdict[str, Told]:
    found: defaultdict[str, Told] = defaultdict(list)
    for message in messages:
        scope = scope_of(message)
        if scope is not None:
            found[scope].append((SAID, message.SerializeToString()))
    return found


def states_in(told: Told) -> Told:
    """The states among it."""
    return [item for item in told if item[0] != SAID]


def said_in(told: Told) -> list[Message]:
    """The messages among it."""
    return [Message.FromString(data) for key, data in told if key == SAID]
