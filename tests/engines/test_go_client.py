"""The Go examples of the integrator's guide: generated, compiled, and run against a gateway."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engines.client_cases import ClientCases
from tests.engines.conftest import CONTRACT, ROOT, require_tools
from tests.engines.programs import Programs
from tools.proto_lint import buf

SOURCES = ROOT / "docs" / "integrate" / "go"
BUILD_SECONDS = 500


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Compiled in a folder of their own, by the steps of the guide."""
    require_tools("go", "npm")
    folder = tmp_path_factory.mktemp("go") / "exchange"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("gen", "*.binpb"))
    shutil.copy(CONTRACT, folder / "contract.binpb")
    _do([str(buf()), "generate"], folder)
    _do(["go", "vet", "-mod=readonly", "./..."], folder)
    _do(["go", "build", "-mod=readonly", "-o", "bin/", "./..."], folder)
    names = ("publisher", "subscriber", "codec")
    publisher, subscriber, codec = ([str(folder / "bin" / name)] for name in names)
    return Programs(publisher, subscriber, codec)


def _do(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


class TestGoClient(ClientCases):
    """All cases."""
