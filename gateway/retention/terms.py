"""Terms in days or months, as the law counts them. Pure.

Days are those of Beijing. The day on which a term begins does not count; it ends with the end of its
last day; a term in months ends on the day of the same number, or on the month's last day if there is
none (民法典 Art. 201-203).
"""

from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

BEIJING = timezone(timedelta(hours=8))


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

    def last_day(self, start: date) -> date:
        """Its last day, if it begins on a day."""
        if self.months is None:
            return start + timedelta(days=self.days or 0)
        months = start.year * 12 + start.month - 1 + self.months
        year, month = divmod(months, 12)
        return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))

    def over_us(self, start_us: int) -> int:
        """When it is over, if it begins at an instant; both in microseconds since 1970."""
        begun = datetime.fromtimestamp(start_us // 1_000_000, BEIJING).date()
        after = self.last_day(begun) + timedelta(days=1)
        midnight = datetime(after.year, after.month, after.day, tzinfo=BEIJING)
        return int(midnight.timestamp()) * 1_000_000

    def __str__(self) -> str:
        return f"{self.days} days" if self.months is None else f"{self.months} months"
