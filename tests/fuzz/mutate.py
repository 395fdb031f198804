"""Mutates valid bytes: what a careless program, a bad line or an attacker makes of them."""

from collections.abc import Sequence
from random import Random

INTERESTING = (
    b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff" * 8, b"\x80" * 9 + b"\x01", b"\x00" * 16,
    b"\xff\xff\xff\xff\x0f", b"\n\n", b"\xe2\x80\x94 ", b"+", b".", b"-1", b"1e999", b"NaN", b"9" * 40,
    b"[" * 40, b"[" * 3000, b"(" * 300, b'{"a":' * 20,
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "\u0661".encode(), b"\xc0\xaf", b"&a *a",
    b"!!python/object:os.system", b"\r\n", b"'", b'"', b"\\u0000", b"%00", b"\x0b\x0b\x0b\x0b", b"\x0c" * 4,
)  # fmt: skip


def mutated(random: Random, samples: Sequence[bytes]) -> bytes:
    """A sample after one to four changes; seldom, bytes that are no sample at all."""
    if random.random() < 0.02:
        return random.randbytes(random.randrange(200))
    data = bytearray(random.choice(samples))
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4))):
        random.choice(_CHANGES)(random, data, samples)
    return bytes(data)


def _at(random: Random, data: bytearray) -> int:
    return random.randrange(len(data) + 1)


def _flip(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] = random.randrange(256)


def _insert(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = _at(random, data)
    data[at:at] = random.choice(INTERESTING)


def _over(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at, put = _at(random, data), random.choice(INTERESTING)
    data[at : at + len(put)] = put


def _cut(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = _at(random, data)
    del data[at : at + random.choice((1, 1, 2, 4, 16, 64))]


def _end(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[_at(random, data) :]


def _again(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = _at(random, data)
    data[at:at] = data[at : at + random.choice((1, 4, 16, 64))] * random.choice((1, 2, 8))


def _splice(random: Random, data: bytearray, samples: Sequence[bytes]) -> None:
    other = random.choice(samples)
    at, start = _at(random, data), random.randrange(len(other) + 1)
    data[at:] = other[start:]


_CHANGES = (_flip, _flip, _set, _insert, _over, _cut, _end, _again, _splice)
