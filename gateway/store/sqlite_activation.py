"""The index of own activation entries: start-up finds them without a scan."""

import sqlite3
from collections.abc import Callable, Sequence

from gateway.store.port import Entry, NewEntry
from gateway.store.sqlite_read import ENTRIES, Names, entries_of

ACTIVATION = "yrd.governance.v1.AgreementActivation"


def index_activations(connection: sqlite3.Connection, own: str, new: Sequence[NewEntry]) -> None:
    """Adds those of the new entries that are activations of the log `own`."""
    rows = [(e.sequence, e.offset) for e, _ in new if e.type == ACTIVATION and e.log == own]
    connection.executemany("INSERT OR REPLACE INTO activation VALUES (?, ?)", rows)


def activations(connection: sqlite3.Connection, names: Callable[[], Names]) -> list[Entry]:
    """Own activation entries, in order."""
    offsets = connection.execute("SELECT offset FROM activation ORDER BY idx").fetchall()
    # one by one: they lie far apart, and disclosures are read by the range of a page
    return [
        entry
        for row in offsets
        for entry in entries_of(connection, ENTRIES + "e.offset = ?", row, names)
    ]
