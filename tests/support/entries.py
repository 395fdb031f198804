"""Entries of a store without any message in them."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from gateway.log.merkle import leaf_hash
from gateway.log.sealing import SealedPart
from gateway.store.port import Entry, Naming, NewEntry, Standing
from yrd.exchange.v1.message_pb2 import Disposition

OURS, THEIRS = "yrd/310000", "yrd/320000"
INCIDENT, RESOURCE = "yrd.incident.v1.IncidentReport", "yrd.resource.v1.ResourceStatus"
RECEIVED_US = 1_780_000_000_000_000


def message_id(number: int) -> bytes:
    """The 16 bytes of some id."""
    return UUID(int=number).bytes


def digest(number: int) -> bytes:
    """The digest of some draft."""
    return sha256(b"%d" % number).digest()


def entry(
    offset: int,
    index: int | None = None,
    log: str = OURS,
    *,
    kind: str = INCIDENT,
    entity: str = "",
    revision: int = 1,
    parts: Sequence[SealedPart] = (),
) -> NewEntry:
    """A whole entry at an offset; its id and digest are those of the offset's number."""
    leaf = f"leaf {offset}".encode()
    whole = Entry(
        offset,
        log,
        offset - 1 if index is None else index,
        leaf_hash(leaf),
        leaf,
        kind,
        Disposition.DISPOSITION_WHOLE,
        RECEIVED_US + offset,
        tuple(parts),
    )
    return whole, Naming(
        message_id(offset), digest(offset), entity or f"e/{offset}", Standing(revision)
    )


def withheld(offset: int, index: int, log: str = THEIRS) -> NewEntry:
    """An entry of which only the hash came."""
    hidden = Disposition.DISPOSITION_WITHHELD
    return Entry(offset, log, index, digest(offset), None, "", hidden, RECEIVED_US + offset), None
