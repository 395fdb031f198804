"""Where steps of the graph leave large values for each other: what travels between them is a ticket.

A runner copies each value some eight times on its way from one process to another, and keeps all of them in
memory. Every process of a run must reach the folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

Ticket = tuple[str, int, int]
"""Name of a file, and where in it the value begins and ends."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of values."""

    folder: str

    def put(self, values: Iterable[bytes]) -> list[Ticket]:
        """Keeps values side by side in a file, one of them at a time in memory. Returns their tickets."""
        name, tickets, at = str(uuid4()), list[Ticket](), 0
        with Path(self.folder, name).open("xb") as file:
            for value in values:
                file.write(value)
                tickets.append((name, at, at + len(value)))
                at += len(value)
        return tickets

    def take(self, ticket: Ticket) -> bytes:
        """The value of a ticket."""
        name, begin, end = ticket
        with Path(self.folder, name).open("rb") as file:
            file.seek(begin)
            return file.read(end - begin)
