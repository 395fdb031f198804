"""Which objections speak about which message: found by the message that is objected to."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from google.protobuf.message import DecodeError

from gateway.store.port import Entry
from gateway.store.sql import Queries
from gateway.store.sql_names import Names
from gateway.store.sql_read import ENTRIES, entries_of
from schemas.message_ids import as_bytes
from yrd.coordination.v1.dialogue_pb2 import Objection
from yrd.exchange.v1.message_pb2 import Leaf

OBJECTION = Objection.DESCRIPTOR.full_name


def about_rows(entries: Iterable[Entry]) -> Iterator[tuple[bytes, int]]:
    """(message objected to, offset) of each objection among the entries.

    None for what a peer sent that is no objection; it will be quarantined when it is opened.
    """
    for entry in entries:
        if entry.type == OBJECTION:
            with suppress(DecodeError, ValueError):
                core = Leaf.FromString(entry.leaf or b"").core
                yield as_bytes(Objection.FromString(core).message_id), entry.offset


def entries_about(
    connection: Queries, message_id: bytes, limit: int, names: Callable[[], Names]
) -> list[Entry]:
    """Up to `limit` entries that object to a message or answer who did, in the order of receipt."""
    where = "e.offset IN (SELECT offset FROM about WHERE message_id = ? ORDER BY offset LIMIT ?)"
    query = f"{ENTRIES}{where} ORDER BY e.offset"
    return entries_of(connection, query, (message_id, limit), names)
