"""A gateway with one thing wrong, again and again: the kit must notice each."""

from pathlib import Path

import pytest

from tests.contract.kit.fault_table import caught, failing_anyway
from tests.contract.kit.faults import FAULTS
from tests.contract.kit.faults.fault import Fault


@pytest.fixture(scope="module")
def anyway(kit_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Cases that fail without a fault, and so catch none."""
    return failing_anyway(kit_folder, tmp_path_factory.mktemp("sound") / "data")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_it_is_caught(fault: Fault, kit_folder: Path, tmp_path: Path, anyway: set[str]) -> None:
    assert set(caught(fault, kit_folder, tmp_path / "data")) - anyway


def test_no_fault_stands_twice() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 25
