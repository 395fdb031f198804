"""The tree of one log, put together from the roots of its ranges."""

from collections.abc import Iterator, Sequence

from gateway.log.merkle import TILE, TILE_LEVELS, Frontier, Node


class GrowingTree:
    """Takes roots of subtrees of 256 leaves, in order; the last range brings its other hashes."""

    def __init__(self) -> None:
        self._tiles, self._rest = Frontier(), Frontier()
        self.broken = False

    def add(self, tiles: Sequence[bytes], rest: Sequence[bytes]) -> list[Node]:
        """Adds a range. Returns the nodes above level 8 that it completes."""
        self._tiles, nodes = self._tiles.extend(tiles)
        self._rest, _ = self._rest.extend(rest)
        return [Node(node.level + TILE_LEVELS, node.index, node.hash) for node in nodes]

    def frontier(self) -> Frontier:
        """The tree of all ranges so far."""
        return Frontier(
            self._tiles.size * TILE + self._rest.size, self._tiles.roots + self._rest.roots
        )


def due_nodes(size: int) -> Iterator[tuple[int, int]]:
    """Level and number of the nodes that a tree of that size has stored."""
    level = TILE_LEVELS
    while size >> level:
        yield level, size >> level
        level += TILE_LEVELS
