"""Sealing a draft into a log entry, and opening an entry again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from google.protobuf.message import DecodeError

from gateway.log.instants import timestamp
from gateway.log.merkle import leaf_hash
from schemas import disclosure
from schemas.catalog import BODY_FIELDS, body_of, type_name
from yrd.exchange.v1.message_pb2 import (
    Disclosure,
    DisclosureDigest,
    Draft,
    Leaf,
    Message,
    Stamp,
)
from yrd.wire.v1.wire_pb2 import SerializedLeaf

SALT_BYTES = 16
MOST_PARTS = 64
"""Most disclosures of an entry."""


class SealError(ValueError):
    """An entry whose parts don't fit together; the text says which."""


class SealedPart(NamedTuple):
    """One disclosure: its group and its serialised form."""

    group: str
    data: bytes


class Prepared(NamedTuple):
    """A draft cut up for sealing: all of its entry but the stamp. The bytes are serialised."""

    type: str
    header: bytes
    core: bytes
    digests: tuple[bytes, ...]
    parts: tuple[SealedPart, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry: serialised leaf, its hash, and all disclosures."""

    leaf: bytes
    hash: bytes
    parts: tuple[SealedPart, ...]


def stamp(origin: str, source_system: str, sequence: int, sealed_us: int) -> Stamp:
    """A stamp; the time in microseconds since 1970."""
    return Stamp(
        origin=origin,
        source_system=source_system,
        sequence=sequence,
        sealed_time=timestamp(sealed_us),
    )


def prepare(draft: Draft, salts: Iterable[bytes]) -> Prepared:
    """Cuts a draft up; takes a salt of 16 random bytes for each group present.

    Raises SealError if the draft has no body.
    """
    body, full_name = body_of(draft), type_name(draft)
    if body is None or full_name is None:
        raise SealError("the draft has no body")
    core, groups = disclosure.split(body)
    header = draft.header.SerializeToString(deterministic=True)
    if not groups:
        return Prepared(full_name, header, core, (), ())
    parts = tuple(
        SealedPart(
            group, Disclosure(salt=salt, group=group, body=groups[group]).SerializeToString()
        )
        for group, salt in zip(sorted(groups), salts, strict=False)
    )
    return Prepared(full_name, header, core, tuple(map(_digest, parts)), parts)


def seal(prepared: Prepared, stamp_: Stamp) -> Sealed:
    """Puts leaf and hash together."""
    leaf = SerializedLeaf(
        header=prepared.header,
        stamp=stamp_.SerializeToString(),
        type=prepared.type,
        core=prepared.core,
        disclosure_digests=prepared.digests,
    ).SerializeToString()
    return Sealed(leaf, leaf_hash(leaf), prepared.parts)


def _digest(part: SealedPart) -> bytes:
    digest = sha256(part.data).digest()
    return DisclosureDigest(group=part.group, digest=digest).SerializeToString()


class Opened(NamedTuple):
    """An entry read back: leaf, groups that are not here, disclosures, body so far as here."""

    leaf: Leaf
    absent_groups: tuple[str, ...]
    parts: tuple[SealedPart, ...]
    body: bytes


def open_entry(leaf_bytes: bytes, disclosures: Sequence[bytes]) -> Opened:
    """Reads an entry and checks each disclosure against its digest. Raises SealError."""
    try:
        leaf = Leaf.FromString(leaf_bytes)
    except DecodeError:
        raise SealError("the leaf is not a serialised Leaf") from None
    if not disclosures and not leaf.disclosure_digests:
        return Opened(leaf, (), (), leaf.core)
    if len(disclosures) > MOST_PARTS:
        raise SealError(f"{len(disclosures)} disclosures, where an entry has at most {MOST_PARTS}")
    digests = {d.group: d.digest for d in leaf.disclosure_digests}
    found = {part.group: (data, part.body) for data, part in _disclosed(disclosures, digests)}
    absent = tuple(group for group in digests if group not in found)
    parts = tuple(SealedPart(group, data) for group, (data, _) in found.items())
    return Opened(leaf, absent, parts, leaf.core + b"".join(body for _, body in found.values()))


def _disclosed(
    disclosures: Sequence[bytes], digests: dict[str, bytes]
) -> Iterator[tuple[bytes, Disclosure]]:
    for data in disclosures:
        try:
            part = Disclosure.FromString(data)
        except DecodeError:
            raise SealError("a disclosure is not a serialised Disclosure") from None
        if digests.get(part.group) != sha256(data).digest():
            raise SealError(f"the disclosure of group {part.group!r} is not the one in the leaf")
        yield data, part


def as_draft(opened: Opened) -> Draft:
    """The draft that was sealed, as far as it is here. Raises SealError for an unknown type."""
    draft = Draft(header=opened.leaf.header)
    _set_body(draft, opened)
    return draft


def as_message(opened: Opened) -> Message:
    """The message that a reader gets, without its receipt. Raises SealError for an unknown type."""
    message = Message(header=opened.leaf.header, stamp=opened.leaf.stamp)
    _set_body(message, opened)
    return message


def _set_body(carrier: Draft | Message, opened: Opened) -> None:
    field = BODY_FIELDS.get(opened.leaf.type)
    if field is None:
        raise SealError(f"type {opened.leaf.type!r} is not known here")
    body = getattr(carrier, field.name)
    try:
        body.MergeFromString(opened.body)
    except DecodeError:
        raise SealError(f"the body is not a serialised {opened.leaf.type}") from None
    body.SetInParent()
