"""What a store has acknowledged or shown outlives a power cut at any step of a commit."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.faults.harness import power
from tests.faults.harness.disk import RECORD
from tests.faults.harness.trials import AS_IT_IS, UNSETTLED, UNSYNCED, Trial

TRIALS = 120


def trials(folder: Path, mode: str, count: int = TRIALS) -> list[Trial]:
    command = [sys.executable, "-m", "tests.faults.harness.trials", str(folder), str(count), mode]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    return [Trial(**json.loads(line)) for line in ran.stdout.splitlines()]


def test_nothing_acknowledged_or_shown_is_lost(tmp_path: Path) -> None:
    found = trials(tmp_path / "data", AS_IT_IS)
    assert len(found) == TRIALS
    assert [trial for trial in found if not trial.good] == []
    assert max(trial.acknowledged for trial in found) > 20, "the load never came into flow"


@pytest.mark.parametrize("mode", [UNSETTLED, UNSYNCED])
def test_the_trial_sees_a_store_that_loses_something(tmp_path: Path, mode: str) -> None:
    """A store that shows what an earlier process left unsynced, and one that does not sync at all."""
    assert [trial for trial in trials(tmp_path / "data", mode) if not trial.good]


def journal(*changes: tuple[int, int, bytes]) -> bytes:
    return b"".join(RECORD.pack(at, size, len(old)) + old for at, size, old in changes)


def test_a_file_is_as_at_its_last_sync() -> None:
    written = [
        (0, 4, b"ab"),
        (4, 4, b""),
        (1, 8, b"Ycd"),
    ]  # over "abcd": XY, behind it EFGH, then 123
    assert power.synced_content(b"X123EFGH", journal(*written)) == b"abcd"


def test_a_record_that_was_not_written_whole_belongs_to_a_write_that_was_not_done() -> None:
    whole = journal((0, 4, b"ab"))
    half = journal((2, 4, b"cd"))[:-1]
    assert power.synced_content(b"XYcd", whole + half) == b"abcd"


def test_torn_sectors_are_old_or_new_and_never_else() -> None:
    old, new = bytes(2048), b"\1" * 3000
    seen = set()
    for seed in range(50):
        torn = power.torn(old, new, Random(seed))
        assert 2048 <= len(torn) <= 3000
        sectors = [set(torn[at : at + 512]) for at in range(0, 2048, 512)]
        assert all(sector in ({0}, {1}) for sector in sectors)
        seen.add(tuple(map(sum, sectors)))
    assert len(seen) > 10
