"""Entries of other logs that are here ahead of their place: a gap in front of them is not yet filled."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class EarlyProof(NamedTuple):
    """What proves an entry that came ahead of its place.

    A signed checkpoint, and the hashes of the inclusion proof in its tree, one behind the other.
    """

    checkpoint: str
    path: bytes


class Early(NamedTuple):
    """An entry that came ahead of its place, as it is held."""

    offset: int
    hash: bytes
    disposition: int
    proof: EarlyProof


class EarlyIndex(Protocol):
    """Entries of other logs that came ahead of their place. Called from the writer's thread."""

    def early(self, log: str, start: int, stop: int) -> dict[int, Early]:
        """Those of the entries [start, stop) that came ahead, by index."""
        ...

    def hashes(self, log: str, indices: Sequence[int]) -> dict[int, bytes]:
        """Leaf hashes of those of the entries that are here, in their place or ahead of it."""
        ...

    def index_at(self, offset: int) -> int:
        """Index in its log of the entry at an offset."""
        ...
