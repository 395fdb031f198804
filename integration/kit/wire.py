"""Bytes that no client library would make: requests put together field by field."""

from collections.abc import Iterable

VARINT, LENGTH, START_GROUP, END_GROUP = 0, 2, 3, 4
UNKNOWN_FIELD = 99
"""A number that the contract does not use at the top level of any message (protos leave it out)."""


def varint(value: int) -> bytes:
    """A base-128 varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def tag(field: int, kind: int) -> bytes:
    """A field's tag."""
    return varint(field << 3 | kind)


def sized(field: int, data: bytes) -> bytes:
    """A length-delimited field."""
    return tag(field, LENGTH) + varint(len(data)) + data


def batch(drafts: Iterable[bytes]) -> bytes:
    """A PublishRequest or PublishStreamRequest of serialised drafts."""
    return b"".join(sized(1, draft) for draft in drafts)


def unknown(field: int = UNKNOWN_FIELD) -> bytes:
    """A message under a number that the contract does not have."""
    return sized(field, b"\x08\x01")


def nested_groups(depth: int, field: int = UNKNOWN_FIELD) -> bytes:
    """Groups inside each other, which a reader must follow even if it skips them."""
    return tag(field, START_GROUP) * depth + tag(field, END_GROUP) * depth


def nested_messages(depth: int, field: int = UNKNOWN_FIELD) -> bytes:
    """Length-delimited fields inside each other."""
    data = b""
    for _ in range(depth):
        data = sized(field, data)
    return data
