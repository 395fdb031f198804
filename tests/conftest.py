"""Fixtures for all tests."""

from collections import Counter
from pathlib import Path

import pytest

from integration import certs
from tests.support.materials import Materials


@pytest.fixture(scope="session")
def materials(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Certificates and keys for all participants."""
    folder: Path = tmp_path_factory.mktemp("materials") / "certs"
    certs.make_all(folder)
    return Materials(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was left out, file by file, and why."""
    left_out = Counter(
        (report.nodeid.partition("::")[0], str(report.longrepr[2]).removeprefix("Skipped: "))
        for report in terminalreporter.stats.get("skipped", [])
    )
    for (file, reason), count in sorted(left_out.items()):
        terminalreporter.write_line(f"{file}: {count} tests {reason}")
