"""Terms in days or months, as the law counts them. Pure.

Days are those of Beijing. The day on which a term begins does not count; it ends with the end of its
last day; a term in months ends on the day of the same number, or on the month's last day if there is
none (民法典 Art. 201-203).
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.instants import BEIJING

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_MOST_MONTHS, _MOST_DAYS = 12_000, 400_000
"""A thousand years: a term beyond them counts as that."""


class Span(NamedTuple):
    """A length of time: its months first, then its days."""

    months: int = 0
    days: int = 0

    def last_day(self, start: date) -> date:
        """Its last day, if it begins on a day."""
        year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
        day = min(start.day, monthrange(year, month + 1)[1])
        return date(year, month + 1, day) + timedelta(days=self.days)

    def over_us(self, start_us: int) -> int:
        """When it is over, if it begins at an instant; both in microseconds since 1970."""
        begun = datetime.fromtimestamp(start_us // 1_000_000, BEIJING).date()
        after = self.last_day(begun) + timedelta(days=1)
        midnight = datetime(after.year, after.month, after.day, tzinfo=BEIJING)
        return int(midnight.timestamp()) * 1_000_000


def agreed(retention: str | int) -> Span:
    """The `retention` of a clause: ISO 8601, such as P1Y6M or P30D, or a number of days."""
    if isinstance(retention, int):
        return Span(days=min(retention, _MOST_DAYS))
    found = _DURATION.fullmatch(retention)
    if found is None:
        raise ValueError(f"retention {retention!r} is no duration of ISO 8601, such as P6M")
    years, months, weeks, days = (_bounded(digits or "") for digits in found.groups())
    return Span(min(12 * years + months, _MOST_MONTHS), min(7 * weeks + days, _MOST_DAYS))


def _bounded(digits: str) -> int:
    """A number of any length that somebody else wrote."""
    significant = digits.lstrip("0")
    return int(significant or 0) if len(significant) < 7 else _MOST_DAYS


class Term(BaseModel):
    """A number of days or of months."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int | None = Field(None, ge=0, le=36_500)
    months: int | None = Field(None, ge=1, le=1_200)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.days is None) == (self.months is None):
            raise ValueError("say either days or months: keep one of them")
        return self

    @property
    def span(self) -> Span:
        """The same as a span."""
        return Span(self.months or 0, self.days or 0)

    def last_day(self, start: date) -> date:
        """Its last day, if it begins on a day."""
        return self.span.last_day(start)

    def over_us(self, start_us: int) -> int:
        """When it is over, if it begins at an instant; both in microseconds since 1970."""
        return self.span.over_us(start_us)

    def __str__(self) -> str:
        return f"{self.days} days" if self.months is None else f"{self.months} months"
