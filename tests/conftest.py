"""Fixtures for all tests."""

import itertools
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from integration import certs
from integration.engines import postgres
from integration.engines.processes import EngineMissing
from tests.support.materials import Materials

# no timed assertions: a machine that is busy breaks no law
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def materials(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Certificates and keys for all participants."""
    folder: Path = tmp_path_factory.mktemp("materials") / "certs"
    certs.make_all(folder)
    return Materials(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A server for all tests; skips, naming what this machine lacks, and fails in CI."""
    with ExitStack() as running:
        try:
            made = running.enter_context(postgres.server())
        except EngineMissing as error:
            if os.environ.get("CI") == "true":
                pytest.fail(f"CI has no PostgreSQL: {error}")
            pytest.skip(f"left out: {error}")
        yield made


_databases = itertools.count(1)


@pytest.fixture
def database(postgres_server: postgres.Server) -> str:
    """Where a fresh database is."""
    return postgres_server.create(f"fresh{next(_databases)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was left out, file by file, and why."""
    left_out = Counter(
        (report.nodeid.partition("::")[0], str(report.longrepr[2]).removeprefix("Skipped: "))
        for report in terminalreporter.stats.get("skipped", [])
    )
    for (file, reason), count in sorted(left_out.items()):
        terminalreporter.write_line(f"{file}: {count} tests {reason}")
