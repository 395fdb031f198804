"""What a comparison says: one finding for each thing that changed and matters to somebody."""

from dataclasses import dataclass
from enum import StrEnum


class Surface(StrEnum):
    """What of the contract somebody depends on."""

    WIRE = "wire"
    JSON = "json"
    NAMES = "names"
    AVRO = "avro"
    JSON_SCHEMA = "json_schema"
    RULES = "rules"


class Severity(StrEnum):
    """A break hurts somebody who did nothing wrong; a note tells what to do before or after."""

    BREAK = "break"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it stands in the working tree: the path below proto/, and the line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"proto/{self.file}:{self.line}" if self.line else f"proto/{self.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference on one surface before it is explained: rule, full name, old and new.

    An empty `old` or `new` says that there is nothing on that side.
    """

    surface: Surface
    rule: str
    where: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A change, explained.

    `where` is a full name ("yrd.incident.v1.IncidentReport.title"), `place` what is nearest to it in
    the new tree, None if nothing of its package is left. `since` is the release compared with.
    """

    surface: Surface
    severity: Severity
    rule: str
    where: str
    place: Place | None
    old: str
    new: str
    why: str
    instead: str
    since: str

    @property
    def breaks(self) -> bool:
        """Whether it is a break."""
        return self.severity is Severity.BREAK
