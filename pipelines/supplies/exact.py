"""Sums from which something may be taken off again: exact, so that no order and no history shows in them."""

from math import inf

_BITS = 1074
"""Every finite float is a whole number of 2⁻¹⁰⁷⁴."""


def exact(value: float) -> int:
    """A finite number in units of 2⁻¹⁰⁷⁴."""
    above, below = value.as_integer_ratio()
    return above << (_BITS + 1 - below.bit_length())


def nearest(total: int) -> float:
    """The float nearest to so many units."""
    try:
        return total / (1 << _BITS)
    except OverflowError:
        return inf if total > 0 else -inf
