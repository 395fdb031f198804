"""What is remembered of records that a topic did not take, until the batch with them is through.

A broker refuses a request with one record that is too large as a whole, and its producer is of no use
afterwards: the session ends, the next one sends each record alone, and then knows which one it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from integration.kafka.records import Record


@dataclass(slots=True)
class Care:
    """Of one direction of a bridge; it outlives sessions."""

    apart: bool = False
    """Each record goes to the broker alone."""
    _large: set[tuple[str, bytes | None]] = field(default_factory=set)

    def note(self, refused: Sequence[tuple[str, bytes | None]]) -> None:
        """Topics and values of records that failed as too large, which says something of one alone."""
        if self.apart:
            self._large.update(refused)
        self.apart = True

    def spare(self, record: Record) -> bool:
        """Whether it has been refused alone."""
        return bool(self._large) and (record.topic, record.value) in self._large

    def through(self) -> None:
        """The batch is durable."""
        self.apart = False
        self._large.clear()
