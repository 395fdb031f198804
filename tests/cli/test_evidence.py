"""`yrd evidence`: from a running gateway into a folder, and from there to a verdict without one."""

import shutil
from pathlib import Path

import pytest

from integration.stack import Stack
from tests.cli.test_publish import fresh
from tests.support.commands import Ran, yrd
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft


@pytest.fixture(scope="module")
def sent(stack: Stack) -> Draft:
    """A message of Shanghai that Jiangsu and the joint duty room have cosigned."""
    made, client = fresh(), stack.members["310000"].client()
    client.publish([made])
    size = client.status().logs[0].size
    until(
        lambda: (
            {k.participant for k in client.status().links if k.cosigned_size >= size}
            >= {"320000", "joint"}
        ),
        "two receipts",
    )
    return made


@pytest.fixture(scope="module")
def good(stack: Stack, sent: Draft, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exported folder."""
    out = tmp_path_factory.mktemp("evidence") / "out"
    ran = yrd(
        *("evidence", "export", sent.header.message_id, "--out", out),
        *("--dir", stack.folder, "--as", "310000"),
    )
    assert (ran.status, ran.err) == (0, "")
    assert "signed by yrd/310000, " in ran.out
    return out


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return shutil.copytree(good, tmp_path / "out")


def verified(folder: Path, *options: object) -> Ran:
    return yrd("evidence", "verify", folder, *options)


def test_the_folder_has_what_an_auditor_needs(good: Path) -> None:
    files = {str(path.relative_to(good)) for path in good.rglob("*") if path.is_file()}
    keys = {name.rpartition("-")[0] for name in files if name.startswith("keys/")}
    assert keys == {
        "keys/yrd_310000",
        "keys/yrd_320000_witness",
        "keys/yrd_joint_witness",
    }
    assert {name for name in files if not name.startswith("keys/")} == {
        "leaf",
        "proof.tlog-proof",
        "disclosures/personal.contact.bin",
        "clause.json",
        "activations/0/leaf",
        "activations/0/proof.tlog-proof",
        "activations/0/disclosures/agreement.text.bin",
        "README.txt",
    }
    readme = (good / "README.txt").read_text(encoding="utf-8")
    assert readme.index("证据文件夹") < readme.index("folder of evidence")


def test_it_says_what_was_sent_by_whom_and_when(good: Path, sent: Draft) -> None:
    ran = verified(good)
    assert ran.status == 0
    for words in (
        sent.header.message_id,
        "310000 上海 Shanghai，系统 system console",
        "相符 matches  personal.contact",
        "emergency-information/incidents",
        "不能证明属于谁",
        "do not prove whose they are",
        "证据成立 the evidence holds",
        "incidentReport",
    ):
        assert words in ran.out
    assert ran.out.count("有效 good") == 3


def test_trusted_keys_make_the_warning_go(good: Path, stack: Stack) -> None:
    ran = verified(good, "--keys", stack.folder / "certs", "--quorum", 2)
    assert ran.status == 0
    assert ran.out.count("可信 trusted") == 3
    assert "do not prove" not in ran.out


def test_single_keys_as_file_and_as_text(good: Path, stack: Stack) -> None:
    log = next((stack.folder / "certs" / "310000").glob("log.vkey"))
    witness = (stack.folder / "certs" / "320000" / "witness.vkey").read_text().strip()
    assert verified(good, "--key", log, "--key", witness).status == 0
    alone = verified(good, "--key", log)
    assert alone.status == 1
    assert "0 cosignatures by trusted keys, 1 needed" in alone.out


def test_too_few_cosignatures(good: Path) -> None:
    ran = verified(good, "--quorum", 3)
    assert ran.status == 1
    assert "会签 2 个，需要 3 个" in ran.out


def test_a_flipped_byte_is_said_in_both_languages(folder: Path) -> None:
    leaf = (folder / "leaf").read_bytes()
    (folder / "leaf").write_bytes(leaf[:-1] + bytes([leaf[-1] ^ 1]))
    ran = verified(folder)
    assert ran.status == 1
    assert "错误 WRONG 包含证明无效" in ran.out
    assert "the evidence does NOT hold" in ran.out.splitlines()[0]
    assert "incidentReport" not in ran.out, "what is not proven is not shown as content"
    report = verified(folder, "--json")
    assert report.status == 1
    assert report.json()["ok"] is False
    assert [set(problem) for problem in report.json()["problems"]]


def test_as_json(good: Path, sent: Draft) -> None:
    ran = verified(good, "--json")
    report = ran.json()
    assert (ran.status, report["ok"], report["problems"]) == (0, True, [])
    assert report["message_id"] == sent.header.message_id
    assert report["origin"] == "310000"
    assert {s["good"] for s in report["signatures"]} == {True}
    assert {s["participant"] for s in report["shared"]} >= {"320000", "joint"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--key", "nothing"], "nothing"),
        (["--key", "a+b+c"], "a+b+c"),
        (["--keys", "."], "no *.vkey there"),
    ],
)
def test_keys_that_are_none(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = verified(good, *options)
    assert ran.status == 2
    assert words in ran.err


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    ran = verified(tmp_path)
    assert ran.status == 2
    assert "is this an exported folder?" in ran.err


def test_a_message_that_is_not_there(shanghai: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
    ran = yrd("evidence", "export", unknown, "--out", out, *shanghai)
    assert ran.status == 1
    assert "MESSAGE_NOT_FOUND" in ran.err
    assert not out.exists()


def test_an_old_folder_is_not_written_over(good: Path, sent: Draft, shanghai: list[str]) -> None:
    ran = yrd("evidence", "export", sent.header.message_id, "--out", good, *shanghai)
    assert ran.status == 2
    assert "not empty" in ran.err
    assert verified(good).status == 0
