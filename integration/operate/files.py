"""Writes the files of this folder elsewhere: all but the Python, with the command where it lies here."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTALLED = "/opt/yrd/bin/yrd"
"""How the units name the command."""


class FilesError(Exception):
    """Files that can't be written; the text says why and what to do."""


def running_command() -> Path:
    """Where the command is that runs now; else where the units say."""
    beside = Path(sys.executable).with_name("yrd")
    found = str(beside) if beside.exists() else shutil.which("yrd")
    return Path(found or INSTALLED)


def in_a_home(program: Path) -> bool:
    """Whether the units, which see no home directories, would not find it."""
    return any(program.is_relative_to(home) for home in ("/home", "/root", "/run/user"))


def shipped() -> Iterator[Path]:
    """What there is to write, relative to this folder."""
    for path in sorted(HERE.rglob("*")):
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts:
            yield path.relative_to(HERE)


def write(folder: Path, program: Path) -> list[Path]:
    """Writes them all, units with `program` as the command. Returns what was written.

    Raises FilesError, having written nothing, if one is there already or the command has no full path.
    """
    if not program.is_absolute():
        raise FilesError(f"--yrd {program}: systemd wants a full path, such as {INSTALLED}")
    names = list(shipped())
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise FilesError(f"{folder / there[0]}: is there and stays; choose another folder")
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (HERE / name).read_bytes()
        if name.parts[0] == "systemd":
            content = content.replace(INSTALLED.encode(), os.fsencode(program))
        target.write_bytes(content)
    return names
