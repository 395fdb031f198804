"""Client mode from start to end: options, report, exit status."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from client import ExchangeClient, connect
from integration.kit.client import Running, mode, run
from tests.support import senders
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.senders import Careful, drafts, numbered
from yrd.exchange.v1.message_pb2 import Draft

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mode, "QUIET_SECONDS", 0.05)


def sending(materials: Materials, made: list[Draft]) -> Callable[[Running], None]:
    """A careful sender that begins when the gateway listens."""

    def begin(running: Running) -> None:
        client = ExchangeClient(connect(running.address, *materials.system("310000")))
        threading.Thread(target=Careful(client).send, args=(made,), daemon=True).start()

    return begin


def ran(materials: Materials, made: list[Draft], **options: Any) -> int:
    settings: dict[str, Any] = {
        "listen": "127.0.0.1:0",
        "certs": materials.folder / "310000",
        "script": "calm",
        "expect_messages": len(made),
        "announce": sending(materials, made),
    }
    return run(**(settings | options))


def test_a_good_sender_passes(materials: Materials, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(materials, drafts(5)) == 0
    said = capsys.readouterr().out
    assert "脚本 平稳" in said
    assert "报文 messages 5" in said
    assert said.endswith("通过 PASSED\n")


def test_a_bad_one_is_told_what_why_and_what_to_do(
    materials: Materials, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = numbered(0)
    bad.incident_report.title = ""
    assert ran(materials, [bad]) == 1
    said = capsys.readouterr().out
    assert (
        "违反数据规范 client.contract_violated: incident_report.title: rule string.min_len" in said
    )
    assert bad.header.message_id in said
    assert "why: A gateway refuses such a draft" in said
    assert "remedy: Mend the field" in said
    assert "未通过 FAILED: 1 " in said


def test_warnings_pass(materials: Materials, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(materials, [numbered(0, mode="MODE_ACTUAL")]) == 0
    assert "警告 warning" in capsys.readouterr().out


def test_json_and_junit_tell_the_same(
    materials: Materials, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, junit = [numbered(0, entity="flood/1"), numbered(1)], tmp_path / "report.xml"
    made[1].incident_report.title = ""
    assert ran(materials, made, as_json=True, junit=junit) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["messages"], told["confirmed"]) == (False, 2, 1)
    assert [found["rule"] for found in told["findings"]] == [
        "client.contract_violated",
        "client.entity_prefix",
    ]
    suite = ET.parse(junit).getroot()
    failed = [
        case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None
    ]
    noted = [
        case.get("name") for case in suite.iter("testcase") if case.find("system-out") is not None
    ]
    assert (failed, noted) == (["client.contract_violated"], ["client.entity_prefix"])
    assert (suite.get("failures"), suite.get("tests")) == (
        "1",
        str(len(list(suite.iter("testcase")))),
    )
    assert list(tmp_path.iterdir()) == [junit]


def test_steps_that_were_not_reached_are_told(
    materials: Materials, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(materials, drafts(3), script="refusing") == 0
    said = capsys.readouterr().out
    assert "已触发的步骤 steps played: refuse at draft 2\n" in said
    assert "未触发的步骤 steps that never came: refuse at draft 5\n" in said


def test_it_waits_for_what_has_no_answer_yet(
    materials: Materials, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(senders, "FIRST_PAUSE", 0.4)
    assert ran(materials, drafts(2), script="lossy") == 0
    assert "已确认 confirmed 2" in capsys.readouterr().out


def nobody(_: Running) -> None:
    """Nobody sends."""


def test_nothing_at_all_does_not_pass(
    materials: Materials, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junit = tmp_path / "report.xml"
    options = {"expect_messages": None, "seconds": 0.1, "announce": nobody, "junit": junit}
    assert ran(materials, [], **options) == 1
    assert "没有收到任何请求 no request came" in capsys.readouterr().out
    assert ET.parse(junit).getroot().get("failures") == "1"


def test_too_little_does_not_pass(materials: Materials, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(materials, drafts(2), expect_messages=3, seconds=1.0) == 1
    assert "client.fewer_than_expected: 2 of 3 messages came" in capsys.readouterr().out


BAD_USAGE: dict[str, tuple[dict[str, Any], str]] = {
    "no port": ({"listen": "localhost"}, "--listen 'localhost': give HOST:PORT"),
    "a port too high": ({"listen": "127.0.0.1:70000"}, "give HOST:PORT"),
    "an address of another machine": ({"listen": "192.0.2.1:7443"}, "choose another address"),
    "a script that is not there": ({"script": "calmm"}, "no such script; use one of all"),
    "no certificates": ({"certs": Path("nowhere")}, "gateway.pem, gateway.key and ca.pem"),
    "no seconds": ({"seconds": 0.0}, "--seconds 0: give a number above 0"),
    "no messages": ({"expect_messages": 0}, "--expect-messages 0: give a number from 1"),
    "a report in no folder": ({"junit": Path("nowhere/x.xml")}, "nowhere/x.xml: can't be written"),
}


@pytest.mark.parametrize("case", BAD_USAGE)
def test_bad_usage_ends_before_anything_begins(
    materials: Materials, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    options, words = BAD_USAGE[case]
    assert ran(materials, drafts(1), **options) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


def test_a_report_that_can_not_be_written_is_told(
    materials: Materials, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()

    def begin(running: Running) -> None:
        gone.rmdir()
        sending(materials, drafts(1))(running)

    assert ran(materials, drafts(1), junit=gone / "x.xml", announce=begin) == 2
    said = capsys.readouterr()
    assert "x.xml: No such file or directory" in said.err
    assert "PASSED" in said.out


def test_a_key_of_another_certificate_is_told(
    materials: Materials, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ca, pem, _ = materials.system("310000")
    (tmp_path / "ca.pem").write_bytes(ca.read_bytes())
    (tmp_path / "gateway.pem").write_bytes(pem.read_bytes())
    (tmp_path / "gateway.key").write_bytes(materials.system("320000")[2].read_bytes())
    assert ran(materials, drafts(1), certs=tmp_path) == 2
    assert "the key beside it is another one's" in capsys.readouterr().err


INTERRUPTED = """
import signal, sys
from pathlib import Path
from integration.kit.client import run
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run in the background
sys.exit(run(listen=sys.argv[1], certs=Path(sys.argv[2]), script="calm", as_json=True))
"""


def test_ctrl_c_ends_with_the_report(materials: Materials) -> None:
    address = f"127.0.0.1:{free_port()}"
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, address, str(materials.folder / "310000")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stderr is not None
        assert f"reference gateway of 310000 at {address}" in process.stderr.readline()
        client = ExchangeClient(connect(address, *materials.system("310000")))
        Careful(client).send(drafts(3))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert json.loads(out)["confirmed"] == 3
