"""One gateway of Shanghai, empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import scene as scenes
from tests.support.materials import Materials
from tests.support.scene import Scene


@pytest.fixture
def scene(materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    """The gateway."""
    with scenes.scene(materials, monkeypatch, tmp_path, check_processes=0) as running:
        yield running
