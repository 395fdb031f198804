"""The whole kit against our own gateway: everything passes, and what is left out is another's."""

from collections import Counter
from pathlib import Path

import pytest

from integration.kit.model import Outcome, Status
from integration.kit.prepare import PROVINCES
from integration.kit.running import all_groups
from tests.contract.kit.under_test import make_folder, run_kit, under_test

PATIENT = 60.0


def others(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    """Outcomes that did not pass, but for samples that another participant is to publish."""
    return [
        (o.case.full_name, o.expected, o.came)
        for o in outcomes
        if o.status is not Status.PASSED and not o.expected.startswith("needs a gateway of ")
    ]


def test_every_case_passes(
    kit_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with under_test(kit_folder, tmp_path / "data") as target:
        outcomes = run_kit(kit_folder, target, monkeypatch, seconds=PATIENT)
    assert others(outcomes) == []
    assert len(outcomes) == sum(len(group.cases) for group in all_groups())


def test_it_passes_again_with_what_is_there_already(
    kit_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = ("publish", "cursors", "log", "peers-log", "replays", "list", "operating")
    with under_test(kit_folder, tmp_path / "data") as target:
        for _ in range(2):
            outcomes = run_kit(kit_folder, target, monkeypatch, only=only, seconds=PATIENT)
            assert Counter(o.status for o in outcomes) == {Status.PASSED: len(outcomes)}


@pytest.mark.parametrize("participant", PROVINCES[1:])
def test_it_passes_in_the_other_provinces(
    participant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(tmp_path / "kit", participant)
    only = ("samples", "authority", "get", "disclosure", "permissions", "follower")
    with under_test(folder, tmp_path / "data") as target:
        outcomes = run_kit(folder, target, monkeypatch, only=only, seconds=PATIENT)
    assert others(outcomes) == []
