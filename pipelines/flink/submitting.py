"""Gives the job to a cluster, by Flink's own command in an environment of its own."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.flink.packing import pack
from pipelines.flink.settings import Settings, arguments, in_environment

VERSION = "2.3.0"
CONNECTOR = "flink-sql-connector-kafka-4.0.1-2.0.jar"
GUIDE = "docs/flink.md"
_JOB = re.compile(r"JobID ([0-9a-f]{32})")
_NO_CLUSTER = ("Connection refused", "UnknownHostException", "Could not connect", "timed out")
_KEPT_LINES = 15


class NotSubmitted(Exception):
    """The job was not taken; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Where a job goes, and with what.

    `environment`: a virtual environment with apache-flink; `connector`: Flink's connector for Kafka, a jar.
    `resume`: folder of a savepoint or checkpoint. `kafka`: settings of
    Kafka's Java clients. `options`: further words for Flink's command.
    """

    settings: Settings
    environment: Path
    connector: Path
    cluster: str = ""
    target: str = "remote"
    resume: str = ""
    kafka: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


def submit(submission: Submission) -> str:
    """Returns the job's id. Raises NotSubmitted."""
    home = flink_home(submission.environment)
    if not submission.connector.is_file():
        raise NotSubmitted(
            f"{submission.connector}: no such file; fetch org.apache.flink:flink-sql-connector-kafka "
            f"({CONNECTOR}) from Maven, and name it ({GUIDE})"
        )
    with tempfile.TemporaryDirectory(prefix="yrd-flink-") as folder:
        archive = Path(folder, "yrd.zip")
        pack(archive)
        said = _run(home, command(submission, home, archive), in_environment(submission.kafka))
        return _job_id(said, submission)


def packed(submission: Submission, archive: Path) -> str:
    """Writes our code where an image takes it from; Flink's command that submits it from there.

    Raises NotSubmitted, or OSError.
    """
    home = flink_home(submission.environment)
    pack(archive)
    return shlex.join(command(submission, home, archive))


def flink_home(environment: Path) -> Path:
    """Where Flink lies in a virtual environment. Raises NotSubmitted."""
    found = sorted(environment.glob("lib/python3.*/site-packages/pyflink"))
    if not found or not (found[0] / "bin" / "flink").is_file():
        raise NotSubmitted(
            f"{environment}: no virtual environment with PyFlink: make one with `python -m venv`, "
            f"apache-flink=={VERSION} and pipelines/flink/requirements.txt ({GUIDE})"
        )
    if shutil.which("java") is None:
        raise NotSubmitted("Flink's command needs Java 17, and there is no `java` on the path")
    return found[0]


def command(submission: Submission, home: Path, archive: Path) -> list[str]:
    """The call of Flink's command."""
    python = str(home.parents[3] / "bin" / "python")
    options = {"python.client.executable": python, "python.executable": python}
    if submission.target == "remote":
        host, _, port = submission.cluster.rpartition(":")
        options |= {"rest.address": host, "rest.port": port}
    return [
        str(home / "bin" / "flink"),
        "run",
        "--detached",
        *("--target", submission.target),
        *(f"-D{key}={value}" for key, value in options.items()),
        *submission.options,
        *(("--fromSavepoint", submission.resume) if submission.resume else ()),
        *("--pyFiles", str(archive)),
        *("--pyModule", "pipelines.flink.job"),
        *("--jarfile", str(submission.connector)),
        *arguments(submission.settings),
    ]


def _run(home: Path, words: list[str], more: Mapping[str, str]) -> str:
    # packages need not say that their files may be run
    (home / "bin" / "flink").chmod(0o755)
    # our own packages are in the archive, and not those of this environment
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    path = f"{home.parents[3] / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(
        words,
        check=False,
        capture_output=True,
        text=True,
        env={**environment, "PATH": path, **more},
    )
    return done.stdout + done.stderr


def _job_id(said: str, submission: Submission) -> str:
    found = _JOB.search(said)
    if found:
        return found[1]
    if any(words in said for words in _NO_CLUSTER):
        raise NotSubmitted(
            f"no Flink cluster answers at {submission.cluster or submission.target}: start one, or name "
            "its REST address with --cluster HOST:PORT"
        )
    lines = [line for line in said.splitlines() if line.strip()]
    raise NotSubmitted("Flink did not take the job:\n" + "\n".join(lines[-_KEPT_LINES:]))
