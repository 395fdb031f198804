"""Exported evidence in the hands of a verifier that is not ours (docs/evidence/go)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from integration.evidence.folder import write
from tests.engines.conftest import ROOT, require_tools
from tests.support.builders import draft
from tests.support.delta import delta
from tests.support.materials import AGREED, Materials

SOURCES = ROOT / "docs" / "evidence" / "go"
BUILD_SECONDS = 300
US, PEERS = "310000", ("320000", "330000")


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled from the versions that its go.sum names."""
    require_tools("go")
    folder = tmp_path_factory.mktemp("go-evidence") / "verify"
    shutil.copytree(SOURCES, folder)
    _run(["go", "vet", "-mod=readonly", "./..."], folder, BUILD_SECONDS)
    _run(["go", "build", "-mod=readonly", "-o", "verify", "."], folder, BUILD_SECONDS)
    return folder / "verify"


def _run(command: list[str], folder: Path, seconds: float) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def exported(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence of the third of five messages, under two cosignatures."""
    folder, drafts = tmp_path_factory.mktemp("evidence"), [draft() for _ in range(5)]
    for number, made in enumerate(drafts):
        made.header.entity_id = f"{US}/{number}"
    with delta(materials, folder, (US, *PEERS)) as running:
        running.client(US).publish(drafts)
        running.wait_level(US, *PEERS)
        write(running.client(US).evidence(drafts[2].header.message_id), folder / "out")
    return folder / "out"


def verdict(verifier: Path, folder: Path, origin: str = f"yrd/{US}") -> tuple[int, str]:
    done = subprocess.run(
        [verifier, folder, origin], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, done.stdout + done.stderr


def test_another_verifier_accepts_it(verifier: Path, exported: Path) -> None:
    said = f"yrd/{US} entry {AGREED + 2} of {AGREED + 5}, 2 cosignatures\n"
    assert verdict(verifier, exported) == (0, said)


def test_it_is_not_evidence_of_another_log(verifier: Path, exported: Path) -> None:
    assert verdict(verifier, exported, "yrd/320000")[0] == 1


def test_a_flipped_byte_anywhere_is_refused(verifier: Path, exported: Path, tmp_path: Path) -> None:
    """In the middle of each line of the proof and of each key, and all over the leaf."""
    folder = shutil.copytree(exported, tmp_path / "out")
    tried = 0
    for path in [folder / "leaf", folder / "proof.tlog-proof", *folder.glob("keys/*")]:
        good = path.read_bytes()
        for place in _places(good) if path.name != "leaf" else range(0, len(good), 16):
            path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
            assert verdict(verifier, folder)[0] == 1, (path.name, place)
            tried += 1
        path.write_bytes(good)
    assert verdict(verifier, folder)[0] == 0
    assert tried >= 30


def _places(data: bytes) -> list[int]:
    places, start = [], 0
    for line in data.split(b"\n"):
        if line:
            places.append(start + len(line) // 2)
        start += len(line) + 1
    return places
