"""The index of activation entries: what is in force in a log is found without a scan."""

from collections.abc import Callable, Iterable, Mapping

from gateway.store.port import Entry
from gateway.store.sql import Queries, Sql
from gateway.store.sql_names import Names
from gateway.store.sql_read import ENTRIES, entries_of

ACTIVATION = "yrd.governance.v1.AgreementActivation"


def index_activations(connection: Sql, entries: Iterable[Entry], logs: Mapping[str, int]) -> None:
    """Adds those of the entries that are activations."""
    connection.executemany(
        "INSERT INTO activation VALUES (?, ?, ?) "
        "ON CONFLICT (log, idx) DO UPDATE SET offset = excluded.offset",
        [(logs[e.log], e.sequence, e.offset) for e in entries if e.type == ACTIVATION],
    )


def activations(connection: Queries, log: int, names: Callable[[], Names]) -> list[Entry]:
    """Activation entries of a log, in order."""
    query = "SELECT offset FROM activation WHERE log = ? ORDER BY idx"
    offsets = connection.execute(query, (log,)).fetchall()
    # one by one: they lie far apart, and disclosures are read by the range of a page
    return [
        entry
        for row in offsets
        for entry in entries_of(connection, ENTRIES + "e.offset = ?", row, names)
    ]
