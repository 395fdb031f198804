"""Where steps of the graph leave large values for each other: what travels between them is a ticket.

A runner copies each value some eight times on its way from one process to another. Every process of a run
must reach the folder.
"""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of values."""

    folder: str

    def put(self, value: bytes) -> str:
        """Keeps a value. Returns its ticket."""
        ticket = str(uuid4())
        Path(self.folder, ticket).write_bytes(value)
        return ticket

    def take(self, ticket: str) -> bytes:
        """The value of a ticket."""
        return Path(self.folder, ticket).read_bytes()
