"""From a record of an outbox to the draft in it, or why there is none: pure.

A value is Avro (`yrd.exchange.v1.Draft`) in either framing, or a draft as JSON; its first byte says which.
What is common in a batch native/ reads; one by one is read whatever is not, and told what is wrong with it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple

from google.protobuf.message import Message as AnyMessage

from integration.kafka.dead_letters import Original, Refusal
from integration.kafka.records import Headers
from schemas import message_ids
from schemas.avro.codec import MARKER, decode
from schemas.avro.errors import AvroFormError
from schemas.avro.framing import RegistryFraming
from schemas.avro.plans import plan_by
from schemas.avro.registry import WriterSchema, known
from schemas.json_form import JsonFormError, from_json, text_of
from schemas.native import native
from yrd.exchange.v1.message_pb2 import Draft, Header

EMPTY = "empty"
TOO_LARGE = "too_large"
MAGIC_UNKNOWN = "magic_unknown"
FINGERPRINT_UNKNOWN = "fingerprint_unknown"
SCHEMA_ID_UNKNOWN = "schema_id_unknown"
TYPE_UNEXPECTED = "type_unexpected"
DAMAGED = "damaged"
JSON_MALFORMED = "json_malformed"
KEY_MISSING = "key_missing"

_REGISTRY = b"\0"
_BLANKS = b" \t\r\n"
_NAME = Draft.DESCRIPTOR.full_name
_IDENTIFIED = re.compile(
    rb"%c[\x80-\xff]*[\0-\x7f]%c"
    % (Draft.HEADER_FIELD_NUMBER << 3 | 2, Header.MESSAGE_ID_FIELD_NUMBER << 3 | 2)
)
"""How a draft with an id begins as protobuf writes it: between two tags stands the header's length."""
_REMEDY = (
    "send yrd.exchange.v1.Draft as Avro (C3 01 and its fingerprint, or 00 and its id), or as JSON"
)


class Taken(NamedTuple):
    """A record as it was read: `at_ms` is its timestamp, milliseconds since 1970."""

    topic: str
    partition: int
    offset: int
    at_ms: int
    key: bytes | None
    value: bytes | None
    headers: Headers

    @property
    def original(self) -> Original:
        """For a dead letter."""
        position = f"{self.topic}-{self.partition}-{self.offset}"
        return Original(position, self.key, self.value, self.headers)


@dataclass(frozen=True, slots=True)
class Reading:
    """How records are read."""

    framing: RegistryFraming | None
    ids: frozenset[int]
    """Those of the registry that are known."""
    message_id: Literal["position", "key"]
    max_bytes: int

    def drafts(self, records: Sequence[Taken]) -> list[bytes | Refusal]:
        """Of each record the draft as protobuf writes it, with an id; or why there is none."""
        values = [record.value for record in records]
        return [*map(self._written, records, self._at_once(values))]

    def _at_once(self, values: list[bytes | None]) -> Sequence[bytes | None]:
        """What native/ reads of them."""
        steps = native()
        if steps is None:
            return [None] * len(values)
        ways = [(head, plan) for head, schema in self._heads() if (plan := plan_by(schema))]
        found: list[bytes | None] = steps.read_avro(values, ways, self.max_bytes)
        return found

    def _written(self, record: Taken, found: bytes | None) -> bytes | Refusal:
        """`found`: as native/ has read it."""
        if found is not None and _IDENTIFIED.match(found):
            return found
        draft = (
            self.draft(record) if found is None else self._named(record, Draft.FromString(found))
        )
        return draft if isinstance(draft, Refusal) else draft.SerializeToString()

    def _heads(self) -> Iterator[tuple[bytes, WriterSchema]]:
        """What stands before a draft, and the schema that it is written with then."""
        for fingerprint, schema in known().items():
            if schema.full_name == _NAME:
                yield MARKER + fingerprint, schema
        if self.framing is not None:
            yield from self.framing.heads(_NAME)

    def draft(self, record: Taken) -> Draft | Refusal:
        """The draft, with an id; or why there is none."""
        value = record.value
        if not value:
            return Refusal(EMPTY, f"no value: {_REMEDY}")
        if len(value) > self.max_bytes:
            return Refusal(
                TOO_LARGE,
                f"{len(value)} bytes, at most {self.max_bytes} are configured: send less, or raise "
                "max_record_bytes and the gateway's limits.max_draft_bytes",
            )
        draft = self._decoded(value)
        return draft if isinstance(draft, Refusal) else self._named(record, draft)

    def _named(self, record: Taken, draft: Draft) -> Draft | Refusal:
        """The draft with its id, or one of ours."""
        if draft.header.message_id:
            return draft
        if self.message_id == "key" and not record.key:
            return Refusal(
                KEY_MISSING, "no key to make the message_id of: send one, or a message_id"
            )
        draft.header.message_id = self._id(record, draft)
        return draft

    def _decoded(self, value: bytes) -> Draft | Refusal:
        if value[:2] == MARKER:
            if bytes(value[2:10]) not in known() and len(value) >= 10:
                return Refusal(FINGERPRINT_UNKNOWN, _words(lambda: decode(value)))
            return _avro(lambda: decode(value))
        if value[:1] == _REGISTRY:
            framing = self.framing
            id_ = int.from_bytes(value[1:5], "big")
            if framing is None or (len(value) >= 5 and id_ not in self.ids):
                return Refusal(
                    SCHEMA_ID_UNKNOWN,
                    f"schema id {id_} is of another registry, or new: name its schema under "
                    "`registry` in the bridge's configuration",
                )
            return _avro(lambda: framing.decode(value))
        if value.lstrip(_BLANKS)[:1] == b"{":
            return _json(value)
        return Refusal(MAGIC_UNKNOWN, f"it begins with {value[:4].hex()}: {_REMEDY}")

    def _id(self, record: Taken, draft: Draft) -> str:
        """The same for the same record, whoever reads it and whenever.

        By key, the time in it is the draft's: a record that is sent again has a later one of its own.
        """
        if self.message_id == "key":
            seed = f"key\0{record.topic}\0".encode() + (record.key or b"")
            return message_ids.derived(_reported_ms(draft), sha256(seed).digest())
        seed = f"position\0{record.topic}\0{record.partition}\0{record.offset}".encode()
        return message_ids.derived(max(0, record.at_ms), sha256(seed).digest())


def _reported_ms(draft: Draft) -> int:
    told = draft.header.reported_time
    return max(0, told.seconds * 1000 + told.nanos // 1_000_000)


def _avro(read: Callable[[], AnyMessage]) -> Draft | Refusal:
    try:
        found = read()
    except AvroFormError as error:
        return Refusal(DAMAGED, str(error))
    if isinstance(found, Draft):
        return found
    return Refusal(TYPE_UNEXPECTED, f"{found.DESCRIPTOR.full_name} where a draft is due: {_REMEDY}")


def _json(value: bytes) -> Draft | Refusal:
    try:
        return from_json(Draft, text_of(value, "value"), "value")
    except JsonFormError as error:
        return Refusal(JSON_MALFORMED, str(error))


def _words(read: Callable[[], object]) -> str:
    try:
        read()
    except AvroFormError as error:
        return str(error)
    return ""
