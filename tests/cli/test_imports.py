"""Commands import what they need alone: Beam takes seconds, and people wait; Kafka is one province's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration.stack import Stack
from schemas.json_form import to_json
from tests.cli.test_publish import fresh

PROGRAM = """
import sys
from integration.cli.main import main
try:
    main()
except SystemExit as ending:
    print("status", ending.code)
print("beam", "apache_beam" in sys.modules, "kafka", "confluent_kafka" in sys.modules)
"""
BRIDGE = """
id: "310000"
brokers: 127.0.0.1:9
deadline_seconds: 1
gateway: {address: "127.0.0.1:9", ca: ca.pem, certificate: c.pem, key: k.pem}
"""
COMMANDS = [
    ("--help", 0),
    ("template incident_report", 0),
    ("http openapi", 0),
    ("status --dir STACK --as 310000", 4),
    ("doctor --no-network --config STACK/310000/config.yaml", 4),
    ("backup --config STACK/310000/config.yaml --out SCRATCH/backup", 0),
    ("backup list --config STACK/310000/config.yaml", 0),
    ("publish --dir STACK --as 310000", 0),
    ("list --dir STACK --as 310000", 0),
    ("tail --no-follow --dir STACK --as 310000", 0),
    ("get 01890a5d-ac96-774b-bcce-b302099a8057 --dir STACK", 1),
    ("objection list --dir STACK --as 310000", 0),
    ("audit verify --config STACK/310000/config.yaml", 0),
    ("evidence verify STACK", 2),
    ("retention run --dry-run --dir STACK --as 310000", 0),
    ("retention status --config STACK/310000/config.yaml", 0),
    ("retention check STACK/nothing.yaml", 2),
    ("agreements check STACK/agreements", 0),
    ("agreements list --dir STACK --as 310000", 0),
    ("config check STACK/310000/config.yaml", 0),
    ("config init gateway --questions", 0),
    ("config files --to SCRATCH/files", 0),
    ("config man --to SCRATCH/man", 0),
    ("bridge kafka out --help", 0),
    ("cap out SCRATCH/cap --dir STACK --as 310000", 0),
    ("gateway serve --config STACK/nothing.yaml", 2),
    ("certs init --dir SCRATCH/certs", 0),
    ("drill --list", 0),
    ("drill nothing", 2),
    ("pipeline --help", 0),
    ("pipeline as-of 2026-06-01 STACK/nothing.avro", 2),
]


def _run(arguments: list[str], stdin: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout.splitlines()[-2:]


@pytest.mark.parametrize(("command", "status"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_neither_is_imported(stack: Stack, tmp_path: Path, command: str, status: int) -> None:
    typed = command.replace("STACK", str(stack.folder)).replace("SCRATCH", str(tmp_path))
    draft = to_json(fresh()) if command.startswith("publish") else ""
    assert _run(typed.split(), draft) == [f"status {status}", "beam False kafka False"]


def test_the_one_that_needs_it_does_import_it(tmp_path: Path) -> None:
    """So that this file would notice."""
    assert _run(["pipeline", "backfill", str(tmp_path / "no.avro")]) == [
        "status 2",
        "beam True kafka False",
    ]


def test_only_a_bridge_imports_kafka(tmp_path: Path) -> None:
    config = tmp_path / "bridge.yaml"
    config.write_text(BRIDGE)
    assert _run(["bridge", "kafka", "check", "--config", str(config)]) == [
        "status 3",
        "beam False kafka True",
    ]
