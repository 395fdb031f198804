"""What a rule of compatibility says: how grave, why it hurts whom, what to do instead."""

from dataclasses import dataclass

from schemas.compat.finding import Severity

BREAK, NOTE = Severity.BREAK, Severity.NOTE


@dataclass(frozen=True, slots=True)
class Explanation:
    """Severity, and two texts in which {where}, {old}, {new} and {since} stand for themselves."""

    severity: Severity
    why: str
    instead: str


KEEP = "keep it as it was; mark it `deprecated = true` if nobody should use it any more"
ADD = "leave {old} as it is and add a new field with a number of its own beside it"
VERSION = "keep it, or make the next major version of the package (yrd.<family>.v2) beside this one"
UPGRADE = "upgrade every gateway before the first sender uses it"
