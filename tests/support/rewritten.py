"""Serialised messages written otherwise: what another writer, a careless one or an attacker makes of them."""

from collections.abc import Callable
from random import Random

from gateway.log.wire_form import varint

Field = tuple[bytes, bytes]
"""A tag, and what is behind it: of a string, bytes or message with its length."""
VARINT, FIXED64, DELIMITED, FIXED32 = 0, 1, 2, 5


def rewritten(random: Random, data: bytes, depth: int = 4) -> bytes:
    """The message with one field, at any depth, changed, moved, repeated, lost, or put in another way."""
    fields = split(data)
    if not fields:
        return data + random.choice(_ADDED)
    at = random.randrange(len(fields))
    tag, value = fields[at]
    inside = content(value) if tag[0] & 7 == DELIMITED else b""
    if depth and split(inside) and random.random() < 0.7:
        changed = rewritten(random, inside, depth - 1)
        fields[at] = tag, varint(len(changed)) + changed
    else:
        random.choice(_CHANGES)(random, fields, at)
    return b"".join(tag + value for tag, value in fields)


def split(data: bytes) -> list[Field]:
    """The fields of a message; none if it is not one."""
    fields, at = [], 0
    try:
        while at < len(data):
            start, at = at, _behind(data, at)
            tag = data[start:at]
            end = _end(data, at, tag[0] & 7)
            if end > len(data):
                return []
            fields.append((tag, data[at:end]))
            at = end
    except (IndexError, KeyError):
        return []
    return fields


def content(value: bytes) -> bytes:
    """What is behind the length."""
    return value[_behind(value, 0) :]


def _behind(data: bytes, at: int) -> int:
    while data[at] & 128:
        at += 1
    return at + 1


def _end(data: bytes, at: int, kind: int) -> int:
    if kind == VARINT:
        return _behind(data, at)
    if kind == DELIMITED:
        behind = _behind(data, at)
        return behind + sum((byte & 127) << 7 * i for i, byte in enumerate(data[at:behind]))
    return at + {FIXED64: 8, FIXED32: 4}[kind]


def _swap(random: Random, fields: list[Field], at: int) -> None:
    other = random.randrange(len(fields))
    fields[at], fields[other] = fields[other], fields[at]


def _repeat(random: Random, fields: list[Field], at: int) -> None:
    fields.insert(random.randrange(len(fields) + 1), fields[at])


def _lose(_: Random, fields: list[Field], at: int) -> None:
    del fields[at]


def _longer(random: Random, fields: list[Field], at: int) -> None:
    """A varint in more bytes than it needs: the tag, or the number or length behind it."""
    tag, value = fields[at]
    if tag[0] & 7 in (FIXED64, FIXED32) or random.random() < 0.5:
        fields[at] = _padded(tag), value
    else:
        end = _behind(value, 0)
        fields[at] = tag, _padded(value[:end]) + value[end:]


def _padded(number: bytes) -> bytes:
    return bytes([*number[:-1], number[-1] | 128, 0])


def _other_kind(random: Random, fields: list[Field], at: int) -> None:
    """The same number with another wire type, and something of that type."""
    tag, _ = fields[at]
    kind, value = random.choice(_VALUES)
    fields[at] = bytes([tag[0] & ~7 | kind, *tag[1:]]), value


def _other_value(random: Random, fields: list[Field], at: int) -> None:
    tag, _ = fields[at]
    kinds = [value for kind, value in _VALUES if kind == tag[0] & 7]
    fields[at] = tag, random.choice(kinds or [b""])


def _add(random: Random, fields: list[Field], at: int) -> None:
    fields.insert(at, (random.choice(_ADDED), b""))


_VALUES = (
    (VARINT, b"\0"),
    (VARINT, b"\x07"),
    (VARINT, b"\xff" * 9 + b"\x01"),
    (VARINT, b"\xff" * 9 + b"\x7f"),
    (FIXED64, b"\1" * 8),
    (FIXED32, b"\1" * 4),
    (DELIMITED, b"\0"),
    (DELIMITED, b"\x02ab"),
    (DELIMITED, b"\x02\xc0\xaf"),
    (DELIMITED, b"\x03\xed\xa0\x80"),
    (DELIMITED, b"\x20" + b"h" * 32),
    (3, b""),
    (4, b""),
    (7, b""),
)
_ADDED = (
    b"\xf8\x07\x01",  # 127: 1
    b"\xfa\x07\x01x",  # 127: "x"
    b"\x0b\x0c",  # a group
    b"\0\0",
    b"\x07",
    b"\xff\xff\xff\xff\x7f\0",
    b"\x08",
)
_CHANGES: tuple[Callable[[Random, list[Field], int], None], ...] = (
    _swap,
    _repeat,
    _lose,
    _longer,
    _longer,
    _other_kind,
    _other_value,
    _other_value,
    _add,
)
