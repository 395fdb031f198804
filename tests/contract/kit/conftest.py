"""A prepared folder, made once."""

from pathlib import Path

import pytest

from tests.contract.kit.under_test import make_folder


@pytest.fixture(scope="session")
def kit_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates, agreements and kit.yaml."""
    return make_folder(tmp_path_factory.mktemp("kit") / "kit")
