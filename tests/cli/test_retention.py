"""`yrd retention`: a policy is checked, a run is told in both languages, and who has confirmed."""

from functools import partial
from pathlib import Path

import pytest

from gateway.retention.policy import DEFAULT
from integration.stack import Stack
from tests.support.commands import Ran, yrd
from tests.support.erasure import old_waybill
from tests.support.waiting import until

OURS = "310000"


def at(stack: Stack, *words: str) -> Ran:
    return yrd("retention", *words, "--dir", stack.folder, "--as", OURS)


def config(stack: Stack) -> Path:
    return stack.folder / OURS / "config.yaml"


def test_the_policy_that_is_shipped_is_good() -> None:
    ran = yrd("retention", "check", DEFAULT)
    assert ran.status == 0
    assert ran.out.splitlines()[0] == f"{DEFAULT}: good"
    assert (
        "waybill: personal.* · 1 类消息 / types · 报告后 / after it was reported: 12 months"
        in ran.out
    )
    assert "backups: the policy names none" in ran.out
    assert "提供记录 / provisions: 36 months" in ran.out


def test_a_policy_that_is_wrong_names_each_key(tmp_path: Path) -> None:
    wrong = tmp_path / "policy.yaml"
    text = DEFAULT.read_text(encoding="utf-8")
    wrong.write_text(text.replace("months: 36", "months: 3").replace("term_over", "over"), "utf-8")
    ran = yrd("retention", "check", wrong)
    assert (ran.status, ran.out) == (2, "")
    assert f"{wrong}: rules.1.reason: " in ran.err
    assert f"{wrong}: ledgers: provisions.months: records of provision" in ran.err


def test_a_configuration_with_a_wrong_policy_is_refused(stack: Stack, tmp_path: Path) -> None:
    wrong = tmp_path / "policy.yaml"
    wrong.write_text("rules: []\nbackup: []\n", encoding="utf-8")
    changed = config(stack).with_name("changed.yaml")
    changed.write_text(config(stack).read_text("utf-8") + f"retention: {wrong}\n", "utf-8")
    ran = yrd("config", "check", changed)
    assert ran.status == 2
    assert "backup: unknown key; did you mean 'backups'" in ran.err


def test_a_run_is_told_and_confirmed(stack: Stack) -> None:
    client = stack.members[OURS].client()
    waybill = old_waybill(f"{OURS}/truck/of-the-command")
    assert client.publish([waybill])[0].HasField("accepted")
    dry = at(stack, "run", "--dry-run")
    assert dry.status == 0
    assert "waybill: 将销毁 would destroy: 1 条消息 messages, 2 组个人信息 disclosures" in dry.out
    ran = at(stack, "run", "--json")
    assert ran.status == 0
    (outcome,) = [o for o in ran.json()["outcomes"] if o["rule"] == "waybill"]
    assert (outcome["messages"], outcome["disclosures"]) == ("1", "2")
    (notice,) = outcome["noticeIds"]
    again = at(stack, "run")
    assert "waybill: 已销毁 destroyed: 0 条消息 messages" in again.out
    status = partial(yrd, "retention", "status", "--config", config(stack))

    def missing() -> list[str]:
        return next(n["missing"] for n in status("--json").json() if n["notice_id"] == notice)

    until(lambda: missing() == ["330000", "340000"], "those that run have confirmed")
    assert status("--json").status == status().status == 1
    told = status().out
    assert f"{notice} " in told
    assert "  320000 已确认 confirmed" in told
    assert "  joint 已确认 confirmed" in told
    assert "  340000 尚未确认 NOT CONFIRMED" in told
    assert f"earlier notice not confirmed: 340000 {notice}" in at(stack, "run", "--dry-run").out


def test_the_ledger_of_what_was_provided(stack: Stack) -> None:
    ledger = partial(yrd, "retention", "ledger", "--config", config(stack))
    rows = until(lambda: ledger("--json", "--peer", "320000").json(), "something was provided")
    assert rows[0]["peer"] == "320000"
    assert rows[0]["start"] == 0
    assert rows[-1]["stop"] > 0
    assert "条提供记录 / provisions" in ledger().out


@pytest.mark.parametrize("command", ["status", "ledger", "ended"])
def test_a_gateway_that_never_ran_has_nothing_to_tell(
    tmp_path: Path, stack: Stack, command: str
) -> None:
    changed = config(stack).with_name("never.yaml")
    text = config(stack).read_text("utf-8").replace("data_dir: data", f"data_dir: {tmp_path}")
    changed.write_text(text, "utf-8")
    ran = yrd("retention", command, "--config", changed)
    assert ran.status == 2
    assert "no store: the gateway has never run" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_is_not_there_is_named(tmp_path: Path) -> None:
    ran = yrd("retention", "status", "--config", tmp_path / "none.yaml")
    assert ran.status == 2
    assert "none.yaml: can't be read" in ran.err
