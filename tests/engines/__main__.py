"""The tests with engines, and the table of faults made from them: `python -m tests.engines`.

`--rounds N` tries each fault so many times with seeds of its own; `--page docs/faults.md` puts the table
there, a section for each engine that was tried, and leaves the others as they are.
"""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integration.engines.versions import VERSIONS
from tests.engines.recording import MARKER, SEEN, Rounds
from tests.engines.tried import FAULT_HEAD, fault_rows, markdown, replaced

HERE = Path(__file__).parent


def main() -> int:
    """Exit status of the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="of each fault")
    parser.add_argument("--only", default="", help="tests with this in their name (pytest -k)")
    parser.add_argument("--all", action="store_true", help="also tests that try no fault")
    parser.add_argument("--page", type=Path, help="Markdown page that gets the table")
    told = parser.parse_args()
    which = [str(HERE), "-k", told.only, "--timeout", "600"]
    status = pytest.main(which + ([] if told.all else ["-m", MARKER]), [Rounds(told.rounds)])
    if told.page:
        told.page.write_text(_with_tables(told.page.read_text("utf-8")), encoding="utf-8")
    return int(status)


def _with_tables(page: str) -> str:
    for engine in dict.fromkeys(one.engine for one in SEEN if one.engine):
        page = replaced(page, engine, _section(engine))
    return page


def _section(engine: str) -> str:
    made = (
        f"Made by `make engine-faults` on {datetime.now(UTC):%Y-%m-%d}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores."
    )
    table = markdown(FAULT_HEAD, fault_rows(SEEN, engine))
    return f"### {engine} {VERSIONS[engine]()}\n{made}\n\n{table}"


if __name__ == "__main__":
    sys.exit(main())
