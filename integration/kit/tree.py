"""The Merkle tree of RFC 6962 §2.1, grown leaf by leaf."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return sha256(b"\x00" + leaf).digest()


def _join(right: bytes, left: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def proved_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Root of a tree of that size with that leaf hash at the index, by an inclusion proof (RFC 9162
    §2.1.3.2); None if the proof is of no such tree."""
    if index >= size:
        return None
    place, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return None
        if place % 2 or place == last:
            found = _join(found, other)
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            found = _join(other, found)
        place, last = place // 2, last // 2
    return found if last == 0 else None


@dataclass(slots=True)
class GrowingTree:
    """A tree of which only the roots of its perfect subtrees are kept: (leaves, hash), large first."""

    size: int = 0
    _peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, hashes: Iterable[bytes]) -> None:
        """Appends leaf hashes."""
        for found in hashes:
            count, current = 1, found
            while self._peaks and self._peaks[-1][0] == count:
                current = _join(current, self._peaks.pop()[1])
                count *= 2
            self._peaks.append((count, current))
            self.size += 1

    def root(self) -> bytes:
        """Root hash; of no leaves, SHA-256 of nothing."""
        if not self._peaks:
            return sha256(b"").digest()
        hashes = [found for _, found in reversed(self._peaks)]
        return reduce(_join, hashes)

    def copy(self) -> "GrowingTree":
        """A tree of its own with the same leaves."""
        return GrowingTree(self.size, list(self._peaks))
