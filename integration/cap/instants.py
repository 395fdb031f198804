"""Times of CAP: local time with its zone, no fractions, no Z. Chinese feeds often leave the zone out."""

import re
from datetime import UTC, datetime, timedelta, timezone

from schemas.instants import BEIJING

_STRICT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_LENIENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T ]*(\d\d):?(\d\d)(?::?(\d\d)(\.\d+)?)?\s*(Z|z|[-+]\d\d:?\d\d)?",
    re.ASCII,
)


def read(text: str) -> tuple[datetime, str]:
    """The time and what was lenient about reading it (empty: nothing). Raises ValueError."""
    found = _LENIENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    numbers = [int(n) for n in (year, month, day, hour, minute, second or "0")]
    made = datetime(*numbers, tzinfo=_zone(zone))  # type: ignore[arg-type, misc]
    made.astimezone(UTC)  # raises where that is no year
    if _STRICT.fullmatch(text):
        return made, ""
    said = [] if zone else ["无时区，按北京时间 no zone, taken as Beijing time"]
    if fraction:
        said.append("秒的小数舍去 fraction of a second dropped")
    return made, "；".join(said) or "时间写法不合CAP not written as CAP has it"


def _zone(text: str | None) -> timezone:
    if text is None:
        return BEIJING
    if text in "Zz":
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def write(time: datetime) -> str:
    """As CAP has it."""
    return time.replace(microsecond=0).isoformat()


def in_beijing(time: datetime) -> datetime:
    """The same instant on Beijing's clock, or in UTC where that would be no year."""
    try:
        return time.astimezone(BEIJING)
    except OverflowError:
        return time.astimezone(UTC)
