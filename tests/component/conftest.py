"""One gateway of Shanghai, empty; and a store of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.opening import open_store
from gateway.store.sql_store import SqlStore
from tests.support import scene as scenes
from tests.support.materials import Materials
from tests.support.scene import Scene


@pytest.fixture
def scene(materials: Materials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Scene]:
    """The gateway."""
    with scenes.scene(materials, monkeypatch, tmp_path, check_processes=0) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """A store of Shanghai, first in SQLite, then in PostgreSQL."""
    kind = request.param
    where = kind if kind == "sqlite" else request.getfixturevalue("database")
    made = open_store(where, tmp_path, "310000")
    yield made
    made.close()
