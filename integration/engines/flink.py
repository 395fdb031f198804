"""Apache Flink from PyPI: a session cluster on free ports of this machine, and its REST interface."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration.engines.cache import CACHE, REMEDY
from integration.engines.flink_rest import Rest
from integration.engines.processes import EngineMissing, Group, built, free_ports, require
from pipelines.flink.submitting import CONNECTOR, VERSION, flink_home

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
REQUIREMENTS = ROOT / "pipelines" / "flink" / "requirements.txt"
ARTIFACT = "org.apache.flink:flink-sql-connector-kafka:4.0.1-2.0"
SECONDS = 120.0
NEWEST_PYTHON = (3, 13)
"""PyFlink is not for this one any more."""
WORKER = b"pyflink.fn_execution.beam.beam_boot"


@dataclass(frozen=True, slots=True)
class Distribution:
    """An environment with PyFlink and what our functions import, and the connector for Kafka."""

    environment: Path
    connector: Path

    def __str__(self) -> str:
        return str(self.environment.parent)

    @property
    def home(self) -> Path:
        """Flink's own folder."""
        return flink_home(self.environment)


def cached(cache: Path = CACHE) -> Distribution:
    """The distribution, if it was fetched. Raises EngineMissing."""
    require("java")
    folder = cache / f"flink-{VERSION}"
    stamp = folder / "whole"
    if not stamp.exists() or stamp.read_text("utf-8") != REQUIREMENTS.read_text("utf-8"):
        raise EngineMissing(f"it is not in {cache}, or an earlier one: {REMEDY}")
    return Distribution(folder / "venv", folder / CONNECTOR)


def fetch(cache: Path = CACHE) -> Distribution:
    """The distribution; fetched if it is not whole yet. Raises EngineMissing."""
    require("java", "mvn")
    if sys.version_info >= NEWEST_PYTHON:
        raise EngineMissing(
            f"PyFlink {VERSION} needs a Python older than 3.13, this is {sys.version.split()[0]}"
        )
    folder = cache / f"flink-{VERSION}"
    made = Distribution(folder / "venv", folder / CONNECTOR)
    stamp, wanted = folder / "whole", REQUIREMENTS.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print(f"  fetching Flink {VERSION} with pip and Maven (840 MB) …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        pip = [*_environment(made.environment), "install", "--quiet"]
        built([*pip, f"apache-flink=={VERSION}"], folder)
        built([*pip, "--no-deps", "--requirement", str(REQUIREMENTS)], folder)
        copy = ["dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
        built(["mvn", "-q", "-B", *copy], folder)
        for script in (made.home / "bin").glob("*.sh"):
            script.chmod(0o755)
        stamp.write_text(wanted, encoding="utf-8")
    return made


def _environment(folder: Path) -> list[str]:
    """Makes a virtual environment; how pip is called there. A system may have split pip off from venv."""
    pips = sorted((ROOT / "tools" / "bootstrap").glob("pip-*.whl"))
    bare = ["--without-pip"] if pips else []
    built([sys.executable, "-m", "venv", "--clear", *bare, str(folder)], folder.parent)
    python = str(folder / "bin" / "python")
    return [python, str(pips[-1] / "pip")] if pips else [python, "-m", "pip"]


@dataclass(slots=True)
class Cluster:
    """A job manager and a task manager, each in a session of its own with all that it starts."""

    distribution: Distribution
    folder: Path
    group: Group
    ports: list[int] = field(default_factory=lambda: free_ports(2))

    @property
    def address(self) -> str:
        """Where its REST interface listens, HOST:PORT."""
        return f"127.0.0.1:{self.ports[1]}"

    def start(self, name: str) -> None:
        """Starts the `jobmanager` or the `taskmanager`."""
        script = self.distribution.home / "bin" / f"{name}.sh"
        variables = {"FLINK_CONF_DIR": self._configured(), "FLINK_LOG_DIR": self.folder}
        named = [f"{key}={value}" for key, value in variables.items()]
        self.group.start(name, ["env", *named, str(script), "start-foreground"])

    def wait(self) -> None:
        """Until it has slots, free or not. Raises EngineMissing."""
        self.group.wait_for("slots", lambda: self.overview().get("slots-total", 0) > 0, SECONDS)

    def kill(self, name: str) -> None:
        """SIGKILL to it and all that it has started."""
        self.group.kill_all(name)

    def revive(self) -> None:
        """Starts what is not alive."""
        for name in ("jobmanager", "taskmanager"):
            if not self.group.runs(name):
                self.start(name)
        self.wait()

    def end(self) -> None:
        """Kills all of it."""
        for one in ("taskmanager", "jobmanager"):
            if self.group.runs(one):
                self.kill(one)

    def workers(self) -> list[int]:
        """Processes of the task manager that run Python."""
        session, found = self.group.pid("taskmanager"), list[int]()
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it may have ended meanwhile
                if (
                    WORKER in (path / "cmdline").read_bytes()
                    and os.getsid(int(path.name)) == session
                ):
                    found.append(int(path.name))
        return found

    def overview(self) -> dict[str, Any]:
        """What it says of itself; nothing if it does not answer."""
        return self.rest.get("/overview")

    @property
    def rest(self) -> Rest:
        """Its REST interface."""
        return Rest(self.address)

    def _configured(self) -> Path:
        """A folder of configuration, as Flink's own but for config.yaml."""
        made = self.folder / "conf"
        if not made.exists():
            shutil.copytree(self.distribution.home / "conf", made)
            text = (HERE / "flink.config.yaml").read_text(encoding="utf-8")
            python = self.distribution.environment / "bin" / "python"
            values = {
                "rpc": self.ports[0],
                "rest": self.ports[1],
                "folder": self.folder,
                "python": python,
            }
            for name, value in values.items():
                text = text.replace(f"{{{name}}}", str(value))
            (made / "config.yaml").write_text(text, encoding="utf-8")
        return made


@contextmanager
def cluster(distribution: Distribution) -> Iterator[Cluster]:
    """A fresh one that serves until the block ends. Raises EngineMissing."""
    with tempfile.TemporaryDirectory(prefix="yrd-flink-") as name, Group(Path(name)) as group:
        made = Cluster(distribution, Path(name), group)
        try:
            made.start("jobmanager")
            made.start("taskmanager")
            made.wait()
            yield made
        finally:
            made.end()
