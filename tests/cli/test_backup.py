"""`yrd backup`, `verify`, `restore`, `list`; `yrd doctor`: for people and for programs."""

from pathlib import Path

import pytest

from integration.certs import make_all
from integration.stack import Stack
from tests.support.commands import yrd


@pytest.fixture
def config(stack: Stack) -> Path:
    """Shanghai's configuration; its gateway runs."""
    return stack.members["310000"].config


def test_a_backup_is_made_verified_and_listed(stack: Stack, config: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup.tar"
    made = yrd("backup", "--config", config, "--out", out)
    assert made.status == 0
    for words in (
        "已备份 backed up",
        "yrd/310000",
        "未包含 left out: 私钥",
        "保留策略的 backups 未列出",
    ):
        assert words in made.out
    good = yrd("backup", "verify", out, "--config", config)
    assert good.status == 0
    assert "备份完好 · backup: everything holds" in good.out
    elsewhere = yrd("backup", "verify", out, "--keys", stack.folder / "certs")
    assert (elsewhere.status, "everything holds" in elsewhere.out) == (0, True)
    strangers = tmp_path / "strangers"
    make_all(strangers)
    wrong = yrd("backup", "verify", out, "--keys", strangers)
    assert (wrong.status, "no signature by" in wrong.out) == (1, True), wrong.out
    unsaid = yrd("backup", "verify", out)
    assert (unsaid.status, "--keys FOLDER" in unsaid.err) == (2, True)
    told = yrd("backup", "verify", out, "--config", config, "--json").json()
    assert told["manifest"]["participant"] == "310000"
    assert told["problems"] == []
    listed = yrd("backup", "list", "--config", config, "--json").json()
    assert [row["there"] for row in listed if row["place"] == str(out)] == [True]
    again = yrd("backup", "--config", config, "--out", out)
    assert (again.status, "never overwritten" in again.err) == (1, True)
    put = yrd("backup", "restore", out, "--config", config)
    assert (put.status, "stop it first" in put.err) == (1, True)


def test_what_is_damaged_or_missing_is_said(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup"
    assert yrd("backup", "--config", config, "--out", out, "--json").json()["keys"] is False
    (out / "settings" / "gateway.yaml").write_text("changed")
    bad = yrd("backup", "verify", out, "--config", config)
    assert bad.status == 1
    assert "WRONG settings/gateway.yaml" in bad.out
    none = yrd("backup", "verify", tmp_path, "--config", config)
    assert (none.status, "this is no backup" in none.err) == (1, True)
    nowhere = yrd("backup", "--config", config, "--out", tmp_path / "none" / "backup")
    assert (nowhere.status, "no such folder" in nowhere.err) == (1, True)
    unsaid = yrd("backup", "--config", config)
    assert (unsaid.status, "--out" in unsaid.err) == (2, True)


def test_the_doctor_says_it_for_people_and_for_programs(config: Path) -> None:
    ran = yrd("doctor", "--config", config)
    assert ran.status == 1, "two peers do not run here"
    assert "[links] 330000" in ran.out
    assert "诊断结果：故障" in ran.out
    told = yrd("doctor", "--config", config, "--no-network", "--json")
    assert told.json()["verdict"] == "attention"
    assert told.status == 4
    assert "诊断结果" not in yrd("doctor", "--config", config, "--no-network", "--lang", "en").out
    odd = yrd("doctor", "--config", config, "--lang", "fr")
    assert (odd.status, "both, zh, en" in odd.err) == (2, True)
