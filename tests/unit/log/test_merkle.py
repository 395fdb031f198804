"""The tree against RFC 6962 vectors and against pymerkle."""

import gc
import hashlib
import weakref
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion

from gateway.log import merkle

# leaves of the certificate-transparency reference tests
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Stored:
    """A tree as a store keeps it: leaf hashes and every eighth level."""

    def __init__(self, leaves: Sequence[bytes], step: int = 3) -> None:
        self.hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        self.frontier = merkle.Frontier()
        self.nodes: dict[tuple[int, int], bytes] = {}
        for start in range(0, len(leaves), step):
            self.frontier, nodes = self.frontier.extend(self.hashes[start : start + step])
            self.nodes |= {(node.level, node.index): node.hash for node in nodes}

    def tile(self, level: int, index: int) -> list[bytes]:
        if level == 0:
            return self.hashes[index * merkle.TILE : (index + 1) * merkle.TILE]
        keys = ((level, i) for i in range(index * merkle.TILE, (index + 1) * merkle.TILE))
        return [self.nodes[key] for key in keys if key in self.nodes]

    @property
    def tree(self) -> merkle.Tree:
        return merkle.Tree(self.tile)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert Stored(LEAVES[:size]).frontier.root().hex() == ROOTS[size - 1]


def test_empty_root_is_the_hash_of_nothing() -> None:
    assert merkle.Frontier().root() == hashlib.sha256(b"").digest()


def reference(leaves: Sequence[bytes]) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return tree


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 700), st.data())
def test_proofs_agree_with_pymerkle(size: int, data: st.DataObject) -> None:
    leaves = [index.to_bytes(4, "big") for index in range(size)]
    ours, theirs = Stored(leaves).tree, reference(leaves)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert ours.root(size) == theirs.get_root(size)
    inclusion = theirs.prove_inclusion(index + 1, size)
    # pymerkle's paths begin with the node's own hash
    assert ours.inclusion_proof(index, size) == list(inclusion.path[1:])
    verify_inclusion(theirs.get_leaf(index + 1), ours.root(size), inclusion)
    consistency = theirs.prove_consistency(old, size)
    verify_consistency(ours.root(old), ours.root(size), consistency)
    assert merkle.verify_inclusion(
        merkle.leaf_hash(leaves[index]), index, size, inclusion.path[1:], theirs.get_root(size)
    )


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 600), st.data())
def test_a_proof_proves_its_leaf_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = [index.to_bytes(4, "big") for index in range(size)]
    stored = Stored(leaves)
    index = data.draw(st.integers(0, size - 1))
    path, root = stored.tree.inclusion_proof(index, size), stored.tree.root(size)
    assert merkle.verify_inclusion(stored.hashes[index], index, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.verify_inclusion(stored.hashes[index], index, size, [*path, root], root)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 300), st.data())
def test_a_proof_needs_no_more_than_the_frontier_and_what_comes_behind(
    size: int, data: st.DataObject
) -> None:
    stored = Stored([index.to_bytes(4, "big") for index in range(size)])
    held = data.draw(st.integers(0, size - 1))
    index = data.draw(st.integers(held, size - 1))
    frontier = stored.tree.frontier(held)
    path = frontier.inclusion_proof(stored.hashes[held:], index)
    assert path == stored.tree.inclusion_proof(index, size)
    for none in (held - 1, size):
        with pytest.raises(ValueError, match=f"no leaf {none}"):
            frontier.inclusion_proof(stored.hashes[held:], none)


@settings(deadline=None, max_examples=80)
@given(st.integers(1, 600), st.data())
def test_a_fork_has_no_consistency_proof(size: int, data: st.DataObject) -> None:
    leaves = [index.to_bytes(4, "big") for index in range(size)]
    old = data.draw(st.integers(1, size))
    tree = Stored(leaves).tree
    path = tree.consistency_proof(old, size)
    assert merkle.verify_consistency(old, size, tree.root(old), tree.root(size), path)
    forked = Stored([*leaves[: old - 1], b"forked"]).tree.root(old)
    assert not merkle.verify_consistency(old, size, forked, tree.root(size), path)


def test_a_large_tree_is_read_from_nodes_not_from_all_leaves() -> None:
    size = 70_000
    stored = Stored([index.to_bytes(4, "big") for index in range(size)], step=1000)
    read: list[tuple[int, int]] = []

    def tile(level: int, index: int) -> list[bytes]:
        read.append((level, index))
        return stored.tile(level, index)

    assert merkle.Tree(tile).root(size) == stored.frontier.root()
    assert len(read) < 10


def test_a_tree_goes_when_nobody_needs_it_any_more() -> None:
    """Without a collection, which a gateway rarely makes: a tree keeps some megabytes of hashes."""
    tree = Stored([b"a", b"b", b"c"]).tree
    tree.inclusion_proof(1, 3)
    gone = weakref.ref(tree)
    gc.disable()
    try:
        del tree
        assert gone() is None
    finally:
        gc.enable()
