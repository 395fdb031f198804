"""`yrd audit account` at both ends, and `yrd audit reconcile` on what they wrote."""

import json
from pathlib import Path

import pytest

from integration.stack import Stack
from tests.cli.test_publish import fresh
from tests.support.commands import yrd
from tests.support.waiting import until

ENDS = ("310000", "320000")


@pytest.fixture
def accounts(stack: Stack, tmp_path: Path) -> dict[str, Path]:
    """Accounts of Shanghai and Jiangsu, both taken while their gateways run."""
    client = stack.members["310000"].client()
    client.publish([fresh() for _ in range(3)])
    size = client.status().logs[0].size
    until(
        lambda: {k.participant: k.cosigned_size for k in client.status().links}["320000"] >= size,
        "Jiangsu's receipt",
    )
    written = {}
    for own, peer in (ENDS, ENDS[::-1]):
        written[own] = tmp_path / f"{own}.jsonl"
        config = stack.members[own].config
        ran = yrd("audit", "account", "--config", config, "--with", peer, "--out", written[own])
        assert (ran.status, str(written[own]) in ran.out) == (0, True)
    return written


def test_they_agree(accounts: dict[str, Path], stack: Stack) -> None:
    ours, theirs = (accounts[own] for own in ENDS)
    ran = yrd("audit", "reconcile", ours, theirs, "--keys", stack.folder / "certs")
    assert ran.status == 0
    assert "yrd/310000：310000 已发 " in ran.out
    assert "in flight" in ran.out
    assert ran.out.splitlines()[-1] == "对账一致 the accounts agree"
    report = yrd("audit", "reconcile", ours, theirs, "--json")
    assert (report.status, report.json()["ok"]) == (0, True)
    assert [d["log"] for d in report.json()["directions"]] == ["yrd/310000", "yrd/320000"]


def test_a_difference_is_said_in_both_languages(accounts: dict[str, Path]) -> None:
    lines = accounts["320000"].read_text(encoding="utf-8").splitlines()
    at, run = next(
        (at, run)
        for at, run in enumerate(map(json.loads, lines))
        if run.get("log") == "yrd/310000" and run["form"] in ("redacted", "whole")
    )
    run["form"] = "withheld"
    lines[at] = json.dumps(run)
    accounts["320000"].write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = yrd("audit", "reconcile", *(accounts[own] for own in ENDS))
    assert ran.status == 1
    assert "差异 DIFFERENCE 已给而对方只有散列" in ran.out
    assert "was given, and only its hash is held" in ran.out
    report = yrd("audit", "reconcile", *(accounts[own] for own in ENDS), "--json")
    assert report.json()["directions"][0]["differences"][0]["kind"] == "given_withheld"


def test_bad_input_is_named(accounts: dict[str, Path], stack: Stack, tmp_path: Path) -> None:
    ours = accounts["310000"]
    same = yrd("audit", "reconcile", ours, ours)
    assert (same.status, "two accounts of one exchange" in same.err) == (2, True)
    config = stack.members["310000"].config
    nobody = yrd("audit", "account", "--config", config, "--with", "x", "--out", tmp_path / "x")
    assert (nobody.status, "no peer of 310000" in nobody.err) == (2, True)
    assert not (tmp_path / "x").exists()
    missing = yrd("audit", "reconcile", ours, tmp_path / "nothing")
    assert (missing.status, "yrd audit account" in missing.err) == (2, True)
