"""Fixtures for all tests."""

from pathlib import Path

import pytest

from integration import certs
from tests.support.materials import Materials


@pytest.fixture(scope="session")
def materials(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Certificates and keys for all participants."""
    folder: Path = tmp_path_factory.mktemp("materials") / "certs"
    certs.make_all(folder)
    return Materials(folder)
