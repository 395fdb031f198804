"""One small running stack for all commands, and a stopped one to be damaged."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.stack import Stack, prepare
from tests.unit.schemas.compat.probe import Probe
from tests.unit.schemas.compat.trees import checkout, released


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Gateways of Shanghai, Jiangsu and the joint duty room."""
    made = prepare(tmp_path_factory.mktemp("cli") / "stack")
    try:
        made.start(["310000", "320000", "joint"])
        yield made
    finally:
        made.stop()


@pytest.fixture
def shanghai(stack: Stack) -> list[str]:
    """Options that choose Shanghai's gateway."""
    return ["--dir", str(stack.folder), "--as", "310000"]


@pytest.fixture
def unreachable(stack: Stack, tmp_path: Path) -> list[str]:
    """Options that choose a gateway which is not there."""
    return ["--dir", str(stack.folder), "--as", "340000"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with a small contract of its own."""
    return checkout(tmp_path / "tree", Probe().set)


@pytest.fixture
def frozen(tree: Path) -> Path:
    """The same after its first release."""
    released(tree, "1.0.0")
    return tree
