"""The Python examples of the integrator's guide: installed and generated apart from our own code."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engines.client_cases import ClientCases
from tests.engines.conftest import CONTRACT, ROOT
from tests.engines.programs import Programs

SOURCES = ROOT / "docs" / "integrate" / "python"
BUILD_SECONDS = 300


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Made in an environment of their own, by the steps of the guide, with uv to be quick."""
    folder = tmp_path_factory.mktemp("python") / "exchange"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("gen", ".venv", "*.binpb"))
    shutil.copy(CONTRACT, folder / "contract.binpb")
    uv, python = Path(sys.executable).parent / "uv", folder / ".venv" / "bin" / "python"
    _do([str(uv), "venv", "--quiet", "--python", sys.executable, ".venv"], folder)
    install = [str(uv), "pip", "install", "--quiet", "--python", str(python)]
    _do([*install, "-r", "requirements.txt"], folder)
    _do([str(python), "generate.py"], folder)
    publisher, subscriber, codec = (
        [str(python), str(folder / f"{name}.py")] for name in ("publisher", "subscriber", "codec")
    )
    return Programs(publisher, subscriber, codec, {"PYTHONPATH": str(folder / "gen")})


def _do(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


class TestPythonClient(ClientCases):
    """All cases."""
