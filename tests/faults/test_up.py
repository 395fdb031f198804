"""`yrd up`: a folder goes on where it stopped, and nothing of it runs on when it ends."""

import json
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.audit import verify_store
from gateway.config import load as load_config
from integration.drill.load import generate
from integration.stack import Stack, StackError, prepare
from tests.support.materials import AGREED
from tests.support.processes import STOP_SECONDS, assert_all_end, end, sessions_of, yrd
from tests.support.readers import news
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import Accepted

SEED = 4
BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


@contextmanager
def up(folder: Path, output: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs it on a folder."""
    process = yrd(["up", "--dir", str(folder), "--json"], output)
    try:
        yield process
    finally:
        end(process)


def _addresses(process: "subprocess.Popen[bytes]", output: Path) -> dict[str, str]:
    """Waits until all is up; address of each participant."""

    def told() -> bool:
        assert process.poll() is None, output.read_text()
        return output.read_text().endswith("}\n")

    until(told, "addresses of the stack", 60)
    return {name: found["address"] for name, found in json.loads(output.read_text()).items()}


def _load() -> list[Draft]:
    return list(generate("310000", 60, SEED, datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=1)))


def _publish(folder: Path, drafts: list[Draft]) -> list[Accepted]:
    """As a batch so large that the gateway starts what it checks large batches with."""
    results = prepare(folder).members["310000"].client().publish(drafts)
    assert all(result.HasField("accepted") for result in results)
    return [result.accepted for result in results]


@BOTH
@pytest.mark.parametrize("moment", ["starting", "running"])
def test_a_signal_ends_it_whole(tmp_path: Path, number: signal.Signals, moment: str) -> None:
    folder, output = tmp_path / "stack", tmp_path / "output"
    with up(folder, output) as process:
        if moment == "starting":
            until(lambda: len(sessions_of(folder)) > 1, "a first gateway", 30)
        else:
            _addresses(process, output)
            _publish(folder, _load())
            until(lambda: "pipeline_ready" in _log(folder, "pipeline"), "the pipeline", 30)
        sessions = sessions_of(folder)
        process.send_signal(number)
        assert process.wait(STOP_SECONDS) == 0
    assert_all_end(sessions, folder)
    assert "Traceback" not in output.read_text()
    if moment == "running":
        assert _last_events(folder) == {"gateway_stopped": 5, "pipeline_stopped": 1}


def _log(folder: Path, name: str) -> str:
    return (folder / "logs" / f"{name}.log").read_text()


def _last_events(folder: Path) -> Counter[str]:
    """How often each event is the last of a process's log: none was killed."""
    logs = (folder / "logs").glob("*.log")
    return Counter(json.loads(log.read_text().splitlines()[-1])["event"] for log in logs)


def test_without_its_parent_nothing_runs_on(tmp_path: Path) -> None:
    folder, output = tmp_path / "stack", tmp_path / "output"
    with up(folder, output) as process:
        _addresses(process, output)
        _publish(folder, _load())
        sessions = sessions_of(folder)
        assert len(sessions) == 7  # the command, five gateways, the pipeline
        process.kill()
        process.wait()
        assert_all_end(sessions, folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_second_start_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    folder, output, drafts = tmp_path / "stack", tmp_path / "output", _load()
    with up(folder, output) as process:
        addresses = _addresses(process, output)
        answers = _publish(folder, drafts[:40])
        sessions = sessions_of(folder)
        process.send_signal(number)
        process.wait(STOP_SECONDS)
        assert_all_end(sessions, folder)
    with up(folder, output) as process:
        assert _addresses(process, output) == addresses
        assert _publish(folder, drafts[:40]) == answers
        assert [a.sequence for a in _publish(folder, drafts[40:])] == list(
            range(AGREED + 40, AGREED + 60)
        )
        assert _ids_at(folder, "310000") == [d.header.message_id for d in drafts]
        for member in prepare(folder).members.values():
            assert verify_store(load_config(member.config), lambda *_: None).problems == []


def _ids_at(folder: Path, participant: str) -> list[str]:
    client = prepare(folder).members[participant].client()
    return [message.header.message_id for message in news(client.messages())]


def test_a_second_one_beside_it_gives_way(tmp_path: Path) -> None:
    folder, drafts = tmp_path / "stack", _load()
    with up(folder, tmp_path / "first") as first:
        _addresses(first, tmp_path / "first")
        answers = _publish(folder, drafts)
        with up(folder, tmp_path / "second") as second:
            assert second.wait(60) == 1
        assert (
            "another gateway, or a recovery, is at work here" in (tmp_path / "second").read_text()
        )
        assert first.poll() is None
        assert _publish(folder, drafts) == answers


def test_a_port_that_is_taken_is_named(stack: Stack) -> None:
    host, _, port = stack.members["320000"].address.rpartition(":")
    with (
        socket.create_server((host, int(port))),
        pytest.raises(StackError, match=r"gateway 320000 did not start(.|\n)*can't be had"),
    ):
        stack.start(["310000", "320000"])
