"""Gateway processes: `yrd gateway serve` behind a disk and a clock that obey the harness.

A nursery process has imported everything and forks a gateway when asked: that takes milliseconds,
where a fresh interpreter takes seconds. Asked for a cold start, it starts a fresh interpreter.
All of them end with the harness.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

import gateway.app  # the command imports it when it runs; a fork is to have it already
import gateway.recovery.recover  # noqa: F401
import integration.logs  # noqa: F401
from gateway.store import sqlite_checkpoints
from integration.cli.main import main
from tests.faults.harness.control import Control
from tests.faults.harness.disk import install

SERVE, RECOVER = "serve", "recover"
MODULE = "tests.faults.harness.processes"
CHECKPOINT_PAGES = 200
"""So small that the write-ahead log begins anew in the middle of a load, again and again."""
ALL_IN_PYTHON = "330000"
"""The participant whose gateway takes no native steps: beside those that do, it must come to the same."""
_PR_SET_PDEATHSIG = 1


class Nursery:
    """Starts gateways and knows how they ended. Safe from any thread."""

    def __init__(self) -> None:
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE], stdin=theirs.fileno(), start_new_session=True
            )
        self._file = self._connection.makefile("rw")
        self._lock = threading.Lock()
        self._ended: dict[int, int] = {}

    def start(self, config: Path, *, cold: bool = False) -> int:
        """Starts a gateway; its process id. The control page and the log lie beside the file."""
        return int(self._ask({"config": str(config), "command": SERVE, "cold": cold}))

    def recover(self, config: Path) -> int:
        """Starts the recovery of a gateway's log; its process id. The report lies beside the file."""
        return int(self._ask({"config": str(config), "command": RECOVER, "cold": False}))

    def ended(self, pid: int) -> int | None:
        """Exit status, negative for a signal; None while it runs."""
        if pid not in self._ended:
            status = self._ask({"pid": pid})
            if status is None:
                return None
            self._ended[pid] = status
        return self._ended[pid]

    def close(self) -> None:
        """Ends the nursery, and with it every gateway that it started."""
        self._file.close()
        self._connection.close()
        self._process.wait()

    def _ask(self, question: dict[str, Any]) -> Any:
        with self._lock:
            self._file.write(json.dumps(question) + "\n")
            self._file.flush()
            return json.loads(self._file.readline())


def control_of(config: Path) -> Path:
    """Where the control page of a gateway lies."""
    return config.with_name("control")


def log_of(config: Path) -> Path:
    """Where a gateway's log lies."""
    return config.with_name("gateway.log")


def report_of(config: Path) -> Path:
    """Where the report of a recovery lies."""
    return config.with_name("recovered.json")


def be(command: str, config: Path) -> None:
    """Is the gateway, or the recovery of its log: takes over this process."""
    control = Control(control_of(config))
    install(control)
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + control.clock_seconds
    time.time_ns = lambda: real_ns() + int(control.clock_seconds * 1e9)
    sqlite_checkpoints.DUE_PAGES = CHECKPOINT_PAGES
    if config.parent.name == ALL_IN_PYTHON:
        os.environ["YRD_NATIVE"] = "off"
    sys.argv = ["yrd", "gateway", command, "--config", str(config)]
    if command == RECOVER:
        sys.argv.append("--json")
    elif not log_of(config).stat().st_size:
        sys.argv.append("--new")
    main()


def _nurse() -> None:
    with socket.socket(fileno=0) as connection, connection.makefile("rw") as file:
        for line in file:
            question = json.loads(line)
            answer = _status(question["pid"]) if "pid" in question else _fork(question)
            file.write(json.dumps(answer) + "\n")
            file.flush()


def _status(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _fork(question: dict[str, Any]) -> int:
    pid = os.fork()
    if not pid:
        _live(question["command"], Path(question["config"]), question["cold"])
    return pid


def _live(command: str, config: Path, cold: bool) -> NoReturn:
    """The child's life; it must not go on as a second nursery."""
    status = 0
    try:
        _become(command, config, cold)
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        status = 98
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _become(command: str, config: Path, cold: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()
    log = os.open(log_of(config), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = log
    if command == RECOVER:
        said = os.open(report_of(config), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o644)
    for source, target in ((nothing, 0), (said, 1), (log, 2)):
        os.dup2(source, target)
    if cold:
        os.execv(sys.executable, [sys.executable, "-m", MODULE, str(config)])
    be(command, config)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        be(SERVE, Path(sys.argv[1]))
    else:
        _nurse()
