"""A decoder that takes bytes from outside."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A decoder with valid samples and the errors that it may raise.

    `weight`: its share of all inputs, for decoders are not equally quick.
    """

    name: str
    decode: Callable[[bytes], object]
    samples: Sequence[bytes]
    allowed: tuple[type[Exception], ...]
    weight: float = 1
