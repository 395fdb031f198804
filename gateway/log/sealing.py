"""Sealing a draft into a log entry, and opening an entry again."""

from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import DecodeError
from google.protobuf.message import Message as ProtoMessage

from gateway.log.instants import timestamp
from gateway.log.merkle import leaf_hash
from gateway.log.wire_form import delimited, end_of_first, prefix
from schemas import disclosure
from schemas.catalog import BODY_FIELDS, body_of
from yrd.exchange.v1.message_pb2 import (
    Disclosure,
    DisclosureDigest,
    Draft,
    Leaf,
    Message,
    Stamp,
)

SALT_BYTES = 16
_HEADER = prefix(Leaf.HEADER_FIELD_NUMBER, 0)[:1]
_STAMP, _CORE = Leaf.STAMP_FIELD_NUMBER, Leaf.CORE_FIELD_NUMBER
_DIGESTS = Leaf.DISCLOSURE_DIGESTS_FIELD_NUMBER
_SALT, _BODY = Disclosure.SALT_FIELD_NUMBER, Disclosure.BODY_FIELD_NUMBER
MOST_PARTS = 64
"""Most disclosures of an entry."""


class SealError(ValueError):
    """An entry whose parts don't fit together; the text says which."""


class SealedPart(NamedTuple):
    """One disclosure: its group and its serialised form."""

    group: str
    data: bytes


class Prepared(NamedTuple):
    """A draft cut up for sealing: its leaf before and behind the stamp, and all disclosures."""

    type: str
    before: bytes
    behind: bytes
    parts: tuple[SealedPart, ...]


class Sealed(NamedTuple):
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
    copy, body = copied(draft)
    return cut_up(body, copy.SerializeToString(deterministic=True), salts)


def copied(draft: Draft) -> tuple[Draft, ProtoMessage]:
    """A copy, and its body, which may be used up. Raises SealError if the draft has none."""
    copy = Draft()
    copy.CopyFrom(draft)
    body = body_of(copy)
    if body is None:
        raise SealError("the draft has no body")
    return copy, body


def cut_up(body: ProtoMessage, draft: bytes, salts: Iterable[bytes]) -> Prepared:
    """The same for the body of a draft and the draft itself, serialised deterministically.

    The body is used up: what is in a group is no longer in it.
    """
    full_name, type_field = type_of(body.DESCRIPTOR)
    # a leaf begins with the header as a draft does
    before = draft[: end_of_first(draft)] if draft.startswith(_HEADER) else b""
    groups = disclosure.cut(body)
    behind = type_field + delimited(_CORE, body.SerializeToString())
    if not groups:
        return Prepared(full_name, before, behind, ())
    parts = []
    for group, salt in zip(sorted(groups), salts, strict=False):
        named, digest_before = group_fields(group)
        data = b"".join((delimited(_SALT, salt), named, delimited(_BODY, groups[group])))
        parts.append(SealedPart(group, data))
        behind += digest_before + sha256(data).digest()
    return Prepared(full_name, before, behind, tuple(parts))


def seal(prepared: Prepared, stamp_: Stamp) -> Sealed:
    """Puts leaf and hash together."""
    stamped = stamp_.SerializeToString()
    leaf = b"".join((prepared.before, prefix(_STAMP, len(stamped)), stamped, prepared.behind))
    return Sealed(leaf, leaf_hash(leaf), prepared.parts)


@cache
def type_of(body: Descriptor) -> tuple[str, bytes]:
    """A type's full name, and the field of a leaf that says so."""
    name = body.full_name
    return name, delimited(Leaf.TYPE_FIELD_NUMBER, name.encode())


@cache
def group_fields(group: str) -> tuple[bytes, bytes]:
    """What names a group in its disclosure, and what stands before its digest in a leaf."""
    name, size = group.encode(), sha256().digest_size
    before = delimited(DisclosureDigest.GROUP_FIELD_NUMBER, name)
    before += prefix(DisclosureDigest.DIGEST_FIELD_NUMBER, size)
    named = delimited(Disclosure.GROUP_FIELD_NUMBER, name)
    return named, prefix(_DIGESTS, len(before) + size) + before


class Opened(NamedTuple):
    """An entry read back: leaf, groups that are not here, disclosures, body so far as here."""

    leaf: Leaf
    absent_groups: tuple[str, ...]
    parts: tuple[SealedPart, ...]
    body: bytes


def open_entry(leaf_bytes: bytes, disclosures: Sequence[bytes]) -> Opened:
    """Reads an entry and checks each disclosure against its digest. Raises SealError."""
    leaf = read_leaf(leaf_bytes)
    absent, parts, body = disclosed(leaf, disclosures)
    return Opened(leaf, absent, parts, leaf.core + body)


def read_leaf(leaf: bytes) -> Leaf:
    """A leaf without looking at its disclosures. Raises SealError."""
    try:
        return Leaf.FromString(leaf)
    except DecodeError:
        raise SealError("the leaf is not a serialised Leaf") from None


class Disclosed(NamedTuple):
    """Groups of an entry that are not here, disclosures that are, and what these add to the core."""

    absent_groups: tuple[str, ...] = ()
    parts: tuple[SealedPart, ...] = ()
    body: bytes = b""


_WITHOUT_GROUPS = Disclosed()


def disclosed(leaf: Leaf, disclosures: Sequence[bytes]) -> Disclosed:
    """Checks each disclosure against its digest in the leaf. Raises SealError."""
    if not disclosures and not leaf.disclosure_digests:
        return _WITHOUT_GROUPS
    if len(disclosures) > MOST_PARTS:
        raise SealError(f"{len(disclosures)} disclosures, where an entry has at most {MOST_PARTS}")
    digests = {d.group: d.digest for d in leaf.disclosure_digests}
    found: dict[str, SealedPart] = {}
    bodies: dict[str, bytes] = {}
    for data in disclosures:
        try:
            part = Disclosure.FromString(data)
        except DecodeError:
            raise SealError("a disclosure is not a serialised Disclosure") from None
        group = part.group
        if digests.get(group) != sha256(data).digest():
            raise SealError(f"the disclosure of group {group!r} is not the one in the leaf")
        found[group], bodies[group] = SealedPart(group, data), part.body
    absent = tuple([group for group in digests if group not in found])
    return Disclosed(absent, tuple(found.values()), b"".join(bodies.values()))


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
