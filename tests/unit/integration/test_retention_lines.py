"""What officers read of clauses whose terms are over: peer, clause, version, day and how much."""

from uuid import UUID

import pytest

from gateway.store.retained import Ended
from integration.retention import ended_lines, ended_row, run_lines
from yrd.exchange.v1.service_pb2 import ClauseOutcome, RunRetentionResponse

VERSION = "01890a5d-ac96-774b-bcce-b302099a8057"
DAY_US = 1_780_000_000_000_000


@pytest.mark.parametrize(("dry_run", "done"), [(True, "would destroy"), (False, "destroyed")])
def test_a_run_names_the_clause_and_its_version(dry_run: bool, done: str) -> None:
    outcome = ClauseOutcome(
        origin="310000",
        clause="family/incidents",
        activation_id=VERSION,
        messages=2,
        disclosures=3,
    )
    first, *_ = run_lines(RunRetentionResponse(ended=[outcome]), dry_run=dry_run)
    assert first.startswith("310000 family/incidents（保存期限届满 its term is over")
    assert VERSION in first
    assert first.endswith(f"{done}: 2 条消息 messages, 3 组 disclosures")


def test_the_record_is_told_run_by_run() -> None:
    found = [
        Ended("yrd/310000", "family/incidents", UUID(VERSION).bytes, DAY_US + day, 2, 3)
        for day in (0, 86_400_000_000)
    ]
    first, second, total = ended_lines([ended_row(one) for one in found])
    assert first == (
        f"2026-05-28T20:26:40Z 310000 family/incidents（版本 version {VERSION}）: "
        "2 条消息 messages, 3 组 disclosures"
    )
    assert second.startswith("2026-05-29")
    assert total.startswith("共 6 组")
