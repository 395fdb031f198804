"""Alarms as they are kept, with what proves them, and what became of them."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that a peer did which its log forbids, kept with the bytes that prove it.

    Equal evidence is kept once until it is settled. `data` is a serialised AlarmEvidence.
    """

    log: str
    time_us: int
    kind: str
    detail: str
    data: bytes


class Settlement(NamedTuple):
    """What became of an alarm; `settler` is "participant/system"."""

    alarm: int
    time_us: int
    settler: str
    note: str


class KeptAlarm(NamedTuple):
    """Evidence under its number, from 1; 0 if it could not be stored."""

    number: int
    log: str
    time_us: int
    kind: str
    detail: str
    data: bytes = b""
    settlement: Settlement | None = None


class AlarmBook(Protocol):
    """Reads alarms. Safe from any thread."""

    def unsettled(self) -> list[KeptAlarm]:
        """All alarms that nobody has settled, oldest first, without their data."""
        ...

    def alarms(self, after: int, limit: int) -> list[KeptAlarm]:
        """Up to `limit` alarms with a higher number, oldest first, with their data."""
        ...
