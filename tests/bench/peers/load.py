"""The load, the same for everyone, and what is measured under it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """`messages` of `size` bytes as fast as they go; then `rate` a second for `seconds`."""

    size: int
    messages: int
    rate: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Measured:
    """Messages a second, and milliseconds at the load's rate.

    `copied`: until all three copies have all of them. `delivered`: until the slowest of three readers,
    one at each copy, has the message.
    """

    name: str
    copied: float
    acknowledged_p50: float
    acknowledged_p99: float
    delivered_p50: float
    delivered_p99: float
    notes: str = ""
