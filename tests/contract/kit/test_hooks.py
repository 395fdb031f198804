"""Hooks are commands of the target's operator, run in the folder of kit.yaml."""

from pathlib import Path

import pytest

from integration.kit.hooks import runners
from integration.kit.model import Unmet


def test_a_hook_runs_in_the_folder(tmp_path: Path) -> None:
    runners({"restart": "echo done > there"}, tmp_path)["restart"]()
    assert (tmp_path / "there").read_text() == "done\n"


def test_a_hook_that_fails_fails_the_case(tmp_path: Path) -> None:
    with pytest.raises(Unmet, match=r"hooks.restart to end with status 0.*exit status 3: oh no"):
        runners({"restart": "echo oh no >&2; exit 3"}, tmp_path)["restart"]()
