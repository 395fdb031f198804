"""Which cases catch which fault. `python -m tests.contract.kit.fault_table` prints it as Markdown."""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.contract.kit.faults import FAULTS
from tests.contract.kit.faults.fault import Fault
from tests.contract.kit.under_test import failures, make_folder, run_kit, under_test
from tests.support.native_steps import all_in_python

SHOWN = 4


def caught(fault: Fault, folder: Path, data: Path) -> list[str]:
    """Names of the cases that fail against a gateway with the fault, which is one in Python."""
    with all_in_python(), pytest.MonkeyPatch.context() as patch:
        fault.install(patch)
        with under_test(folder, data, **fault.limits) as target:
            return failures(run_kit(folder, target, patch, only=fault.groups))


def failing_anyway(folder: Path, data: Path) -> set[str]:
    """Names of the cases that fail against a gateway without a fault: they catch nothing."""
    with pytest.MonkeyPatch.context() as patch, under_test(folder, data) as target:
        return set(failures(run_kit(folder, target, patch)))


def row(fault: Fault, cases: Sequence[str]) -> str:
    """One line of the table."""
    named = ", ".join(f"`{name}`" for name in cases[:SHOWN])
    more = f" and {len(cases) - SHOWN} more" if len(cases) > SHOWN else ""
    return f"| {fault.about} | {named}{more} |"


def main() -> int:
    """Prints the table; 1 if a fault was not caught."""
    wanted = [fault for fault in FAULTS if not sys.argv[1:] or fault.name in sys.argv[1:]]
    missed = 0
    print("| fault | cases that catch it |\n|---|---|")
    with tempfile.TemporaryDirectory() as where:
        folder = make_folder(Path(where) / "kit")
        anyway = failing_anyway(folder, Path(where) / "data")
        for name in anyway:
            print(f"{name} fails without a fault: it is left out", file=sys.stderr)
        for number, fault in enumerate(wanted):
            began = time.monotonic()
            found = caught(fault, folder, Path(where) / f"data-{number}")
            cases = [name for name in found if name not in anyway]
            missed += not cases
            print(row(fault, cases), flush=True)
            print(f"{fault.name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
