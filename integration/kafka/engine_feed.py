"""The feed topic: what pipelines on an engine read, batches of messages of one participant each.

A value is a serialised yrd.exchange.v1.SubscribeResponse, the key its participant: so all that a
participant told is in one partition, in the order of the gateway. Personal data, which no view needs, stay
out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Self

from integration.kafka.records import Headers, Record, headers_size
from pipelines.facts.taking_in import forget_people
from schemas.catalog import BODY_FIELDS, type_name
from yrd.exchange.v1.message_pb2 import Message
from yrd.exchange.v1.service_pb2 import SubscribeResponse

MOST_MESSAGES = 500
"""In a record."""
CONTENT_TYPE = f"application/protobuf; proto={SubscribeResponse.DESCRIPTOR.full_name}"
_ROOM = 16
"""Bytes around a message within the value: its field and its length."""


@dataclass(frozen=True)
class EngineFeed:
    """How messages become records of the feed. `patterns` are of types' full names."""

    topic: str
    patterns: tuple[str, ...]
    max_bytes: int
    most: int = MOST_MESSAGES

    @cached_property
    def types(self) -> frozenset[str]:
        """Full names of the types that go into it."""
        return frozenset(n for n in BODY_FIELDS if any(fnmatchcase(n, p) for p in self.patterns))

    def apart(self) -> Self:
        """With each message in a record of its own."""
        return replace(self, most=1)

    def records(self, messages: Iterable[Message]) -> list[Record]:
        """Records of messages in order. The messages lose their personal data.

        One that is too large for a record by itself makes one that is over `max_bytes`.
        """
        by_origin: dict[str, list[Message]] = {}
        for message in messages:
            if type_name(message) in self.types:
                by_origin.setdefault(message.stamp.origin, []).append(message)
        return [
            record for origin, told in by_origin.items() for record in self._of_one(origin, told)
        ]

    def _of_one(self, origin: str, messages: Sequence[Message]) -> Iterator[Record]:
        for part in self._parts(messages):
            headers: Headers = [
                ("content-type", CONTENT_TYPE),
                ("ce_origin", origin),
                ("ce_sequence", str(part[0].stamp.sequence)),
            ]
            value = SubscribeResponse(messages=part).SerializeToString()
            yield Record(self.topic, origin.encode(), value, headers, max(map(_told_ms, part)))

    def _parts(self, messages: Sequence[Message]) -> Iterator[list[Message]]:
        room = self.max_bytes - _HEADERS
        part, bytes_ = list[Message](), 0
        for message in messages:
            forget_people(message)
            size = message.ByteSize() + _ROOM
            if part and (len(part) >= self.most or bytes_ + size > room):
                yield part
                part, bytes_ = [], 0
            part.append(message)
            bytes_ += size
        if part:
            yield part


_HEADERS = 64 + headers_size(
    [("content-type", CONTENT_TYPE), ("ce_origin", "0" * 64), ("ce_sequence", "0" * 20)]
)
"""Bytes of key and headers, at most."""


def _told_ms(message: Message) -> int:
    """When it was sealed. A clock that is ahead does not make the feed's time jump ahead."""
    sealed, received = message.stamp.sealed_time, message.receipt.received_time
    return min(sealed.ToMilliseconds(), received.ToMilliseconds())
