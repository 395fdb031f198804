"""A gateway that serves no alarms fails the cases that need them, and is told what it lacks."""

from pathlib import Path
from typing import Any

import pytest

from gateway.server.services import AuditHandlers
from integration.kit.model import Status
from tests.contract.kit.under_test import run_kit, under_test


async def not_served(*_: Any) -> None:
    raise NotImplementedError


@pytest.mark.parametrize("method", ["ListAlarms", "SettleAlarm"])
def test_what_is_lacking_is_named(
    method: str, kit_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuditHandlers, method, not_served)
    with under_test(kit_folder, tmp_path / "data") as target:
        (outcome,) = run_kit(kit_folder, target, monkeypatch, only=("replays/settled",))
    assert outcome.status is Status.FAILED
    assert f"AuditService.{method}" in outcome.expected
    assert outcome.came == "UNIMPLEMENTED"
