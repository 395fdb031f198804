"""A drill that is broken off leaves no process and no file behind."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.processes import STOP_SECONDS, assert_all_end, end, sessions_of, yrd
from tests.support.waiting import until


@contextmanager
def drill(scratch: Path, output: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs one whose scratch folder is made in `scratch`."""
    scratch.mkdir()
    environment = {"TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"}
    process = yrd(["drill", "wenling_2020"], output, environment)
    try:
        yield process
    finally:
        end(process)


def _wait(scratch: Path, output: Path, moment: str) -> set[int]:
    """Until it has come so far. Sessions of its gateways."""
    if moment == "starting":
        until(lambda: sessions_of(scratch), "a first gateway", 30)
    else:
        until(lambda: "replaying" in output.read_text(), "the replay", 60)
    return sessions_of(scratch)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", ["starting", "replaying"])
def test_a_signal_ends_it_whole(tmp_path: Path, number: signal.Signals, moment: str) -> None:
    scratch, output = tmp_path / "scratch", tmp_path / "output"
    with drill(scratch, output) as process:
        sessions = _wait(scratch, output, moment)
        process.send_signal(number)
        assert process.wait(STOP_SECONDS) == 130
    assert_all_end(sessions, scratch)
    assert list(scratch.iterdir()) == []
    assert "Traceback" not in output.read_text()


def test_impatience_does_not_matter(tmp_path: Path) -> None:
    scratch, output = tmp_path / "scratch", tmp_path / "output"
    with drill(scratch, output) as process:
        sessions = _wait(scratch, output, "replaying")
        for _ in range(3):
            process.send_signal(signal.SIGINT)
            _once_fewer(sessions, scratch)
        assert process.wait(STOP_SECONDS) in (130, -signal.SIGINT)
    assert_all_end(sessions, scratch)
    assert list(scratch.iterdir()) == []


def _once_fewer(sessions: set[int], scratch: Path) -> None:
    """Until the stop has begun: one gateway is gone."""
    before = len(sessions)
    until(lambda: len(sessions_of(scratch)) < before, "the first of them to end", STOP_SECONDS)


def test_without_its_parent_nothing_runs_on(tmp_path: Path) -> None:
    scratch, output = tmp_path / "scratch", tmp_path / "output"
    with drill(scratch, output) as process:
        sessions = _wait(scratch, output, "replaying")
        process.kill()
        process.wait()
        assert_all_end(sessions, scratch)
