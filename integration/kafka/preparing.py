"""From an answer of the gateway to the records of a transaction: pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from integration.kafka import cloud_events
from integration.kafka.dead_letters import Original, Refusal, dead_letter
from integration.kafka.encoding import MESSAGE, Encoder
from integration.kafka.engine_feed import EngineFeed
from integration.kafka.naming import Naming
from integration.kafka.place import Place
from integration.kafka.records import Record, size
from schemas.catalog import body_of, type_name
from yrd.exchange.v1.message_pb2 import Message

TYPE_UNKNOWN = "type_unknown"
NOT_ENCODABLE = "not_encodable"
TOO_LARGE = "too_large"
MOST_HEADERS = 1 << 14
"""Bytes that a message's headers never reach: its texts are bounded by the contract."""


@dataclass(frozen=True, slots=True)
class Step:
    """Records and the place behind them: they become durable together.

    `dead`: reasons of dead letters among them. `received_seconds`: when the gateway had the last message.
    """

    records: list[Record]
    place: Place
    dead: list[str] = field(default_factory=list)
    received_seconds: float | None = None


@dataclass(frozen=True)
class Preparing:
    """How messages become records."""

    naming: Naming
    encoder: Encoder
    whole: bool
    """The value is the whole message; else its body."""
    dead_topic: str
    max_bytes: int
    feed: EngineFeed | None = None

    @property
    def types(self) -> list[str]:
        """Full names of the types that go anywhere."""
        return sorted({*self.naming.types, *(self.feed.types if self.feed else ())})

    def apart(self) -> Self:
        """The same with no record of more than one message."""
        return replace(self, feed=self.feed and self.feed.apart())

    def step(self, messages: Iterable[Message], offset: int, place: Place) -> Step:
        """Records of an answer in order, and the place behind it."""
        records: list[Record] = []
        dead: list[str] = []
        told = [*messages]
        for message in told:
            made = self._record(message)
            if isinstance(made, Refusal):
                dead.append(made.reason)
                made = self.dead(message, made)
            if made is not None:
                records.append(made)
        for fed in self.feed.records(told) if self.feed else ():
            fits = size(fed) <= self.max_bytes
            records.append(fed if fits else _aside(fed, self.dead_topic, self._too_large(fed)))
            dead += [] if fits else [TOO_LARGE]
        last = told[-1] if told else None
        received = None if last is None else last.receipt.received_time.ToMilliseconds() / 1000
        return Step(records, place.after(offset, last), dead, received)

    def dead(self, message: Message, why: Refusal) -> Record:
        """The dead letter of a message: its bytes as protobuf."""
        original = Original(
            f"yrd/{message.stamp.origin}/{message.stamp.sequence}",
            message.header.entity_id.encode(),
            message.SerializeToString(),
            [("message-id", message.header.message_id), ("type", type_name(message) or "")],
        )
        return dead_letter(self.dead_topic, original, why, self.max_bytes)

    def _record(self, message: Message) -> Record | Refusal | None:
        """None for a type that stays out."""
        full_name, body = type_name(message), body_of(message)
        if full_name is None or body is None:
            return Refusal(TYPE_UNKNOWN, "its type is not known here: update the bridge")
        topic = self.naming.topic(full_name, message.header.mode)
        if topic is None:
            return None
        schema = self._schemas[MESSAGE if self.whole else full_name]
        try:
            value = self.encoder.write(message if self.whole else body)
            headers = cloud_events.headers_of(message, full_name, schema)
        except ValueError as error:  # AvroFormError among them, and a time that is none
            return Refusal(NOT_ENCODABLE, str(error))
        record = Record(topic, message.header.entity_id.encode(), value, headers)
        if len(value) + MOST_HEADERS > self.max_bytes and size(record) > self.max_bytes:
            return self._too_large(record)
        return record

    def _too_large(self, record: Record) -> Refusal:
        return Refusal(
            TOO_LARGE,
            f"{size(record)} bytes, at most {self.max_bytes} are configured: raise "
            "max_record_bytes, and max.message.bytes of the topic with `yrd bridge kafka init`",
        )

    @cached_property
    def _schemas(self) -> dict[str, str]:
        return {name: self.encoder.schema(name) for name in (MESSAGE, *self.naming.types)}


def oversized(record: Record, dead_topic: str) -> Record:
    """The dead letter of a record that its topic does not take, however large it may be; small itself."""
    why = Refusal(
        TOO_LARGE,
        f"topic {record.topic} does not take {size(record)} bytes: raise its max.message.bytes with "
        "`yrd bridge kafka init`",
    )
    return _aside(record, dead_topic, why)


def _aside(record: Record, dead_topic: str, why: Refusal) -> Record:
    """A dead letter with neither value nor the headers' bytes of a record that was made here."""
    told = {name: str(value) for name, value in record.headers}
    position = f"yrd/{told.get('ce_origin')}/{told.get('ce_sequence')}"
    original = Original(position, record.key, record.value, record.headers)
    return dead_letter(dead_topic, original, why, 0)
