"""Messages with a field changed, likely to the edge of some rule; and bytes that were damaged."""

import math
import random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

_NUMBERS = [0, 1, -1, 2, 5, 6, 7, 100, 2**31 - 1, -(2**31), 2**32 - 1, 2**62]
_DOUBLES = [0.0, -0.0, 1e-9, -1.0, 30.5, 121.0, 1e300, math.inf, -math.inf, math.nan]
_TEXTS = [
    "",
    " ",
    "0",
    "joint",
    "310000",
    "310000\n",
    "a" * 129,
    "沪A12345",
    "沪A12345\n",
    "\U00020000",
]
_WHOLE = {FieldDescriptor.CPPTYPE_INT32: 31, FieldDescriptor.CPPTYPE_INT64: 62}


def _other_value(field: FieldDescriptor, chance: random.Random, now: Any) -> Any:
    """A value that the field can hold, likely at the edge of some rule."""
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_STRING:
        if field.type == FieldDescriptor.TYPE_BYTES:
            return chance.choice([b"", b"x" * 31, b"x" * 32, b"x" * 33])
        return chance.choice(
            [*_TEXTS, f"{now}\n", f" {now}", str(now)[:-1], f"{now}0", str(now) * 70]
        )
    if kind in {FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT}:
        return chance.choice([*_DOUBLES, -now, now + 1e-6])
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return not now
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return chance.choice([*range(8), 91, 95, 1000, -1])
    bits = {FieldDescriptor.CPPTYPE_UINT32: 32, FieldDescriptor.CPPTYPE_UINT64: 62, **_WHOLE}[kind]
    least = (
        0
        if kind in {FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64}
        else -(2**bits)
    )
    return chance.choice([n for n in _NUMBERS if least <= n < 2**bits])


def disturb(message: Any, chance: random.Random) -> None:
    """Changes one field, at any depth."""
    field = chance.choice(message.DESCRIPTOR.fields)
    held = getattr(message, field.name)
    if field.is_repeated:
        _disturb_list(message, field, held, chance)
    elif field.message_type is not None:
        if chance.random() < 0.3:
            message.ClearField(field.name)
        else:
            held.SetInParent()
            disturb(held, chance)
    elif chance.random() < 0.2:
        message.ClearField(field.name)
    else:
        setattr(message, field.name, _other_value(field, chance, held))


def _disturb_list(message: Any, field: FieldDescriptor, held: Any, chance: random.Random) -> None:
    act = chance.randrange(4)
    if act == 0 or not held:
        message.ClearField(field.name)
        if field.message_type is not None:
            getattr(message, field.name).add()
    elif act == 1:
        held.extend(list(held) * chance.choice([1, 1, 60]))
    elif act == 2:
        del held[chance.randrange(len(held))]
    elif field.message_type is not None:
        disturb(chance.choice(held), chance)
    else:
        held.append(_other_value(field, chance, held[0]))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to three of them flipped, changed, lost, added, or a run of them repeated."""
    found = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.randrange(len(found))
        match chance.randrange(5):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at] = chance.randrange(256)
            case 2 if len(found) > 1:
                del found[at]
            case 3:
                found.insert(at, chance.randrange(256))
            case _:
                start = chance.randrange(len(found))
                found[at:at] = found[start : start + chance.randrange(12)]
    return bytes(found)
