"""What comes on a peer's stream: a batch stays the bytes that came, where native steps can read it.

They say what an entry surely is; `Mirror.entry` judges every other one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, repeat
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


class Read(NamedTuple):
    """Leaf hashes of a batch, and its entries: those that have to be judged as they came."""

    hashes: list[bytes]
    entries: Sequence[MirroredEntry | SealedEntry]

    def judged(self, judge: Judge, start: int) -> list[MirroredEntry]:
        """All entries; the first has the index `start`."""
        places = zip(self.entries, self.hashes, count(start), strict=False)
        return [e if isinstance(e, MirroredEntry) else judge(e, h, i) for e, h, i in places]


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

    def read(self, origin: str) -> Read:
        """What its entries are as those of a participant's log."""
        read = self.reader.read(self.data, origin)
        hashes, leaves, kinds, dispositions, ids, disclosed, unusual = read
        nothing = repeat(b""), repeat(""), repeat(NOWHERE), repeat(0)
        namings: list[Naming | None] = [*records(Naming, ids, *nothing)]
        for place in [place for place, message_id in enumerate(ids) if message_id is None]:
            namings[place] = None
        parts: list[tuple[SealedPart, ...]] = [()] * len(hashes)
        for place, found in disclosed:
            parts[place] = tuple([SealedPart(*one) for one in found])
        columns = hashes, leaves, kinds, dispositions, parts, namings
        entries: list[MirroredEntry | SealedEntry] = [*records(MirroredEntry, *columns)]
        for place, sealed in unusual:
            entries[place] = SealedEntry.FromString(sealed)
        return Read(hashes, entries)


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
