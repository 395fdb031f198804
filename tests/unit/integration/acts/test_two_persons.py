"""What asks for two persons: the page's file, or a clause that gives a draft only when it was approved."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from integration.acts import checks
from integration.acts.refusals import NotNow
from integration.acts.seam import Role, message_id
from integration.acts.two_persons import Rules
from schemas import message_ids
from tests.support.acting import NOW_MS, Receipt, World, person, report
from yrd.exchange.v1.message_pb2 import Draft

ACK = "yrd.coordination.v1.Acknowledgement"
APPROVED = "has(header.act) && has(header.act.approved_by)"
TODAY = date(2026, 6, 1)


def drafts(post: str = "总值班室") -> list[Draft]:
    world, key, who = World(), message_ids.new(NOW_MS), person("p1")
    world.take(report())
    about = f"message:actual:{report().header.message_id}"
    made = Receipt().drafts(world.known(), about, {"post": post}, who, key)
    assert made[0].header.message_id == message_id(key)
    return checks.marked(made, "receipt", key, checks.acting(who, Role.DUTY_OFFICER), None)


def agreed(folder: Path, when: str, **changes: Any) -> Path:
    clause = {"id": "acks", "types": [ACK], "to": ["320000"], "when": when} | changes
    content = {
        "id": "a",
        "title": "协议",
        "between": ["310000", "320000"],
        "legal_basis": "测试用",
        "purpose": "测试用",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "clauses": [{"id": "open", "types": [ACK], "to": ["320000"]}, clause],
    }
    (folder / "a.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def asking(folder: Path | None, today: date = TODAY, **more: Any) -> list[str]:
    return Rules("310000", (), folder, lambda: today).asking("receipt", drafts(**more))


def test_a_clause_that_gives_only_what_was_approved_asks_for_two(tmp_path: Path) -> None:
    assert asking(agreed(tmp_path, APPROVED)) == ["a/acks"]
    mixed = f'body.post == "总值班室" && {APPROVED}'
    assert asking(agreed(tmp_path, mixed)) == ["a/acks"]
    assert asking(agreed(tmp_path, mixed), post="别处") == []


@pytest.mark.parametrize(
    ("when", "changes"),
    [
        ("", {}),
        ('body.post == "总值班室"', {}),
        (f"!({APPROVED})", {}),
        (APPROVED, {"from": ["320000"], "to": ["310000"]}),
        (APPROVED, {"types": ["yrd.aid.*"]}),
    ],
)
def test_what_is_given_alike_or_not_by_us_asks_for_nothing(
    tmp_path: Path, when: str, changes: dict[str, Any]
) -> None:
    assert asking(agreed(tmp_path, when, **changes)) == []


def test_an_agreement_that_is_over_asks_for_nothing(tmp_path: Path) -> None:
    agreed(tmp_path, APPROVED)
    assert asking(tmp_path, date(2026, 12, 31)) == ["a/acks"]
    assert asking(tmp_path, date(2027, 1, 1)) == []


def test_the_pages_file_asks_by_name(tmp_path: Path) -> None:
    rules = Rules("310000", ("receipt",), agreed(tmp_path, APPROVED), lambda: TODAY)
    assert rules.asking("receipt", drafts()) == ["people.two_persons", "a/acks"]
    assert rules.asking("other", []) == []
    assert (rules.always("receipt"), rules.always("other")) == (True, False)


def test_agreements_are_read_anew_and_what_cannot_be_read_lets_nothing_pass(tmp_path: Path) -> None:
    rules = Rules("310000", (), agreed(tmp_path, ""), lambda: TODAY)
    assert rules.asking("receipt", drafts()) == []
    agreed(tmp_path, APPROVED)
    assert rules.asking("receipt", drafts()) == ["a/acks"]
    (tmp_path / "a.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(NotNow, match="agreements can't be read"):
        rules.asking("receipt", drafts())
    (tmp_path / "a.yaml").unlink()
    with pytest.raises(NotNow, match="agreements can't be read"):
        rules.asking("receipt", drafts())
