"""`yrd objection`: raised at one gateway, answered at another, traced at both."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from integration.stack import Stack
from tests.cli.test_publish import fresh
from tests.support.commands import Ran, yrd
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

DEAD = "incident_report.casualties.dead"
RAISE = ("--ground", "incorrect", "--statement", "应为3人", "--field", DEAD)


@pytest.fixture
def jiangsu(stack: Stack) -> list[str]:
    return ["--dir", str(stack.folder), "--as", "320000"]


@pytest.fixture
def report(stack: Stack) -> Draft:
    """A report of Shanghai that Jiangsu has."""
    made = fresh()
    publish(stack, made)
    return made


def publish(stack: Stack, made: Draft) -> None:
    (result,) = stack.members["310000"].client().publish([made])
    assert result.HasField("accepted")
    reaches(stack, "320000", made.header.message_id)


def reaches(stack: Stack, participant: str, message_id: str) -> None:
    client = stack.members[participant].client()

    def here() -> bool:
        return message_id in {m.header.message_id for m in client.messages()}

    until(here, f"{message_id} is at {participant}")


def said(ran: Ran) -> Any:
    assert (ran.status, ran.err) == (0, "")
    return ran.json()


@pytest.fixture
def raised(stack: Stack, report: Draft, jiangsu: list[str]) -> dict[str, Any]:
    """What `raise --json` told Jiangsu; Shanghai has the objection."""
    told: dict[str, Any] = said(
        yrd("objection", "raise", report.header.message_id, *RAISE, *jiangsu, "--json")
    )
    reaches(stack, "310000", told["messageId"])
    return told


def traced(objection_id: str, options: list[str]) -> Any:
    return said(yrd("objection", "trace", objection_id, *options, "--json"))


def listed(options: list[str], *more: str) -> dict[str, Any]:
    lines = yrd("objection", "list", *options, *more, "--json").json_lines()
    return {line["objectionId"]: line for line in lines}


def test_from_objection_to_correction(
    stack: Stack, report: Draft, raised: dict[str, Any], shanghai: list[str], jiangsu: list[str]
) -> None:
    name = raised["objectionId"]
    assert name.startswith("320000/objection/")
    for options in (shanghai, jiangsu):
        found = listed(options)[name]
        assert (found["state"], found["objector"], found["addressee"]) == (
            "raised",
            "320000",
            "310000",
        )
        assert (found["messageId"], found["fieldPath"]) == (report.header.message_id, DEAD)
    first = said(yrd("objection", "answer", name, "--uphold", *shanghai, "--json"))
    reaches(stack, "320000", first["messageId"])
    assert name not in listed(jiangsu)
    assert listed(jiangsu, "--all")[name]["state"] == "upheld"

    corrected = fresh(revision=2)
    corrected.header.entity_id = report.header.entity_id
    publish(stack, corrected)
    by = ["--uphold", "--corrected-by", corrected.header.message_id, "--statement", "已更正"]
    second = said(yrd("objection", "answer", name, *by, *shanghai, "--json"))
    reaches(stack, "320000", second["messageId"])
    for options in (shanghai, jiangsu):
        trace = traced(name, options)
        steps = [(s["objection"]["step"][15:], s["stamp"]["origin"]) for s in trace["steps"]]
        assert steps == [("RAISED", "320000"), ("UPHELD", "310000"), ("UPHELD", "310000")]
        assert trace["about"]["header"]["messageId"] == report.header.message_id
        (correction,) = trace["corrections"]
        assert correction["header"]["messageId"] == corrected.header.message_id


def test_what_people_read(
    report: Draft, raised: dict[str, Any], shanghai: list[str], jiangsu: list[str]
) -> None:
    name = raised["objectionId"]
    got = yrd("get", report.header.message_id, *shanghai)
    assert json.loads(got.out)["header"]["messageId"] == report.header.message_id
    assert (
        f"异议 objection {name} (320000 → 310000): 待答复 open, 不准确 incorrect {DEAD}: 应为3人"
        in got.err
    )
    rows = yrd("objection", "list", *shanghai).out
    for words in ("请答复 yours to answer", name, "待答复 open", "不准确 incorrect", "应为3人"):
        assert words in rows
    assert "我方提出 raised by you" in yrd("objection", "list", *jiangsu).out
    trace = yrd("objection", "trace", name, *jiangsu)
    assert trace.status == 0
    for words in (
        f"异议 objection {name}: 待答复 open",
        "提出方 objector 320000 → 责任方 addressee 310000",
        report.header.message_id,
        f"提出 raised  不准确 incorrect  {DEAD}",
        "应为3人",
        raised["messageId"],
    ):
        assert words in trace.out


def test_rejected_and_taken_back(
    stack: Stack, raised: dict[str, Any], shanghai: list[str], jiangsu: list[str]
) -> None:
    name = raised["objectionId"]
    ran = yrd("objection", "answer", name, "--reject", "--statement", "现场核实为2人", *shanghai)
    assert (ran.status, ran.out.splitlines()[0]) == (0, f"异议 objection {name}: 不成立 rejected")
    until(lambda: listed(jiangsu, "--all")[name]["state"] == "rejected", "Jiangsu has the answer")
    assert yrd("objection", "take-back", name, *jiangsu).status == 0
    until(lambda: listed(shanghai, "--all")[name]["state"] == "taken_back", "Shanghai hears of it")
    ran = yrd("objection", "answer", name, "--uphold", *shanghai)
    assert (ran.status, ran.out) == (2, "")
    assert "is 撤回 taken back" in ran.err


SLIPS = [
    (
        ["raise", "REPORT", "--ground", "wrong", "--statement", "x"],
        "--ground 'wrong': one of incorrect,",
    ),
    (
        ["raise", "REPORT", *RAISE[:4], "--field", "casualties"],
        "has no field 'casualties': use one of",
    ),
    (["answer", "NAME"], "say --uphold or --reject"),
    (["answer", "NAME", "--uphold"], "addressee: "),
]


@pytest.mark.parametrize(("arguments", "words"), SLIPS, ids=[words for _, words in SLIPS])
def test_a_slip_is_told_what_would_do(
    report: Draft, raised: dict[str, Any], jiangsu: list[str], arguments: list[str], words: str
) -> None:
    known = {"REPORT": report.header.message_id, "NAME": raised["objectionId"]}
    ran = yrd("objection", *(known.get(a, a) for a in arguments), *jiangsu)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err


def test_a_correction_is_one_of_the_addressee(raised: dict[str, Any], shanghai: list[str]) -> None:
    """Jiangsu's objection itself stands for any message of Jiangsu."""
    by = ["--uphold", "--corrected-by", raised["messageId"]]
    ran = yrd("objection", "answer", raised["objectionId"], *by, *shanghai)
    assert (ran.status, ran.out) == (2, "")
    assert "is of 320000, and only 310000 corrects its own datum" in ran.err


def test_ones_own_message_is_corrected_not_objected_to(report: Draft, shanghai: list[str]) -> None:
    ran = yrd("objection", "raise", report.header.message_id, *RAISE, *shanghai)
    assert (ran.status, ran.out) == (2, "")
    assert "is your own (310000)" in ran.err


@pytest.mark.parametrize("step", ["trace", "take-back"])
def test_an_objection_that_is_not_there(shanghai: list[str], step: str) -> None:
    ran = yrd("objection", step, "320000/objection/none", *shanghai)
    assert (ran.status, ran.out) == (1, "")
    assert "no objection '320000/objection/none' here" in ran.err


def test_a_message_that_is_not_there(shanghai: list[str]) -> None:
    ran = yrd("objection", "raise", "01890a5d-ac96-774b-bcce-b302099a8057", *RAISE, *shanghai)
    assert ran.status == 1
    assert "MESSAGE_NOT_FOUND" in ran.err


def test_who_speaks_is_who_the_certificate_names(
    stack: Stack, report: Draft, tmp_path: Path
) -> None:
    """Without --dir nobody says --as."""
    member = stack.members["320000"]
    for path in (member.certs.parent / "ca.pem", *member.certs.glob("console.*")):
        shutil.copy(path, tmp_path)
    options = ["--target", member.address, "--certs", str(tmp_path)]
    told = said(yrd("objection", "raise", report.header.message_id, *RAISE, *options, "--json"))
    assert listed(options)[told["objectionId"]]["objector"] == "320000"
    (tmp_path / "console.pem").write_text("no certificate")
    ran = yrd("objection", "list", *options)
    assert (ran.status, ran.out) == (2, "")
    assert "check --certs and --system" in ran.err
