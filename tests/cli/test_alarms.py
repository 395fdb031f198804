"""`yrd alarms`: the list, the evidence as files, settling; `yrd status` shows what is unsettled."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from client import connect
from integration.stack import Stack
from tests.support.calls import claims, receipt
from tests.support.commands import yrd
from tests.support.scene import stubs


@pytest.fixture(scope="module")
def alarmed(stack: Stack) -> Iterator[list[str]]:
    """Jiangsu's certificate is used to claim what nobody has signed, at Shanghai's gateway."""
    member = stack.members["310000"]
    liar = stack.members["320000"].certs
    channel = connect(
        member.address, liar.parent / "ca.pem", liar / "gateway.pem", liar / "gateway.key"
    )
    requests = iter([claims(size=0), receipt("not a note")])
    with pytest.raises(Exception, match="not a signed note"):
        list(stubs(channel).replication.Replicate(requests, timeout=10))
    yield ["--dir", str(stack.folder), "--as", "310000"]
    for alarm in member.client().alarms(unsettled=True):
        member.client().settle(alarm.number, "end of the tests")


def test_list_show_settle(alarmed: list[str], tmp_path: Path) -> None:
    listed = yrd("alarms", *alarmed)
    assert listed.status == 1
    assert "伪造检查点" in listed.out
    assert "[forged_checkpoint]: yrd/310000: receipt of 320000: not a signed note" in listed.out
    (found,) = [json.loads(line) for line in yrd("alarms", *alarmed, "--json").out.splitlines()]
    status = yrd("status", *alarmed)
    assert f"告警 ALARM {found['number']} " in status.out
    assert status.status == 0, "it accepts all the same"
    shown = yrd("alarms", "show", found["number"], "--out", str(tmp_path / "e"), *alarmed)
    assert shown.status == 0
    assert (tmp_path / "e" / "shown.checkpoint").read_text() == "not a note"
    assert json.loads((tmp_path / "e" / "alarm.json").read_text())["kind"] == "forged_checkpoint"
    again = yrd("alarms", "show", found["number"], "--out", str(tmp_path / "e"), *alarmed)
    assert (again.status, "new folder" in again.err) == (2, True)
    settled = yrd("alarms", "settle", found["number"], "--note", "已电话核实", *alarmed)
    assert settled.status == 0
    assert "已电话核实" in settled.out
    assert yrd("alarms", *alarmed).status == 0
    assert "ALARM" not in yrd("status", *alarmed).out
    assert "已电话核实" in yrd("alarms", "--all", *alarmed).out


def test_an_alarm_that_is_not_there(alarmed: list[str], tmp_path: Path) -> None:
    for command in (
        ["show", "999", "--out", str(tmp_path / "x")],
        ["settle", "999", "--note", "x"],
    ):
        ran = yrd("alarms", *command, *alarmed)
        assert ran.status == 1
        assert "there is no alarm 999" in ran.err
