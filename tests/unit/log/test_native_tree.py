"""A tree that grows outside the interpreter is the one that grows in Python, node by node."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.log import merkle
from tests.support.native_steps import native_steps, without_native_steps

LEAVES = [sha256(bytes([i >> 8, i & 255])).digest() for i in range(1500)]


@given(size=st.integers(0, 700), more=st.integers(0, 800))
def test_the_tree_is_the_same(size: int, more: int) -> None:
    steps = native_steps()
    held, leaves = merkle.Frontier()._extend(LEAVES[:size]).frontier, LEAVES[size : size + more]
    grown, roots, nodes = steps.extend(held.size, held.roots, leaves, merkle.TILE_LEVELS)
    frontier, expected = held._extend(leaves)
    assert (grown, roots) == (frontier.size, frontier.roots)
    assert [merkle.Node(*node) for node in nodes] == expected


@pytest.mark.parametrize(
    ("size", "roots", "leaves"),
    [
        (0, (), [b"short"]),
        (0, (), [LEAVES[0], LEAVES[1] + b"more"]),
        (1, (b"short",), [LEAVES[0]]),
        (3, (LEAVES[0],), [LEAVES[1]]),
        (0, (LEAVES[0],), [LEAVES[1]]),
        (1 << 62, (LEAVES[0],), [LEAVES[1]]),
    ],
)
def test_what_does_not_fit_together_is_left_to_python(
    size: int, roots: tuple[bytes, ...], leaves: list[bytes]
) -> None:
    assert native_steps().extend(size, roots, leaves, merkle.TILE_LEVELS) is None


def test_a_tree_grows_without_native_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    grown = merkle.Frontier().extend(LEAVES)
    without_native_steps(monkeypatch, merkle)
    assert merkle.Frontier().extend(iter(LEAVES)) == grown
    assert merkle.Frontier().extend([b"short", b"shorter"]).frontier.size == 2
