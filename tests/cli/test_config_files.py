"""yrd config files: units of systemd and a compose file, which start commands that there are."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from integration.cli.main import app
from integration.manual.pages import pages
from integration.operate.files import INSTALLED, shipped
from tests.support.blocks import ROOT
from tests.support.commands import taken, yrd

UNITS = ["backup", "bridge@", "gateway", "http", "page", "pipeline"]
MOST_EXPOSED = 25
"""In tenths, as `systemd-analyze security` counts: 0 nothing is open, 100 everything."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, with a command that is there."""
    made = tmp_path_factory.mktemp("files") / "new"
    done = yrd("config", "files", "--to", made, "--yrd", "/bin/true")
    assert done.status == 0, done.err
    return made


def unit(folder: Path, name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(folder / "systemd" / f"yrd-{name}.service", encoding="utf-8")
    return parsed


def test_all_that_is_shipped_is_written(folder: Path) -> None:
    for name in shipped():
        assert (folder / name).exists()
        assert str(name) == "README.md" or name.suffix != ".py"
    assert [p.name for p in sorted((folder / "systemd").glob("*.service"))] == [
        f"yrd-{name}.service" for name in UNITS
    ]


def test_the_readme_names_every_unit(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for path in (*(folder / "systemd").iterdir(), *(folder / "container").iterdir()):
        assert f"{path.parent.name}/{path.name}`" in text


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_a_command_that_there_is(folder: Path, name: str) -> None:
    service = unit(folder, name)["Service"]
    typed = shlex.split(service["ExecStart"].replace("%i", "out"))
    if typed[:2] == ["/bin/sh", "-ec"]:  # a date is the shell's to say
        typed = shlex.split(typed[2].removeprefix("exec "))
    program, *arguments = typed
    assert program == "/bin/true"
    taken(arguments)
    assert (service["User"], service["NoNewPrivileges"]) == ("yrd", "yes")
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    assert service["Type"] == "oneshot" or service["RestartPreventExitStatus"] == "2"
    assert "--new" not in arguments, "a unit that begins a log would fork it when the store is gone"


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_names_a_page_of_the_manual(folder: Path, name: str) -> None:
    named = unit(folder, name)["Unit"]["Documentation"]
    assert named.startswith("man:")
    page = named.removeprefix("man:").removesuffix("(1)")
    assert f"{page}.1" in pages(typer.main.get_command(app))


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault(folder: Path, name: str) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("left out: no systemd-analyze (the units are parsed above)")
    path = folder / "systemd" / f"yrd-{name}.service"
    environment = {**os.environ, "LC_ALL": "C"}
    timers = [str(timer) for timer in [path.with_suffix(".timer")] if timer.exists()]
    verify = [analyze, "verify", "--man=no", str(path), *timers]
    done = subprocess.run(verify, check=False, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    secure = [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(path)]
    done = subprocess.run(secure, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout


def test_compose_starts_commands_that_there_are(folder: Path) -> None:
    said = yaml.safe_load((folder / "container" / "compose.yaml").read_text(encoding="utf-8"))
    assert set(said["services"]) == {
        "gateway",
        "page",
        "http",
        "bridge-out",
        "bridge-in",
        "pipeline",
    }
    for service in said["services"].values():
        taken([str(word) for word in service["command"]])
        assert service["read_only"] is True
        assert (service["cap_drop"], service["user"]) == (["ALL"], "10001")
        named = {volume.split(":")[0] for volume in service["volumes"]} - {"./etc"}
        assert named <= set(said["volumes"])
        assert set(service.get("depends_on", [])) <= set(said["services"])


def test_the_image_is_built_from_the_wheel_with_extras_that_there_are(folder: Path) -> None:
    text = (folder / "container" / "Containerfile").read_text(encoding="utf-8")
    found = re.search(r"\{wheel\}\[([a-z,]+)\]", text)
    assert found
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"page", "http"} < set(found[1].split(",")) <= set(project["optional-dependencies"])
    assert 'ENTRYPOINT ["yrd"]' in text


def test_files_that_are_there_stay(folder: Path) -> None:
    mine = folder / "README.md"
    before = mine.read_text(encoding="utf-8")
    mine.write_text("mine", encoding="utf-8")
    done = yrd("config", "files", "--to", folder)
    assert (done.status, "stays; choose another folder" in done.err) == (1, True)
    assert mine.read_text(encoding="utf-8") == "mine"
    mine.write_text(before, encoding="utf-8")


def test_the_command_needs_a_full_path(tmp_path: Path) -> None:
    done = yrd("config", "files", "--to", tmp_path / "new", "--yrd", "yrd")
    assert (done.status, INSTALLED in done.err) == (1, True)
    assert not (tmp_path / "new").exists()


def test_a_command_in_a_home_is_warned_about(tmp_path: Path) -> None:
    done = yrd("config", "files", "--to", tmp_path / "new", "--yrd", "/home/li/yrd/bin/yrd")
    assert (done.status, "/opt" in done.err) == (0, True)
