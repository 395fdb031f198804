"""Avro's integers: zig-zag, seven bits a byte, lowest first; lengths are such integers."""

_MASK = (1 << 64) - 1


def varint(value: int) -> bytes:
    """A number that is not negative, seven bits a byte: protobuf has the same form."""
    return _SMALL[value] if value < len(_SMALL) else _any(value)


def _any(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


_SMALL = tuple(map(_any, range(1 << 13)))
SHORT = _SMALL[::2]
"""The numbers that lengths, counts and enums mostly are."""
_FEW = len(SHORT)


def long(value: int) -> bytes:
    """A small number is short, whatever its sign."""
    if 0 <= value < _FEW:
        return SHORT[value]
    return varint((value << 1 ^ value >> 63) & _MASK)


def unsigned(value: int) -> bytes:
    """A uint64, as the long that its two's complement is."""
    return long(value - (1 << 64) if value >> 63 else value)


def instant(micros: int) -> bytes:
    """Microseconds since 1970; those of the years 1974 to 2540 have eight bytes, without a loop."""
    value = micros << 1
    if not 1 << 49 <= value < 1 << 55:
        return long(micros)
    return (eight(value) | 0x0080_8080_8080_8080).to_bytes(8, "little")


def eight(value: int) -> int:
    """56 bits as eight bytes of seven, by halves."""
    value = value & 0x0000_0000_0FFF_FFFF | (value & 0x00FF_FFFF_F000_0000) << 4
    value = value & 0x0000_3FFF_0000_3FFF | (value & 0x0FFF_C000_0FFF_C000) << 2
    return value & 0x007F_007F_007F_007F | (value & 0x3F80_3F80_3F80_3F80) << 1
