"""A pytest plugin: `pytest --pyargs integration.kit --target HOST:PORT --certs DIR`.

Each case is a test item named by its case. A case that is known to fail is an expected failure, and
strictly so.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from integration.kit.model import PROFILES

if TYPE_CHECKING:
    from integration.kit.bench import Bench
    from integration.kit.model import Case

# every pytest in this environment loads this module: what the kit needs is imported when it is used
# ruff: noqa: PLC0415

CASE = "contract_case"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `yrd contracts verify`."""
    group = parser.getgroup("contract", "contract-test kit of the Yangtze Delta exchange")
    group.addoption("--target", default="", help="HOST:PORT of the gateway under test.")
    group.addoption("--certs", help="Folder made by `yrd contracts prepare`.")
    group.addoption("--profile", default="full", choices=PROFILES, help="Which cases.")
    group.addoption("--known-failing", help="File with names of cases that are known to fail.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item a case. Raises UsageError for what can't be used."""
    if CASE not in metafunc.fixturenames:
        return
    config = metafunc.config
    if not config.getoption("--target") or not config.getoption("--certs"):
        raise pytest.UsageError("say which gateway: --target HOST:PORT --certs DIR")
    from integration.kit.model import CaseFileError
    from integration.kit.running import SelectionError, all_groups, selected
    from integration.kit.verdict import KnownFailingError, read_known_failing

    try:
        groups = all_groups()
        cases = selected(groups, config.getoption("--profile"))
        path = config.getoption("--known-failing")
        known = read_known_failing(Path(path), groups) if path else {}
    except (CaseFileError, SelectionError, KnownFailingError) as error:
        raise pytest.UsageError(str(error)) from None
    metafunc.parametrize(CASE, [_parameter(case, known) for case in cases])


def _parameter(case: "Case", known: dict[str, int]) -> object:
    line = known.get(case.full_name)
    marks = [pytest.mark.xfail(strict=True, reason=f"known to fail, line {line}")] if line else []
    return pytest.param(case, id=case.full_name, marks=marks)


@pytest.fixture(scope="session")
def contract_bench(request: pytest.FixtureRequest) -> Iterator["Bench"]:
    """Connections to the gateway under test."""
    from integration.kit.running import all_groups, bench_for, selected
    from integration.kit.setup import SetupError, load
    from integration.kit.target import Unreachable

    config = request.config
    try:
        setup = load(Path(config.getoption("--certs")))
        with bench_for(config.getoption("--target"), setup) as bench:
            bench.begin(selected(all_groups(), config.getoption("--profile")))
            yield bench
    except (SetupError, Unreachable) as error:
        pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
