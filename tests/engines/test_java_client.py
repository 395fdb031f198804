"""The Java examples of the integrator's guide: generated, compiled, and run against a gateway."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engines.client_cases import ClientCases
from tests.engines.conftest import ROOT, require_tools
from tests.engines.programs import Programs

SOURCES = ROOT / "docs" / "integrate" / "java"
BUILD_SECONDS = 500
QUICK_START = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    """Compiled in a folder of their own, by the steps of the guide."""
    require_tools("mvn", "java", "javac")
    folder = tmp_path_factory.mktemp("java") / "exchange"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("target"))
    # what was downloaded before is enough; asking for newer takes longer, or fails off the net
    offline = _package(folder, "--offline")
    if offline.returncode != 0:
        online = _package(folder)
        assert online.returncode == 0, online.stdout + online.stderr
    classes = f"{folder / 'target' / 'exchange-1.0.jar'}:{folder / 'target' / 'lib'}/*"
    publisher, subscriber, codec = (
        [*QUICK_START, "-cp", classes, f"province.{name}"]
        for name in ("Publisher", "Subscriber", "Codec")
    )
    return Programs(publisher, subscriber, codec)


def _package(folder: Path, *how: str) -> "subprocess.CompletedProcess[str]":
    # -Dcontract stands for the developer's copy of proto/
    command = ["mvn", "--quiet", "--batch-mode", *how, f"-Dcontract={ROOT / 'proto'}", "package"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )


class TestJavaClient(ClientCases):
    """All cases."""
