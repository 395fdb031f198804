"""Days in China: agreements begin and end at midnight there, whatever a gateway's own time zone."""

from datetime import date

_OFFSET_US = 8 * 3_600_000_000
_DAY_US = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(us: int) -> int:
    """The ordinal (date.toordinal) of the day in Beijing at an instant, in microseconds since 1970."""
    return _EPOCH + (us + _OFFSET_US) // _DAY_US


def day_of(us: int) -> date:
    """The day in Beijing at an instant, in microseconds since 1970."""
    return date.fromordinal(day_number(us))
