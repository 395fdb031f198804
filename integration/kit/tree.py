"""The Merkle tree of RFC 6962 §2.1, grown leaf by leaf."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return sha256(b"\x00" + leaf).digest()


def _join(right: bytes, left: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


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
