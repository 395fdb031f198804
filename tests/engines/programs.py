"""The example programs of one language, started as a province's developer starts them."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines.conftest import Station
from tests.support.materials import Materials
from tests.support.waiting import until

SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Programs:
    """How each program is started, without its arguments."""

    publisher: Sequence[str]
    subscriber: Sequence[str]
    codec: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a program said."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """Lines of its standard output."""
        return self.out.splitlines()


def target(address: str, materials: Materials, *who: str) -> list[str]:
    """The arguments that say which gateway, and who calls: participant and system."""
    participant, system = who or ("310000", "console")
    ca, certificate, key = (str(path) for path in materials.system(participant, system))
    paths = ["--ca", ca, "--certificate", certificate, "--key", key]
    return ["--gateway", address, *paths]


@dataclass(slots=True)
class Started:
    """A program that runs, with its output in files."""

    process: "subprocess.Popen[bytes]"
    folder: Path

    @property
    def out(self) -> str:
        """Standard output so far."""
        return (self.folder / "out").read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """Standard error so far."""
        return (self.folder / "err").read_text(encoding="utf-8")

    def shows(self, text: str) -> None:
        """Waits until the output holds it."""
        self._wait(lambda: text in self.out, text)

    def complains(self, text: str) -> None:
        """Waits until the standard error holds it."""
        self._wait(lambda: text in self.err, text)

    def _wait(self, look: Callable[[], bool], text: str) -> None:
        until(lambda: look() or self.process.poll() is not None, repr(text), SECONDS)
        assert look(), f"ended without {text!r}:\n{self.out}\n{self.err}"

    def ended(self) -> Ended:
        """Waits for its end."""
        status = self.process.wait(SECONDS)
        return Ended(status, self.out, self.err)

    def kill(self) -> None:
        """SIGKILL, and none of its processes is left."""
        self.process.kill()
        self.process.wait()


@contextmanager
def started(programs: Programs, command: Sequence[str], folder: Path) -> Iterator[Started]:
    """Runs until the block ends."""
    folder.mkdir()
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, **programs.environment},
        )
    program = Started(process, folder)
    try:
        yield program
    finally:
        program.kill()


def run(programs: Programs, command: Sequence[str], folder: Path) -> Ended:
    """Runs to its end."""
    with started(programs, command, folder) as program:
        return program.ended()


def publisher(programs: Programs, station: Station, *files: Path) -> list[str]:
    """The command that publishes these files at a station."""
    return [
        *programs.publisher,
        *target(station.address, station.materials),
        *(str(file) for file in files),
    ]


def subscriber(
    programs: Programs, station: Station, done: Path, *more: str, cursor: str = "first"
) -> list[str]:
    """The command that reads at a station."""
    where = target(station.address, station.materials)
    return [*programs.subscriber, *where, "--cursor", cursor, "--done", str(done), *more]
