"""`yrd cap`: files in over a gateway, messages out as files, at a stack that runs."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_publish import PROGRAM, fresh
from tests.support.capped import ZH, alert, require_valid, rich, warning
from tests.support.commands import yrd
from tests.support.signers import issuer
from tests.support.waiting import until

DEAF = ["--target", "127.0.0.1:9"]


def at(second: int, **changes: str) -> bytes:
    """A test alert of its own."""
    identifier = f"31000041600000_202606012000{second:02}"
    return alert(
        identifier=identifier, sent=f"2026-06-01T20:00:{second:02}+08:00", status="Test", **changes
    )


def test_a_folder(shanghai: list[str], tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(at(1))
    (tmp_path / "bad.xml").write_bytes(at(2).replace(b"310000</value>", b"319999</value>"))
    (tmp_path / "foreign.xml").write_bytes(at(3).replace(b"31000041600000_", b"32000041600000_"))
    ran = yrd("cap", "in", tmp_path, *shanghai, "--json")
    assert ran.status == 1
    told = {line["file"]: line for line in ran.json_lines()}
    assert {name: line["outcome"] for name, line in told.items()} == {
        "good.xml": "taken",
        "bad.xml": "refused",
        "foreign.xml": "refused",
    }
    assert told["bad.xml"]["faults"][0]["rule"] == "code_table.admin_codes"
    (message,) = told["good.xml"]["messages"]
    got = yrd("get", message["message_id"], *shanghai).json()
    assert got["earlyWarning"]["headline"] == "台风红色预警信号"
    assert got["header"]["mode"] == "MODE_TEST"
    reason = (tmp_path / "refused" / "foreign.xml.reason").read_text()
    assert "未发布 not published" in reason
    assert (tmp_path / "taken" / "good.xml").exists()
    again = yrd("cap", "in", tmp_path / "taken" / "good.xml", *shanghai)
    assert (again.status, again.err) == (0, "")
    assert message["message_id"] in again.out
    assert (tmp_path / "taken" / "good.xml").exists()


def test_an_update_of_what_was_published_before(shanghai: list[str], tmp_path: Path) -> None:
    first, later = tmp_path / "first.xml", tmp_path / "later.xml"
    first.write_bytes(at(11))
    reference = "31000041600000,31000041600000_20260601200011,2026-06-01T20:00:11+08:00"
    later.write_bytes(at(12, msgType="Update", references=reference))
    (told,) = yrd("cap", "in", first, *shanghai, "--json").json_lines()
    (new,) = yrd("cap", "in", later, *shanghai, "--json").json_lines()
    assert new["outcome"] == "taken"
    assert new["messages"][0]["entity_id"] == told["messages"][0]["entity_id"]
    assert new["messages"][0]["revision"] == 2


def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(rich())
    (tmp_path / "b.xml").write_bytes(alert(ZH.replace("31.2,121.5", "121.5,31.2")))
    ran = yrd("cap", "in", tmp_path, "--dry-run")
    assert ran.status == 1
    assert "可发布 checked a.xml" in ran.out
    assert "未带入 left out: alert.info.area.ceiling: 消息不带 not in the message: 200.5" in ran.out
    assert "latitude and longitude are swapped" in ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.xml", "b.xml"]


def test_a_dry_run_at_a_gateway_knows_more(shanghai: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(at(41).replace(b"31000041600000", b"32000041600000"))
    ran = yrd("cap", "in", tmp_path / "a.xml", "--dry-run", *shanghai)
    assert ran.status == 1
    assert "issuer_admin_code: 由320000发布" in ran.err


def test_without_a_gateway_files_stay(unreachable: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(alert())
    ran = yrd("cap", "in", tmp_path, *unreachable)
    assert ran.status == 3
    assert "no gateway answers" in ran.err
    assert (tmp_path / "taking" / "a.xml").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing.xml"], "nothing.xml"),
        ([".", "--watch", "--dry-run"], "--watch"),
        ([".", "--require-signature"], "--keys"),
        ([".", "--keys", "nothing"], "--keys"),
    ],
)
def test_a_slip_is_explained(arguments: list[str], words: str) -> None:
    ran = yrd("cap", "in", *arguments)
    assert ran.status == 2
    assert words in ran.err


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [n for n in sys.modules if n.startswith(("integration.cap", "signxml"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "signxml", None)
    ran = yrd("cap", "in", tmp_path, "--dry-run")
    assert ran.status == 2
    assert "yangtze-delta-exchange[cap]" in ran.err


def test_watching_goes_on_after_a_kill(shanghai: list[str], tmp_path: Path) -> None:
    for second, number in ((31, signal.SIGKILL), (32, signal.SIGTERM)):
        words = ["cap", "in", str(tmp_path), "--watch", "--json", *shanghai]
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], stderr=subprocess.DEVNULL
        )
        try:
            (tmp_path / f"{second}.xml").write_bytes(at(second))
            until((tmp_path / "taken" / f"{second}.xml").exists, "the file is taken", 120.0)
            process.send_signal(number)
            ended = process.wait(60)
        finally:
            process.kill()
            process.wait()
        assert ended == (0 if number == signal.SIGTERM else -number)
    assert len(list((tmp_path / "taken").iterdir())) == 4


def test_out_and_in_again(shanghai: list[str], tmp_path: Path) -> None:
    made = warning(identifier="31000041600000_20260601200021")
    made.header.CopyFrom(fresh().header)
    (tmp_path / "draft.json").write_text(json.dumps(_value(made)))
    assert yrd("publish", tmp_path / "draft.json", *shanghai).status == 0
    out, name = tmp_path / "out", made.header.message_id
    would = yrd("cap", "out", out, "--message", name, *shanghai, "--dry-run")
    assert would.status == 0
    assert not out.exists()
    wrote = yrd("cap", "out", out, "--message", name, *shanghai, "--json")
    assert [line["outcome"] for line in wrote.json_lines()] == ["wrote"]
    (file,) = out.iterdir()
    assert file.name == "310000-31000041600000_20260601200021.cap.xml"
    require_valid(file.read_bytes())
    assert "未变 unchanged" in yrd("cap", "out", out, "--message", name, *shanghai).out
    (told,) = yrd("cap", "in", file, *shanghai, "--json").json_lines()
    assert told["messages"][0] | {"message_id": name, "accepted": True} == told["messages"][0]
    everything = yrd("cap", "out", out, "--origin", "310000", *shanghai)
    assert everything.status == 0
    assert file in out.iterdir()
    for expected in (True, False):
        new = yrd("cap", "out", tmp_path / "new", "--cursor", "cap-test", *shanghai)
        assert (new.status, name in new.out) == (0, expected)
    file.write_text("mine")
    kept = yrd("cap", "out", out, "--message", name, *shanghai)
    assert (kept.status, file.read_text()) == (1, "mine")


def test_signed_out_and_in(shanghai: list[str], tmp_path: Path) -> None:
    made = warning(identifier="31000041600000_20260601200051")
    made.header.CopyFrom(fresh().header)
    (tmp_path / "draft.json").write_text(json.dumps(_value(made)))
    assert yrd("publish", tmp_path / "draft.json", *shanghai).status == 0
    certificate, key = issuer("上海中心气象台").files(tmp_path)
    words = ["cap", "out", tmp_path / "out", "--message", made.header.message_id, *shanghai]
    half = yrd(*words, "--sign-key", key)
    assert (half.status, "name both" in half.err) == (2, True)
    assert yrd(*words, "--sign-key", key, "--sign-certificate", certificate).status == 0
    (file,) = (tmp_path / "out").iterdir()
    trust = ["--keys", certificate, "--require-signature", "--dry-run"]
    ran = yrd("cap", "in", file, *trust)
    assert (ran.status, "签名已验证 verified: CN=上海中心气象台" in ran.out) == (0, True)
    assert yrd(*words).status == 0, "without a signature"
    assert yrd("cap", "in", file, *trust).status == 1


def _value(made: object) -> object:
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415

    return MessageToDict(made)  # type: ignore[arg-type]
