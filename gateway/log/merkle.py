"""The Merkle tree of RFC 6962 §2.1 over a log's leaves.

A tree is carried as its frontier: the roots of the perfect subtrees that make it up, largest first.
Beside the leaf hashes, only the roots of subtrees of 256, 65,536, … leaves are stored ("nodes"), so
that any root or proof needs at most a few reads of 256 hashes, however large the tree is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import sha256
from typing import NamedTuple

from schemas.native import native

TILE_LEVELS = 8
TILE = 1 << TILE_LEVELS
EMPTY_ROOT = sha256(b"").digest()

ReadTile = Callable[[int, int], Sequence[bytes]]
"""(level, index) → up to 256 hashes of the subtrees of 2**level leaves, from index·256 on; level is
0, 8, 16, …"""


@dataclass(frozen=True, slots=True)
class Node:
    """Root of the perfect subtree of 2**level leaves that starts at leaf index·2**level."""

    level: int
    index: int
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree's size and the roots of its perfect subtrees, largest first (one for each set bit)."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def extend(self, hashes: Iterable[bytes]) -> "Growth":
        """The tree with these leaf hashes behind it, and the nodes to be stored for it."""
        steps, hashes = native(), list(hashes)
        grown = steps and steps.extend(self.size, self.roots, hashes, TILE_LEVELS)
        if not grown:
            return self._extend(hashes)
        size, roots, nodes = grown
        return Growth(Frontier(size, roots), [Node(*node) for node in nodes])

    def _extend(self, hashes: Iterable[bytes]) -> "Growth":
        """The same without native steps, and for what they don't know."""
        size, stack, nodes = self.size, list(self.roots), []
        for leaf in hashes:
            current, level, bits = leaf, 0, size
            while bits & 1:
                current = sha256(b"\x01" + stack.pop() + current).digest()
                bits >>= 1
                level += 1
                if level % TILE_LEVELS == 0:
                    nodes.append(Node(level, size >> level, current))
            stack.append(current)
            size += 1
        return Growth(Frontier(size, tuple(stack)), nodes)

    def inclusion_proof(self, hashes: Iterable[bytes], index: int) -> list[bytes]:
        """PATH(index, …) of RFC 6962 §2.1.1 in the tree with these leaf hashes behind it.

        Needs the index of one of those. A stored tree has it at less cost (Tree.inclusion_proof).
        """
        path: list[bytes] = []

        def joined(left: tuple[bytes, bool], right: tuple[bytes, bool]) -> tuple[bytes, bool]:
            if left[1] or right[1]:
                path.append(right[0] if left[1] else left[0])
            return node_hash(left[0], right[0]), left[1] or right[1]

        stack = [(root, False) for root in self.roots]
        for place, leaf in enumerate(hashes, self.size):
            current, bits = (leaf, place == index), place
            while bits & 1:
                current, bits = joined(stack.pop(), current), bits >> 1
            stack.append(current)
        while len(stack) > 1:
            right = stack.pop()
            stack.append(joined(stack.pop(), right))
        if not (stack and stack[0][1]):
            raise ValueError(f"no leaf {index} among those behind {self.size}")
        return path

    def root(self) -> bytes:
        """Root hash of the tree."""
        if not self.roots:
            return EMPTY_ROOT
        current = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            current = node_hash(left, current)
        return current


class Growth(NamedTuple):
    """A grown tree, and the nodes to be stored for it."""

    frontier: Frontier
    nodes: list[Node]


class Tree:
    """Roots and proofs of a stored tree, at any size up to what is stored."""

    def __init__(self, read_tile: ReadTile) -> None:
        # not a method of its own: a tree that refers to itself stays in memory until a collection
        self._pyramid = lru_cache(maxsize=256)(partial(_pyramid, read_tile))

    def frontier(self, size: int) -> Frontier:
        """The frontier of the first `size` leaves."""
        roots, start = [], 0
        for level in range(size.bit_length() - 1, -1, -1):
            if size >> level & 1:
                roots.append(self._perfect(level, start >> level))
                start += 1 << level
        return Frontier(size, tuple(roots))

    def root(self, size: int) -> bytes:
        """Root hash of the first `size` leaves."""
        return self.frontier(size).root()

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[size]) of RFC 6962 §2.1.1. Needs index < size."""
        if not 0 <= index < size:
            raise ValueError(f"no leaf {index} in a tree of {size}")
        path, low, high = [], 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low = middle
        return path[::-1]

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[new]) of RFC 6962 §2.1.2. Needs 0 < old <= new."""
        if not 0 < old <= new:
            raise ValueError(f"no consistency proof from {old} to {new}")
        path: list[bytes] = []
        low, high, whole = 0, new, True
        while old != high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._range(middle, high))
                high = middle
            else:
                path.append(self._range(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self._range(low, high))
        return path[::-1]

    def _range(self, low: int, high: int) -> bytes:
        """Root of the leaves [low, high); low is a multiple of the next power of two."""
        size = high - low
        if size & (size - 1) == 0:
            level = size.bit_length() - 1
            return self._perfect(level, low >> level)
        middle = low + _split(size)
        return node_hash(self._range(low, middle), self._range(middle, high))

    def _perfect(self, level: int, index: int) -> bytes:
        """Root of the perfect subtree of 2**level leaves at that index."""
        base = level - level % TILE_LEVELS
        width = 1 << (level - base)
        tile, within = divmod(index * width, TILE)
        hashes = self._pyramid(base, tile)[level - base]
        if len(hashes) <= within // width:
            raise LookupError(f"subtree {index} of level {level} is not stored whole")
        return hashes[within // width]


def _pyramid(read_tile: ReadTile, base: int, tile: int) -> list[Sequence[bytes]]:
    """A tile and the perfect subtrees above it that are whole, level by level."""
    levels = [read_tile(base, tile)]
    for _ in range(TILE_LEVELS - 1):
        below = levels[-1]
        pairs = range(0, len(below) - 1, 2)
        levels.append([node_hash(below[i], below[i + 1]) for i in pairs])
    return levels


def _split(size: int) -> int:
    """Largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether `path` proves the leaf hash at `index` in the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, current = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            current = node_hash(sibling, current)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            current = node_hash(current, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and current == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` proves that the new tree extends the old one (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    if not nodes:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = nodes[0]
    for sibling in nodes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root
