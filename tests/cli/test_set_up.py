"""From an empty folder to a gateway and a pipeline that work, as the operator's guide tells it."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.stack import AGREEMENTS
from tests.support.commands import yrd
from tests.support.running import free_port
from tests.support.waiting import until

SECONDS = 120.0


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Path]:
    """A program of ours in a process of its own; gives the file of what it says."""
    said = folder / "said.log"
    command = "from integration.cli.main import main; main()"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", command, *arguments], cwd=folder, stdout=log, stderr=log
        )
    try:
        yield said
    finally:
        process.terminate()
        assert process.wait(SECONDS) == 0, said.read_text(encoding="utf-8")


def test_answers_alone_make_a_gateway_and_a_pipeline_that_work(tmp_path: Path) -> None:
    assert yrd("certs", "init", "--dir", tmp_path / "certs").status == 0
    for system in ("pipeline", "dispatch-1"):
        issue = ["certs", "issue", "--dir", tmp_path / "certs", "--participant", "joint"]
        assert yrd(*issue, "--system", system).status == 0
    shutil.copytree(AGREEMENTS, tmp_path / "agreements")
    address = f"127.0.0.1:{free_port()}"
    shutil.copy(tmp_path / "certs/ca.pem", tmp_path / "certs/joint")
    init = ["config", "init", "--yes"]
    gateway, pipeline = tmp_path / "gateway.yaml", tmp_path / "pipeline.yaml"
    told = ["--set", "participant=joint", "--set", f"listen={address}"]
    assert yrd(*init, "gateway", "--to", gateway, *told).status == 0
    assert yrd(*init, "pipeline", "--to", pipeline, "--set", f"gateway={address}").status == 0
    assert "good" in yrd("config", "check", pipeline).out
    as_whom = ["--target", address, "--certs", tmp_path / "certs/joint", "--system"]
    with running(tmp_path, "gateway", "serve", "--config", str(gateway), "--new") as said:
        until(lambda: "gateway_ready" in said.read_text(), "the gateway", SECONDS)
        assert yrd("status", *as_whom, "console").status == 0
        refused = yrd("status", *as_whom, "dispatch-1")
        assert (refused.status, "NOT_PERMITTED" in refused.err) == (1, True)
        report = yrd("template", "incident_report").out
        draft = report.replace("MODE_TEST", "MODE_ACTUAL").replace("310000/try", "joint/try")
        sent = yrd("publish", *as_whom, "dispatch-1", stdin=draft)
        assert sent.status == 0, sent.err
        with running(tmp_path / "certs", "pipeline", "run", "--config", str(pipeline)):
            listed = ["list", "--json", *as_whom, "dispatch-1"]
            until(lambda: "situationSummary" in yrd(*listed).out, "a summary", SECONDS)
    assert (tmp_path / "pipeline" / "states.db").exists()
