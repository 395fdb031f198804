"""What comes on a peer's stream: a batch stays the bytes that came, where native steps can read it.

They say what an entry surely is; `Mirror.entry` judges every other one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, repeat
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.log.sealing import MOST_PARTS, SealedPart
from gateway.store.columns import records
from gateway.store.port import Naming, Standing
from schemas.catalog import BODY_FIELDS
from schemas.native import native
from schemas.shapes import shapes
from yrd.exchange.v1.message_pb2 import Disclosure, Disposition, Leaf, SealedBatch, SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateResponse

if TYPE_CHECKING:
    from yrd_native import BatchReader

_ROLES = {
    "ReplicateResponse.batch": "Batch",
    "SealedBatch.log_origin": "Log",
    "SealedBatch.start": "Start",
    "SealedBatch.entries": "Entry",
    "SealedBatch.checkpoint": "Checkpoint",
    "SealedEntry.leaf": "Leaf",
    "SealedEntry.leaf_hash": "LeafHash",
    "SealedEntry.disclosures": "Disclosure",
    "Header.message_id": "MessageId",
    "Stamp.origin": "Origin",
    "Stamp.sequence": "Sequence",
    "Leaf.type": "Type",
    "Leaf.disclosure_digests": "Digest",
    "DisclosureDigest.group": "DigestGroup",
    "DisclosureDigest.digest": "DigestValue",
    "Disclosure.group": "DisclosureGroup",
}
"""What native steps want fields for (native/src/mirror/reading.rs)."""
NOWHERE = Standing()


class MirroredEntry(NamedTuple):
    """An entry as it came: hash, leaf (None if withheld), type, disposition, disclosures."""

    hash: bytes
    leaf: bytes | None
    type: str
    disposition: int
    parts: tuple[SealedPart, ...] = ()
    naming: Naming | None = None


Judge = Callable[[SealedEntry, bytes, int], MirroredEntry]
"""Of an entry with its leaf hash and its index."""


class Columns(NamedTuple):
    """Entries of a batch by what a MirroredEntry has, one list for each."""

    hashes: list[bytes]
    leaves: list[bytes | None]
    types: list[str]
    dispositions: list[int]
    parts: list[tuple[SealedPart, ...]]
    namings: list[Naming | None]

    @classmethod
    def of(cls, entries: Sequence[MirroredEntry]) -> "Columns":
        """Out of the entries."""
        columns = zip(*entries, strict=True) if entries else ((),) * len(cls._fields)
        return cls._make(map(list, columns))

    def put(self, place: int, entry: MirroredEntry) -> None:
        """Puts an entry in the place of another."""
        columns: tuple[list[Any], ...] = self
        for column, value in zip(columns, entry, strict=True):
            column[place] = value

    def only(self, wanted: Sequence[bool]) -> "Columns":
        """Those of the entries that are wanted."""
        return Columns._make([list(compress(column, wanted)) for column in self])


@dataclass(frozen=True, slots=True)
class Framed:
    """A batch as it came, a serialised ReplicateResponse, and what stands around its entries."""

    reader: "BatchReader"
    data: bytes
    log_origin: str
    start: int
    size: int
    checkpoint: str

    def parsed(self) -> SealedBatch:
        """The batch with its entries."""
        return ReplicateResponse.FromString(self.data).batch

    def read(self, origin: str, judge: Judge) -> Columns:
        """Its entries as those of a participant's log; `judge` is asked about what is unusual."""
        read = self.reader.read(self.data, origin)
        hashes, leaves, kinds, dispositions, ids, disclosed, unusual = read
        nothing = repeat(b""), repeat(""), repeat(NOWHERE), repeat(0)
        namings: list[Naming | None] = [*records(Naming, ids, *nothing)]
        for place in [place for place, message_id in enumerate(ids) if message_id is None]:
            namings[place] = None
        parts: list[tuple[SealedPart, ...]] = [()] * len(hashes)
        for place, found in disclosed:
            parts[place] = tuple([SealedPart(*one) for one in found])
        columns = Columns(hashes, leaves, kinds, dispositions, parts, namings)
        for place, sealed in unusual:
            index = self.start + place
            columns.put(place, judge(SealedEntry.FromString(sealed), hashes[place], index))
        return columns


def received(data: bytes) -> ReplicateResponse | Framed:
    """What a peer sent. Raises DecodeError if it is not a serialised ReplicateResponse."""
    steps = native()
    reader = steps and _reader(steps)
    frame = reader and reader.frame(data)
    if not (reader and frame):
        return ReplicateResponse.FromString(data)
    return Framed(reader, data, *frame)


@cache
def _reader(steps: ModuleType) -> "BatchReader":
    reader: BatchReader = steps.BatchReader(json.dumps(plan()))
    return reader


def plan() -> dict[str, object]:
    """What native steps are told of the contract (native/src/mirror/reading.rs, Plan)."""
    roots: dict[str, Any] = {
        "response": ReplicateResponse.DESCRIPTOR,
        "leaf": Leaf.DESCRIPTOR,
        "disclosure": Disclosure.DESCRIPTOR,
    }
    package = Leaf.DESCRIPTOR.file.package
    roles = {f"{package}.{name}": role for name, role in _ROLES.items()}
    messages, places = shapes(list(roots.values()), roles)
    return {
        "messages": messages,
        **{name: places[root.full_name] for name, root in roots.items()},
        "types": list(BODY_FIELDS),
        "most_parts": MOST_PARTS,
        "standings": {
            "whole": Disposition.DISPOSITION_WHOLE,
            "redacted": Disposition.DISPOSITION_REDACTED,
            "withheld": Disposition.DISPOSITION_WITHHELD,
        },
    }
