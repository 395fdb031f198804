"""`pytest --pyargs integration.kit`: each case is an item."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.kit.under_test import under_test

ROOT = Path(__file__).parents[3]


def run_pytest(*arguments: object) -> tuple[int, str]:
    """Status and output of pytest with the plugin, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "--pyargs", "integration.kit"]
    more = ["-p", "no:cacheprovider", *map(str, arguments)]
    ran = subprocess.run([*command, *more], capture_output=True, text=True, cwd=ROOT, check=False)
    return ran.returncode, ran.stdout + ran.stderr


def test_each_case_is_an_item(kit_folder: Path, tmp_path: Path) -> None:
    known = tmp_path / "known"
    known.write_text("revisions/equal\n")
    with under_test(kit_folder, tmp_path / "data") as target:
        status, said = run_pytest(
            "--target", target.config.listen, "--certs", kit_folder, "-k", "revisions", "-rA",
            "--known-failing", known,
        )  # fmt: skip
    assert "PASSED" in said, said
    assert "[revisions/stale]" in said
    assert "[XPASS(strict)] known to fail, line 1" in said
    assert status == pytest.ExitCode.TESTS_FAILED


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say which gateway"),
        (("--target", "127.0.0.1:9", "--certs", "nowhere"), "yrd contracts prepare"),
    ],
)
def test_bad_usage_is_told(arguments: tuple[str, ...], words: str) -> None:
    status, said = run_pytest(*arguments, "-k", "revisions")
    assert status != 0
    assert words in said
