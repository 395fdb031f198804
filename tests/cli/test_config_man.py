"""Pages of the manual: one for every command, with all that its help says, as man can show it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from integration.cli.examples import EXAMPLES
from integration.manual.roff import plain
from tests.support.commands import all_commands, yrd

COMMANDS = all_commands()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("man")
    done = yrd("config", "man", "--to", made)
    assert done.status == 0, done.err
    return made


def page(folder: Path, words: str) -> str:
    return (folder / f"yrd-{words.replace(' ', '-')}.1").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_has_a_page(folder: Path, words: str) -> None:
    text = page(folder, words)
    for parameter in COMMANDS[words].params:
        if parameter.name != "help":
            assert plain(" ".join(parameter.help.split())) in text, parameter.name
    for example in EXAMPLES[words]:
        assert plain(example) in text


def test_groups_have_pages_that_lead_on(folder: Path) -> None:
    assert "yrd\\-config\\-init" in (folder / "yrd-config.1").read_text(encoding="utf-8")
    assert "yrd\\-config" in (folder / "yrd.1").read_text(encoding="utf-8")
    assert len(list(folder.iterdir())) > len(COMMANDS)


def test_a_dot_or_a_quote_begins_no_request() -> None:
    assert plain(".TH x\n.so /etc/passwd") == "\\&.TH x\n\\&.so /etc/passwd"
    assert plain("'so a\\b") == "\\(aqso a\\eb"


def test_a_formatter_finds_no_fault(folder: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("left out: no groff (the pages' text is compared above)")
    pages = [str(path) for path in sorted(folder.iterdir())]
    command = [groff, "-man", "-Kutf8", "-Tutf8", "-ww", *pages]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.sub("\x08.", "", done.stdout)  # bold is struck twice
    assert shown.count("EXAMPLES") >= len(COMMANDS)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = yrd("config", "man", "--to", tmp_path / "file" / "man1")
    assert (done.status, "choose another with --to" in done.err) == (1, True)
