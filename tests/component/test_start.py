"""A gateway that can't start says why, and ends."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.builders import draft
from tests.support.damage import run_sql
from tests.support.handmade import HandmadeLog, write_store
from tests.support.materials import Materials
from tests.support.running import free_port, running

SECONDS = 10.0
SERVE = """
import sys
from pathlib import Path
from gateway.app import serve
from gateway.starting import StartError
from gateway.config import ConfigError, load
try:
    serve(load(Path(sys.argv[1])), new="--new" in sys.argv)
except (ConfigError, StartError) as error:
    print(error)
    sys.exit(3)
"""


def end_of(folder: Path, content: dict[str, Any], *options: str) -> tuple[int, str]:
    """Exit status and words of a gateway process with that configuration."""
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(content))
    command = [sys.executable, "-c", SERVE, str(path), *options]
    # a process that hangs is killed, and the test fails by TimeoutExpired
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout + done.stderr


def content(materials: Materials, folder: Path, **changes: Any) -> dict[str, Any]:
    """A configuration's file; `changes` are its keys."""
    config = materials.config("310000", free_port(), folder / "data")
    return {
        "participant": config.participant,
        "listen": config.listen,
        "data_dir": str(config.data_dir),
        "agreements_dir": str(config.agreements_dir),
        "tls": config.tls.model_dump(mode="json"),
        "keys": config.keys.model_dump(mode="json"),
    } | changes


PEER = {"participant": "320000", "address": "127.0.0.1:9", "log_key": "x", "witness_key": "y"}
NOWHERE = {"ca": "/nowhere", "certificate": "/nowhere", "key": "/nowhere"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no agreement": ({"agreements_dir": "/nowhere"}, "agreements_dir: no *.yaml in"),
    "no key of a peer": ({"peers": [PEER]}, "peers.320000.log_key: not a verifier key"),
    "no certificate": ({"tls": NOWHERE}, "tls: /nowhere: No such file"),
    "no key of its own": (
        {"keys": {"log": "/nowhere", "witness": "/nowhere"}},
        "keys: /nowhere: ",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_gateway_that_can_not_start_names_the_cause_and_ends(
    materials: Materials, tmp_path: Path, name: str
) -> None:
    changes, words = WRONG[name]
    status, said = end_of(tmp_path, content(materials, tmp_path, **changes))
    assert (status, words in said) == (3, True), said


def test_an_address_that_is_taken_is_named(materials: Materials, tmp_path: Path) -> None:
    config = materials.config("320000", free_port(), tmp_path / "other")
    with running(config):
        taken = content(materials, tmp_path, listen=config.listen)
        status, said = end_of(tmp_path, taken, "--new")
    assert status == 3
    assert f"listen: {config.listen} can't be had" in said


def test_without_a_store_nothing_is_begun_unasked(materials: Materials, tmp_path: Path) -> None:
    """A lost disk must not become a second log of the same name."""
    status, said = end_of(tmp_path, content(materials, tmp_path))
    assert status == 3
    assert "yrd gateway recover" in said
    assert "--new" in said
    assert not (tmp_path / "data" / "gateway.db").exists()


def test_a_log_is_begun_only_once(materials: Materials, tmp_path: Path) -> None:
    with running(materials.config("310000", free_port(), tmp_path / "data")):
        pass
    status, said = end_of(tmp_path, content(materials, tmp_path), "--new")
    assert status == 3
    assert "start without --new" in said


def test_a_data_folder_has_one_gateway(materials: Materials, tmp_path: Path) -> None:
    with running(materials.config("310000", free_port(), tmp_path / "data")):
        status, said = end_of(tmp_path, content(materials, tmp_path))
    assert status == 3
    assert "another gateway, or a recovery, is at work here" in said


def test_a_store_of_another_participant_is_named(materials: Materials, tmp_path: Path) -> None:
    config = materials.config("320000", free_port(), tmp_path / "data")
    with running(config):
        pass
    status, said = end_of(tmp_path, content(materials, tmp_path))
    assert status == 3
    assert "this gateway is '310000'; check data_dir" in said


def test_a_store_with_a_hole_is_named(materials: Materials, tmp_path: Path) -> None:
    log = HandmadeLog(materials, "310000")
    log.add(*(draft(entity=f"310000/{n}") for n in range(3)))
    write_store(tmp_path / "data", "310000", log)
    run_sql(tmp_path / "data", "DELETE FROM entry WHERE idx = 1")
    status, said = end_of(tmp_path, content(materials, tmp_path))
    assert status == 3
    assert "yrd/310000" in said
    assert "Traceback" not in said
