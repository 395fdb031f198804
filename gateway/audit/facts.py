"""What one leaf says, as an audit compares it with the columns beside it."""

from collections.abc import Sequence
from typing import NamedTuple

from gateway.audit.reading import Part, Row
from schemas.message_ids import as_bytes
from yrd.exchange.v1.message_pb2 import Leaf


class Facts(NamedTuple):
    """A leaf that has its hash. `named` is what the type column says, None if that is nothing.

    `message_id` is empty where the header's is no id. `sealed_us` in microseconds since 1970. `parts`
    are the disclosures that are not destroyed, `erased` the groups that are said to be.
    """

    row: Row
    type: str
    named: str | None
    origin: str
    sequence: int
    sealed_us: int
    message_id: bytes
    entity_id: str
    revision: int
    priority: int
    core: bytes
    digests: dict[str, bytes]
    parts: Sequence[Part]
    erased: Sequence[str]

    @classmethod
    def of(
        cls, row: Row, leaf: Leaf, parts: Sequence[Part], erased: Sequence[str], named: str | None
    ) -> "Facts":
        """Reads a leaf."""
        header, stamp = leaf.header, leaf.stamp
        sealed = stamp.sealed_time
        try:
            message_id = as_bytes(header.message_id)
        except ValueError:
            message_id = b""
        return cls(
            row,
            leaf.type,
            named,
            f"yrd/{stamp.origin}",
            stamp.sequence,
            sealed.seconds * 1_000_000 + sealed.nanos // 1000,
            message_id,
            header.entity_id,
            header.revision,
            header.priority,
            leaf.core,
            {d.group: d.digest for d in leaf.disclosure_digests},
            parts,
            erased,
        )
