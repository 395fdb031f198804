"""`yrd edxl`: files in over a gateway, messages out as files, at a stack that runs."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from integration.templates import make, samples_of
from schemas.json_form import to_json
from tests.cli.test_publish import PROGRAM
from tests.support.commands import yrd
from tests.support.messaged import enveloped, request, response
from tests.support.waiting import until

TEST = ["--mode", "test"]


def test_a_request_and_its_answer(shanghai: list[str], tmp_path: Path) -> None:
    asked = request(MessageID="CLI.1", OriginatingMessageID="CLI.1").replace(
        b">yrd-capability</rm:ValueListURN>", b">urn:yrd:code:yrd-capability</rm:ValueListURN>"
    )
    (tmp_path / "a.xml").write_bytes(enveloped(asked, "Test"))
    (tmp_path / "b.xml").write_bytes(asked.replace(b"310115", b"319999"))
    (tmp_path / "c.xml").write_bytes(b"<!DOCTYPE x>" + asked)
    ran = yrd("edxl", "in", tmp_path, *shanghai, *TEST, "--json")
    assert ran.status == 1
    told = {line["file"]: line for line in ran.json_lines()}
    assert {name: line["outcome"] for name, line in told.items()} == {
        "a.xml": "taken",
        "b.xml": "refused",
        "c.xml": "refused",
    }
    assert told["c.xml"]["faults"][0]["rule"] == "xml.doctype"
    assert (tmp_path / "refused" / "c.xml.reason").exists()
    (message,) = told["a.xml"]["messages"]
    got = yrd("get", message["message_id"], *shanghai).json()
    assert got["aidRequest"]["lines"][0]["need"]["quantity"] == {"value": 6, "unit": "台"}
    assert got["header"]["mode"] == "MODE_TEST"
    again = yrd("edxl", "in", tmp_path / "taken" / "a.xml", *shanghai, "--json").json_lines()
    assert again[0]["messages"] == [message]
    answer = tmp_path / "d.xml"
    answer.write_bytes(
        response(MessageID="CLI.2", OriginatingMessageID="CLI.1", PrecedingMessageID="CLI.1")
    )
    jiangsu = [*shanghai[:2], "--as", "320000"]
    until(lambda: yrd("get", message["message_id"], *jiangsu).status == 0, "it has come", 120.0)
    (told_answer,) = yrd("edxl", "in", answer, *jiangsu, *TEST, "--json").json_lines()
    assert told_answer["outcome"] == "taken"
    got = yrd("get", told_answer["messages"][0]["message_id"], *jiangsu).json()
    assert got["aidResponse"]["requestId"] == message["entity_id"]
    assert got["header"]["inReplyTo"] == message["message_id"]


def test_out_and_in_again(shanghai: list[str], tmp_path: Path) -> None:
    draft = make(samples_of("aid_request")["minimal"])
    draft.aid_request.requester, draft.aid_request.addressed_to[:] = "310000", ["320000"]
    draft.header.entity_id = f"310000/edxl/{draft.header.message_id}"
    (tmp_path / "draft.json").write_text(to_json(draft))
    assert yrd("publish", tmp_path / "draft.json", *shanghai).status == 0
    out, name = tmp_path / "out", draft.header.message_id
    would = yrd("edxl", "out", out, "--message", name, *shanghai, "--dry-run")
    assert (would.status, out.exists()) == (0, False)
    wrote = yrd("edxl", "out", out, "--message", name, *shanghai, "--json")
    assert [line["outcome"] for line in wrote.json_lines()] == ["wrote"]
    (file,) = out.iterdir()
    assert file.name == f"test-310000-aid_request-{name}.edxl.xml"
    assert yrd("edxl", "check", file, "--as", "310000").status == 0
    assert "未变 unchanged" in yrd("edxl", "out", out, "--message", name, *shanghai).out
    (told,) = yrd("edxl", "in", file, *shanghai, "--json").json_lines()
    assert told["messages"][0] | {"message_id": name, "accepted": True} == told["messages"][0]
    everything = yrd("edxl", "out", out, "--origin", "310000", "--resources", *shanghai)
    assert everything.status == 0
    for expected in (True, False):
        new = yrd("edxl", "out", tmp_path / "new", "--cursor", "edxl-test", *shanghai)
        assert (new.status, name in new.out) == (0, expected)


def test_a_check_says_what_is_wrong_and_what_would_not_be_carried(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(request(OriginatingMessageID=""))
    ran = yrd("edxl", "check", file, "--as", "310000")
    assert ran.status == 1
    assert "edxl.structure" in ran.err
    assert "未带入 left out: RequestResource.ResourceInformation.Resource.TypeInfo.Kind" in ran.err
    assert yrd("edxl", "check", file, "--as", "320000").status == 1


def test_without_a_gateway_files_stay(unreachable: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(request())
    ran = yrd("edxl", "in", tmp_path, *unreachable, *TEST)
    assert ran.status == 3
    assert (tmp_path / "taking" / "a.xml").exists()


def test_watching_takes_what_comes(shanghai: list[str], tmp_path: Path) -> None:
    words = ["edxl", "in", str(tmp_path), "--watch", "--json", *shanghai]
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, *words], stderr=subprocess.DEVNULL)
    try:
        asked = request(MessageID="W.1", OriginatingMessageID="W.1")
        (tmp_path / "a.part").write_bytes(enveloped(asked, "Test"))
        (tmp_path / "a.part").rename(tmp_path / "a.xml")
        until((tmp_path / "taken" / "a.xml").exists, "the file is taken", 120.0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in", "nothing.xml"], "nothing.xml"),
        (["in", ".", "--watch", "--dry-run"], "--watch"),
        (["in", ".", "--mode", "real"], "--mode"),
        (["out", "x", "--follow"], "--cursor"),
    ],
)
def test_a_slip_is_explained(arguments: list[str], words: str) -> None:
    ran = yrd("edxl", *arguments)
    assert ran.status == 2
    assert words in ran.err
