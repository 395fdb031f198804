"""Who holds a bridge's id: the last place says which session wrote it.

Kafka ends the right to an id when another producer begins with it, and also when a transaction lasted too
long, or when a request of a producer that is gone was still on its way. Only a session that has claimed the
id in the place topic is another bridge at work.
"""

import uuid
from dataclasses import replace

from integration.kafka.place import Place


class Holding:
    """What this process has claimed, and what it found."""

    def __init__(self) -> None:
        self._process, self._sessions, self._found = uuid.uuid4().hex, 0, ""

    def claim(self, found: Place) -> Place:
        """The place as a new session of this process writes it before anything else."""
        self._found = found.holder
        self._sessions += 1
        return replace(found, holder=f"{self._process}/{self._sessions}")

    def taken(self, place: Place | None) -> bool:
        """Whether another process has claimed the id since."""
        return place is not None and not (
            place.holder == self._found or place.holder.startswith(self._process)
        )
