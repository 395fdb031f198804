"""Programs of an engine: started, waited for, killed, ended together."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

STOP_SECONDS = 20.0
_RESULT = re.compile(r"([a-z0-9_]+)=([0-9.]+)")


class EngineMissing(Exception):
    """An engine can't be set up on this machine; the text says why."""


def require(*programs: str) -> None:
    """Raises EngineMissing unless all of these programs are on the path."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        raise EngineMissing(f"{', '.join(missing)} not on this machine")


def built(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Runs one step of a set-up. Raises EngineMissing with what it said."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise EngineMissing(f"{' '.join(command[:3])} failed:\n{done.stdout[-2000:]}")


def free_ports(count: int) -> list[int]:
    """Ports that are free now, below those that Linux gives to outgoing connections."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) != 0 and port not in found:
                found.append(port)
    return found


def bound_to_us(number: signal.Signals) -> list[str]:
    """How to run a command so that it gets this signal when the thread that starts it ends, however."""
    if shutil.which("setpriv") is None:
        return []
    return ["setpriv", "--pdeathsig", number.name.removeprefix("SIG")]


class Group:
    """Processes that end together; a context manager. Their output goes to files of the folder.

    `bound`: they end with the thread that starts them, too, even if that is killed.
    """

    def __init__(self, folder: Path, *, bound: bool = False) -> None:
        self._folder, self._running = folder, dict[str, subprocess.Popen[bytes]]()
        self.bound = bound

    def start(self, name: str, command: Sequence[str]) -> None:
        """Starts one in a session of its own."""
        command = [*(bound_to_us(signal.SIGTERM) if self.bound else ()), *command]
        with (self._folder / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def runs(self, name: str) -> bool:
        """Whether it was started, and has not ended."""
        process = self._running.get(name)
        return process is not None and process.poll() is None

    def pid(self, name: str) -> int:
        """Its process."""
        return self._running[name].pid

    def kill(self, name: str) -> None:
        """SIGKILL, as a power cut would; it is gone on return."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def alive(self, name: str) -> bool:
        """Whether it has not ended by itself."""
        return self._running[name].poll() is None

    def signal_all(self, name: str, number: signal.Signals) -> None:
        """A signal to it and to all that it has started."""
        os.killpg(self._running[name].pid, number)

    def kill_all(self, name: str) -> None:
        """The same for all that it has started, too."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self, name: str, number: signal.Signals) -> None:
        """Ends one by a signal of its own; it is gone on return."""
        process = self._running.pop(name)
        process.send_signal(number)
        process.wait()

    def wait_for(self, what: str, ready: Callable[[], bool], seconds: float) -> None:
        """Waits for a condition. Raises EngineMissing if a process ends or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            for name, process in self._running.items():
                if process.poll() is not None:
                    raise EngineMissing(f"{name} ended by itself:\n{self._tail(name)}")
            if time.monotonic() > deadline:
                raise EngineMissing(f"{what}: not after {seconds:g} s")
            time.sleep(0.1)

    def wait_for_ports(self, ports: Sequence[int], seconds: float = 60.0) -> None:
        """Waits until all of them accept connections."""
        self.wait_for(f"ports {list(ports)}", lambda: all(map(_accepts, ports)), seconds)

    def _tail(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _accepts(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


def measured(command: Sequence[str], seconds: float) -> dict[str, float]:
    """Runs a load program that prints key=value lines. Raises EngineMissing if it fails."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise EngineMissing(f"the load was not through after {seconds:g} s") from None
    if done.returncode != 0:
        raise EngineMissing(f"the load failed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    found = (_RESULT.fullmatch(line) for line in done.stdout.splitlines())
    return {line[1]: float(line[2]) for line in found if line}
