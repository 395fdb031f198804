"""Starting `yrd` as a process, and what runs on this machine because of it, from /proc."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.waiting import until

STOP_SECONDS = 30.0


class Process(NamedTuple):
    """A process that is not just waiting to be forgotten."""

    number: int
    session: int
    command: str


def running() -> list[Process]:
    """All processes of this machine but this one."""
    found = [_read(path) for path in Path("/proc").glob("[0-9]*") if path.name != str(os.getpid())]
    return [process for process in found if process is not None]


def _read(path: Path) -> Process | None:
    try:
        command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        # the name in brackets may hold blanks; behind it: state, parent, group, session
        state, _, _, session = (path / "stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:  # it ended meanwhile
        return None
    return Process(int(path.name), int(session), command) if state != "Z" else None


def sessions_of(folder: Path) -> set[int]:
    """Sessions of all processes that name the folder; their children are in them, too."""
    return {process.session for process in running() if str(folder) in process.command}


def alive(sessions: set[int], folder: Path) -> list[Process]:
    """What still runs in these sessions or names the folder."""
    return [p for p in running() if p.session in sessions or str(folder) in p.command]


def assert_all_end(sessions: set[int], folder: Path) -> None:
    """Waits until nothing is left; fails naming what is."""
    assert sessions, "nothing was running"
    until(
        lambda: not alive(sessions, folder), f"the end of {alive(sessions, folder)}", STOP_SECONDS
    )


AS_FROM_A_TERMINAL = """
import signal
# what a shell starts in the background ignores Ctrl-C, and so would all that it starts
signal.signal(signal.SIGINT, signal.default_int_handler)
from integration.cli.main import main
main()
"""


def yrd(
    arguments: Sequence[str], output: Path, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Starts the command in a session of its own, as a terminal does; all that it says is in `output`."""
    with output.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-c", AS_FROM_A_TERMINAL, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process that a failed test left behind. Its children end with it."""
    if process.poll() is None:
        process.kill()
    process.wait()
