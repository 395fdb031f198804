"""Functions that checks may call. All are pure; times are seconds since 1970."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from schemas.catalog import BODY_FIELDS, body_of
from yrd.exchange.v1.message_pb2 import Disclosure, Draft, Leaf, Message


def ids(carriers: Iterable[Draft | Message]) -> list[str]:
    """Message ids of drafts or messages."""
    return [carrier.header.message_id for carrier in carriers]


def offsets(messages: Iterable[Message]) -> list[int]:
    """Where messages stand in the order of receipt."""
    return [message.receipt.offset for message in messages]


def sequences(messages: Iterable[Message]) -> list[int]:
    """Where messages stand in their logs."""
    return [message.stamp.sequence for message in messages]


def rising(values: Iterable[Any]) -> bool:
    """Whether each value is greater than the one before."""
    return all(low < high for low, high in pairwise(values))


def contiguous(values: Iterable[int]) -> bool:
    """Whether each value is one more than the one before."""
    return all(low + 1 == high for low, high in pairwise(values))


def same_content(message: Message, draft: Draft) -> bool:
    """Whether a message carries exactly the draft's header and body."""
    return message.header == draft.header and body_of(message) == body_of(draft)


def seconds(time: Timestamp) -> float:
    """Seconds since 1970."""
    return float(time.seconds) + time.nanos / 1e9


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf), RFC 6962 §2.1."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def kinds(carriers: Iterable[Draft | Message]) -> list[str]:
    """Names of the fields of their bodies, for example "incident_report"."""
    return [str(carrier.WhichOneof("body")) for carrier in carriers]


def has(message: Any, field: str) -> bool:
    """Whether a field of a message is present."""
    return bool(message.HasField(field))


def contains(data: bytes, text: str) -> bool:
    """Whether the UTF-8 bytes of a text lie somewhere in the data."""
    return text.encode() in data


def leaf_of(data: bytes) -> Leaf:
    """Reads a serialised Leaf."""
    return Leaf.FromString(data)


def disclosure_of(data: bytes) -> Disclosure:
    """Reads a serialised Disclosure."""
    return Disclosure.FromString(data)


def serialized(message: Any) -> bytes:
    """The deterministic serialisation of a message."""
    return bytes(message.SerializeToString(deterministic=True))


def flat(lists: Iterable[Sequence[Any]]) -> list[Any]:
    """One list of all."""
    return [item for some in lists for item in some]


def digests(leaf: Leaf) -> dict[str, bytes]:
    """Digest of each group that a leaf names."""
    return {d.group: d.digest for d in leaf.disclosure_digests}


def digests_of(leaf: bytes) -> list[bytes]:
    """All digests of a serialised leaf."""
    return list(digests(leaf_of(leaf)).values())


def body_from(type_name: str, data: bytes) -> Any:
    """Reads a serialised body of a type of the contract."""
    return type(getattr(Draft(), BODY_FIELDS[type_name].name)).FromString(data)


def joined(parts: Iterable[bytes]) -> bytes:
    """The parts one behind the other."""
    return b"".join(parts)


def fields_of(type_name: str, data: bytes) -> list[Any]:
    """(descriptor, value) of each field that is present in a serialised body."""
    return list(body_from(type_name, data).ListFields())


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        name.__name__: name
        for name in (
            *(ids, offsets, sequences, rising, contiguous, same_content, seconds, sha256),
            *(leaf_hash, kinds, has, contains, leaf_of, disclosure_of, serialized, flat, digests),
            *(digests_of, body_from, fields_of, joined),
            *(len, all, any, set, sorted, list, range, sum, min, max, abs, str, int, zip, bool),
        )
    }
)
