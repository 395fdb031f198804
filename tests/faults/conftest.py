"""A stack of real processes for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.stack import Stack, prepare
from tests.faults.harness.matrix import SEEN, markdown


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Five gateways, prepared but not started; stopped when the test is over."""
    made = prepare(tmp_path / "stack")
    try:
        yield made
    finally:
        made.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of faults, if there were runs."""
    if SEEN:
        terminalreporter.write_line(markdown(SEEN))
