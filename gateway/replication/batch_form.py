"""A batch of the own log as it leaves for a peer, in one call where native steps were built."""

from collections.abc import Sequence

from gateway.log.wire_form import prefix
from gateway.sharing.decide import sealed_view
from gateway.store.port import Entry
from schemas.native import native
from yrd.exchange.v1.message_pb2 import SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateResponse

_BATCH, _ENTRIES = ReplicateResponse.BATCH_FIELD_NUMBER, SealedBatch.ENTRIES_FIELD_NUMBER
_FIELDS = (
    _BATCH,
    _ENTRIES,
    SealedEntry.LEAF_FIELD_NUMBER,
    SealedEntry.LEAF_HASH_FIELD_NUMBER,
    SealedEntry.DISCLOSURES_FIELD_NUMBER,
)
Groups = frozenset[str] | None
"""What is given of an entry, as Decision.given."""
_AT = tuple(map(Entry._fields.index, ("hash", "leaf", "parts")))
"""Where an entry has what is sent of it."""


def serialised(
    log: str, start: int, entries: Sequence[Entry], given: Sequence[Groups], checkpoint: str
) -> bytes:
    """A ReplicateResponse with these entries of a log from `start` on, each as it is given.

    `checkpoint`: the signed note of the tree behind the last one.
    """
    # the entries' place is between these: fields come in the order of their numbers
    before = SealedBatch(log_origin=log, start=start).SerializeToString()
    behind = SealedBatch(checkpoint=checkpoint).SerializeToString()
    steps = native()
    if steps is None:
        return _joined(before, entries, given, behind)
    whole: bytes = steps.batch(entries, given, (before, behind), _AT, _FIELDS)
    return whole


def _joined(
    before: bytes, entries: Sequence[Entry], given: Sequence[Groups], behind: bytes
) -> bytes:
    pieces = [before]
    for entry, groups in zip(entries, given, strict=True):
        view = sealed_view(entry.leaf or b"", entry.hash, entry.parts, groups)
        pieces += prefix(_ENTRIES, len(view)), view
    pieces.append(behind)
    pieces.insert(0, prefix(_BATCH, sum(map(len, pieces))))
    return b"".join(pieces)


def doubtful(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Those that do not surely have their hash, to be looked at one by one."""
    steps = native()
    return entries if steps is None else [entries[at] for at in steps.doubtful(entries, _AT)]
