"""The shell completes commands, options and values, once `yrd --install-completion` was run in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import yrd

PROGRAM = "#!{python}\nfrom integration.cli.main import main\n\nmain()\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with nothing in it, and a program `yrd` in its bin."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "yrd"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    return tmp_path


def bash(home: Path, script: str) -> str:
    found = shutil.which("bash")
    if found is None:
        pytest.skip("left out: no bash")
    environment = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [
            found,
            "--norc",
            "-c",
            f"{script}\n:",
        ],  # the last word keeps bash from becoming the program
        check=False,
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def completed(home: Path, line: str) -> set[str]:
    """What bash offers at the end of a line, as an interactive one asks for it."""
    words = line.split(" ")
    last = '""' if words[-1] == "" else ""
    script = f"""
yrd --install-completion >/dev/null
. ~/.bash_completions/yrd.sh
COMP_WORDS=({line}{last}) COMP_CWORD={len(words) - 1}
_yrd_completion yrd
echo "${{COMPREPLY[@]}}"
"""
    return set(bash(home, script).split())


def test_it_is_installed_and_completes(home: Path) -> None:
    assert completed(home, "yrd conf") == {"config"}
    assert ". " in (home / ".bashrc").read_text() or "source" in (home / ".bashrc").read_text()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("yrd config ", {"check", "init", "files", "man"}),
        ("yrd config init g", {"gateway"}),
        ("yrd status --as 3", {"310000", "320000", "330000", "340000"}),
        ("yrd config init --ans", {"--answers"}),
    ],
)
def test_commands_options_and_values(home: Path, line: str, offered: set[str]) -> None:
    assert completed(home, line) == offered


def test_other_shells_get_theirs_by_show_completion() -> None:
    said = yrd("--help").out
    assert "--install-completion" in said
    assert "--show-completion" in said
