"""240 seeded runs: each fault in the middle of a load, eight times, and nothing may come of it.

`python -m tests.faults.soak --seed N --runs 1` does one of them again.
"""

from pathlib import Path

import pytest

from tests.faults.harness.faults import FAULTS
from tests.faults.harness.matrix import SEEN
from tests.faults.soak import soak

ROUNDS = 8


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", [number * len(FAULTS) for number in range(ROUNDS)])
def test_nothing_comes_of_any_fault(first: int, tmp_path: Path) -> None:
    outcomes = list(soak(range(first, first + len(FAULTS)), tmp_path))
    SEEN.extend(outcomes)
    failed = [f"seed {o.seed}, {o.fault}: {p}" for o in outcomes for p in o.problems]
    assert not failed, "\n".join(failed[:10])
