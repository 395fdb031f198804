"""Blocks of shell in a document, run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(document: str, kind: str) -> list[str]:
    """Blocks of one kind: `run` is run by a test, `start` goes on until somebody ends it."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [block for found, block in BLOCK.findall(text) if found == kind]


def run(block: str, folder: Path, told: Mapping[str, str]) -> str:
    """What a block prints. Fails the test if it does not end well, skips it where a tool is missing."""
    for tool in ("bash", *(["curl"] if "curl" in block else [])):
        if shutil.which(tool) is None:
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI has no {tool}")
            pytest.skip(f"left out: no {tool}")
    yrd = f'yrd() {{ "{sys.executable}" -c "from integration.cli.main import main; main()" "$@"; }}'
    python = f'python3() {{ "{sys.executable}" "$@"; }}'
    path = {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    # a stream that is read through `head` ends with an error of curl, as it must
    pipes = "" if "| head" in block else "set -o pipefail\n"
    done = subprocess.run(
        ["bash", "-c", f"set -eu\n{pipes}{yrd}\n{python}\n{block}"],
        check=False,
        cwd=folder,
        env={**os.environ, **path, **told},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
