"""Which amounts can be split. Counted things can't: half a pump is no pump."""

from functools import cache
from math import ceil, floor

from pipelines.tabled import rows

PARTS = 1000
"""A measured unit is given in thousandths."""
MOST = 1 << 40
"""Of parts; what is beyond is as good as this."""
_SLACK = 1e-6


def parts_in(unit: str) -> int:
    """How many parts one of a unit has: 1 if it can't be split."""
    return PARTS if unit in _measured() else 1


def parts_missing(amount: float, unit: str) -> int:
    """Parts that cover an amount: what can't be split is wanted whole."""
    many = amount * parts_in(unit) - _SLACK
    return MOST if many >= MOST else max(0, ceil(many))


def parts_spare(amount: float, unit: str) -> int:
    """Parts that an amount can give: what can't be split is given whole."""
    many = amount * parts_in(unit) + _SLACK
    return MOST if many >= MOST else max(0, floor(many))


def amount_of(parts: int, unit: str) -> float:
    """An amount from its parts."""
    return parts / parts_in(unit)


@cache
def _measured() -> frozenset[str]:
    return frozenset(row["unit"] for row in rows("measured_units"))
