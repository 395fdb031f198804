"""`yrd alarms`: the list, the evidence as files, settling; `yrd status` shows what is unsettled."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from client import ExchangeClient, connect
from integration.stack import Stack
from tests.support.builders import draft
from tests.support.calls import claims, receipt
from tests.support.commands import yrd
from tests.support.scene import stubs
from tests.support.waiting import until
from yrd.exchange.v1.service_pb2 import AbsentGroup, Alarm, ReportMissingResponse


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
    assert status.status == 4, "it accepts all the same"
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


def test_a_report_is_answered_with_why_it_was_not_due_or_with_the_alarm(
    stack: Stack, alarmed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, jiangsu = draft(entity="320000/cli/reported"), stack.members["320000"].client()
    jiangsu.publish([message])
    size = next(log.size for log in jiangsu.status().logs if log.log_origin == "yrd/320000")
    until(
        lambda: any(
            link.participant == "310000" and link.cosigned_size >= size
            for link in jiangsu.status().links
        ),
        "Shanghai has it",
    )
    out = tmp_path / "export"
    where = ("--dir", stack.folder, "--as", "320000")
    assert yrd("evidence", "export", message.header.message_id, "--out", out, *where).status == 0
    before = yrd("alarms", "--all", *alarmed).out
    told = yrd("alarms", "report-missing", out, *alarmed)
    assert (told.status, told.err) == (1, "")
    assert "不属漏送 not due: it was sent" in told.out
    as_json = yrd("alarms", "report-missing", out, *alarmed, "--json")
    assert json.loads(as_json.out)["notDue"].startswith("it was sent")
    own = yrd("alarms", "report-missing", out, *where)
    assert (own.status, "our own log" in own.err) == (1, True)
    nothing = yrd("alarms", "report-missing", tmp_path / "x", *alarmed)
    assert (nothing.status, "is this an exported folder?" in nothing.err) == (2, True)
    assert yrd("alarms", "--all", *alarmed).out == before

    def due(_: ExchangeClient, leaf: bytes, proof: str) -> ReportMissingResponse:
        assert leaf == (out / "leaf").read_bytes()
        assert proof == (out / "proof.tlog-proof").read_text(encoding="utf-8")
        alarm = Alarm(number=7, log_origin="yrd/320000", kind="missing_entry", detail="entry 5")
        return ReportMissingResponse(
            alarm=alarm,
            clauses=["a/c", "a/d"],
            groups=[
                AbsentGroup(group="personal.driver", clauses=["a/c", "a/d"]),
                AbsentGroup(group="personal.contact", not_due="erased"),
            ],
        )

    monkeypatch.setattr(ExchangeClient, "report_missing", due)
    told = yrd("alarms", "report-missing", out, *alarmed)
    assert told.status == 0
    assert (
        "yrd/320000 漏送 something that should have been sent [missing_entry]: entry 5" in told.out
    )
    assert "依据 given by a/c, a/d" in told.out
    assert "personal.driver 漏送 left out, disclosed by a/c, a/d" in told.out
    assert "personal.contact 不应送 not due: erased" in told.out


def test_an_alarm_that_is_not_there(alarmed: list[str], tmp_path: Path) -> None:
    for command in (
        ["show", "999", "--out", str(tmp_path / "x")],
        ["settle", "999", "--note", "x"],
    ):
        ran = yrd("alarms", *command, *alarmed)
        assert ran.status == 1
        assert "there is no alarm 999" in ran.err
