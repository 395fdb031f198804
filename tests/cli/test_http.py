"""yrd http: the door as a process, and its tokens."""

import http.client
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support import processes
from tests.support.commands import yrd
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.waiting import until


@pytest.fixture
def config(materials: Materials, tmp_path: Path) -> Path:
    """A door's file, before a gateway that is not there."""
    ca, certificate, key = materials.system("310000", "console")
    told: dict[str, Any] = {
        "participant": "310000",
        "listen": f"127.0.0.1:{free_port()}",
        "gateway": {"address": "127.0.0.1:9", "ca": str(ca)},
        "systems": {"console": {"certificate": str(certificate), "key": str(key)}},
        "tokens": "tokens.json",
    }
    file = tmp_path / "http.yaml"
    file.write_text(json.dumps(told))
    return file


def test_a_token_is_shown_once_listed_and_taken_out(config: Path) -> None:
    scopes = ["--scope", "publisher", "--scope", "subscriber"]
    made = yrd(
        "http", "token", "--config", config, "--system", "console", *scopes, "--note", "窗口"
    )
    assert made.status == 0
    token_id, secret = made.out.strip().split("_", 2)[1:]
    listed = yrd("http", "tokens", "--config", config)
    assert listed.out.split()[:3] == [token_id, "console", "publisher,subscriber"]
    assert "窗口" in listed.out and secret not in listed.out
    assert yrd("http", "revoke", "--config", config, token_id).status == 0
    assert yrd("http", "tokens", "--config", config).out == ""
    again = yrd("http", "revoke", "--config", config, token_id)
    assert (again.status, "no such token" in again.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--system", "stranger", "--scope", "publisher"], "one of console"),
        (["--system", "console", "--scope", "writer"], "one of publisher, subscriber"),
    ],
)
def test_a_token_for_nothing_is_refused(config: Path, arguments: list[str], words: str) -> None:
    ran = yrd("http", "token", "--config", config, *arguments)
    assert (ran.status, words in ran.err) == (2, True)


def test_a_door_needs_its_file(tmp_path: Path) -> None:
    assert "--config" in yrd("http").err
    ran = yrd("http", "--config", tmp_path / "none.yaml")
    assert (ran.status, "check the path" in ran.err) == (2, True)


def test_its_description_is_printed() -> None:
    assert yrd("http", "openapi").json()["openapi"] == "3.1.0"


def test_it_serves_until_it_is_told_to_end(config: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    process = processes.yrd(["http", "--config", str(config)], output)
    address = json.loads(config.read_text())["listen"]

    def described() -> int:
        connection = http.client.HTTPConnection(address, timeout=60)
        try:
            connection.request("GET", "/openapi.json")
            return connection.getresponse().status
        except ConnectionRefusedError:
            return 0
        finally:
            connection.close()

    try:
        assert until(described, "it serves", 120) == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0, output.read_text()
    finally:
        processes.end(process)
