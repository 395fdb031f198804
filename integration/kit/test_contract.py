"""The cases as test items; see plugin.py."""

import pytest

from integration.kit.bench import Bench
from integration.kit.interpreter import run_case
from integration.kit.model import Case, Status


def test_contract(contract_case: Case, contract_bench: Bench) -> None:
    """One case against the gateway under test."""
    outcome = run_case(contract_case, contract_bench)
    if outcome.status is Status.SKIPPED:
        pytest.skip(outcome.expected)
    if outcome.status is Status.FAILED:
        pytest.fail(
            f"{contract_case.title}\nstep {outcome.step}: expected {outcome.expected}\n"
            f"came {outcome.came}\nsee: yrd contracts verify --explain {contract_case.full_name}",
            pytrace=False,
        )
