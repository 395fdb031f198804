"""A serialised draft as what the rules look at. Pure."""

from datetime import datetime
from hashlib import blake2b

from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp

from integration.kit.client.events import SentDraft
from integration.kit.client.reference.judging import has_unknown
from schemas.catalog import body_of, type_name
from schemas.rules import violations
from yrd.exchange.v1.message_pb2 import Draft

BODY = "body"


def describe(data: bytes, now: datetime, outcome: str = "") -> SentDraft:
    """Reads a draft and finds the rules that it breaks at an aware instant."""
    try:
        draft = Draft.FromString(data)
    except DecodeError:
        return SentDraft("", "", 0, 0, "", None, None, ((BODY, _digest(data)),), (), outcome)
    header = draft.header
    return SentDraft(
        header.message_id,
        header.entity_id,
        header.revision,
        int(header.mode),
        type_name(draft) or "?",
        _instant(header, "occurred_time"),
        _instant(header, "reported_time"),
        _parts(draft),
        tuple(violations(draft, now)),
        outcome,
        has_unknown(draft),
    )


def _parts(draft: Draft) -> tuple[tuple[str, bytes], ...]:
    """One digest for each header field that is set, and one for all the rest, unknown fields too."""
    found = []
    for field, value in draft.header.ListFields():
        only = type(draft.header)()
        if isinstance(value, Message):
            getattr(only, field.name).CopyFrom(value)
        elif field.is_repeated:
            getattr(only, field.name).extend(value)
        else:
            setattr(only, field.name, value)
        found.append((f"header.{field.name}", _digest(_bytes(only))))
    rest = Draft()
    rest.CopyFrom(draft)
    for field, _ in draft.header.ListFields():
        rest.header.ClearField(field.name)
    name = draft.WhichOneof("body") if body_of(draft) is not None else BODY
    return (*found, (name or BODY, _digest(_bytes(rest))))


def _bytes(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=12).digest()


def _instant(header: Message, name: str) -> float | None:
    if not header.HasField(name):
        return None
    time: Timestamp = getattr(header, name)
    return time.seconds + time.nanos / 1e9
