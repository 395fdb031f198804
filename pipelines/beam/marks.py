"""How far a reader of a topic has come, and up to when it has heard: all that a runner keeps of it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apache_beam.coders import Coder
from apache_beam.io.unbounded_source import CheckpointMark


@dataclass(slots=True)
class Place:
    """In one partition: the offset to go on from, and the instant up to which it was heard.

    Instants are milliseconds since 1970. A partition never tells of an earlier one than before: what comes
    late, or from a clock that was set back, counts as told with what was before it.
    """

    offset: int = 0
    heard_ms: int = 0
    at_end: bool = False
    """Nothing more is there, as far as is known."""

    def take(self, offset: int, told_ms: int) -> int:
        """Takes a record in. Returns the instant that counts for it."""
        self.offset, self.at_end = offset + 1, False
        self.heard_ms = max(self.heard_ms, told_ms)
        return self.heard_ms

    def wait(self, now_ms: int, idle_ms: int) -> None:
        """While nothing comes time passes all the same, but for what records take on their way."""
        if self.at_end:
            self.heard_ms = max(self.heard_ms, now_ms - idle_ms)


@dataclass(frozen=True)
class Mark(CheckpointMark):  # type: ignore[misc]  # Beam has no type hints here
    """Places by partition. Values only: a reader is made anew from it, on any machine."""

    places: Mapping[int, Place] = field(default_factory=dict)


class MarkCoder(Coder):  # type: ignore[misc]
    """Marks as JSON: {"partition": [offset, heard_ms]}. Whether it was at the end is found out anew."""

    def encode(self, value: Mark) -> bytes:
        """The same bytes for the same mark."""
        places = sorted(value.places.items())
        return json.dumps({str(n): [p.offset, p.heard_ms] for n, p in places}).encode()

    def decode(self, encoded: bytes) -> Mark:
        """The other way."""
        found: dict[str, tuple[int, int]] = json.loads(encoded)
        return Mark({int(n): Place(offset, heard) for n, (offset, heard) in found.items()})

    def is_deterministic(self) -> bool:
        """They are."""
        return True

    def to_type_hint(self) -> Any:
        """What it encodes."""
        return Mark
