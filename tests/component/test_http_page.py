"""The page for integrators: its examples are run as they stand, against a door, with curl."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from integration.http.layers import LAYERS
from integration.http.problems import STATUSES
from tests.component.test_http_callers import certified
from tests.support import door as doors
from tests.support.scene import Scene

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh run\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
QUICK = {"heartbeat_seconds": 0.05}
"""Who reads a stream through `head` sees its end at the next heartbeat."""


def test_its_examples_do_what_they_say(scene: Scene, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI has no curl")
        pytest.skip("left out: no curl")
    with doors.door(scene, tls=certified(scene.materials), limits=QUICK) as door:
        command = f'yrd() {{ "{sys.executable}" -c "from integration.cli.main import main; main()" "$@"; }}'
        told = {"DOOR": door.url, "CA": str(door.ca), "TOKEN": door.token}
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **told}
        said = [run(block, command, environment, tmp_path) for block in BLOCKS]
    published, both, read, followed, resumed, moved, drawn = said
    assert '"messageId"' in published
    assert both.count('"accepted"') == 2
    assert read.count('"incidentReport"') == 2
    assert followed.startswith("retry: 2000\n\nid: 1\nevent: message\n")
    assert resumed.startswith("retry: 2000\n\nid: 2\nevent: message\n")
    assert moved == '{"offset": "1"}'
    assert '"FeatureCollection"' in drawn and "BEGIN:VCALENDAR" in drawn


def run(block: str, command: str, environment: dict[str, str], folder: Path) -> str:
    """Standard output of a block."""
    # a stream that is read through `head` ends with an error of curl, as it must
    pipes = "" if "| head" in block else "set -o pipefail\n"
    script = f"set -eu\n{pipes}{command}\n{block}"
    done = subprocess.run(
        ["bash", "-c", script],
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_it_names_every_layer_and_every_status() -> None:
    assert [name for name in LAYERS if f"`{name}`" not in PAGE] == []
    assert [code for code in STATUSES if code not in PAGE and code != "UNIMPLEMENTED"] == []
