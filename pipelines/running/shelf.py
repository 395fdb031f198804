"""Where steps of the graph leave large values for each other: what travels between them is a ticket.

A runner copies each value some eight times on its way from one process to another. Every process of a run
must reach the folder.
"""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

LARGE = 1 << 16
"""Bytes from which on a file is the cheaper way."""

Ticket = str | bytes
"""Name of a file, or the value itself if it is small."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of values."""

    folder: str

    def put(self, value: bytes) -> Ticket:
        """Keeps a value. Returns its ticket."""
        if len(value) < LARGE:
            return value
        ticket = str(uuid4())
        Path(self.folder, ticket).write_bytes(value)
        return ticket

    def take(self, ticket: Ticket) -> bytes:
        """The value of a ticket."""
        return ticket if isinstance(ticket, bytes) else Path(self.folder, ticket).read_bytes()
