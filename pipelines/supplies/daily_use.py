"""What a person uses up a day, or is lent once: tables/daily_use.tsv, with the source of each figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.tabled import rows


@dataclass(frozen=True, slots=True)
class Use:
    """Amount for each person in a unit, a day or once."""

    per_person: float
    once: bool


@cache
def uses() -> Mapping[tuple[str, str], Use]:
    """By capability (scheme "yrd-capability") and unit."""
    return {
        (row["capability"], row["unit"]): Use(float(row["per_person"]), row["use"] == "once")
        for row in rows("daily_use")
    }


@cache
def capabilities() -> frozenset[str]:
    """What people live on, as far as the table says in any unit."""
    return frozenset(capability for capability, _ in uses())
