"""The drill on engines says what the embedded drill says, and what each engine carried."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from confluent_kafka.admin import AdminClient

from integration.drill.scenario import FOLDER
from integration.engines import flink, kafka
from integration.engines.postgres import Server
from tests.engines.conftest import require_tools
from tests.support.processes import end, yrd

SCENARIO = "wenling_2020"
SECONDS = 500.0
PROGRESS = re.compile(r"starting|replaying|settling|checking|.*files in ")
VARIES = re.compile(r"(held in all|^│ joint|root is the same|audit of every store)")
"""Lines with the number of messages that the duty room sent: how often it said something anew."""


@pytest.fixture(scope="module")
def fetched() -> None:
    """All engines that the command starts from the cache."""
    require_tools("java", "mvn")
    kafka.fetch()
    flink.fetch()


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A scenario in a hurry."""
    folder = tmp_path / SCENARIO
    shutil.copytree(FOLDER / SCENARIO, folder)
    file = folder / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    seconds = yaml.safe_load(text)["replay_seconds"]
    file.write_text(text.replace(f"replay_seconds: {seconds}", "replay_seconds: 4"), "utf-8")
    return folder


def drilled(scenario: Path, output: Path, *options: str) -> list[str]:
    """The report, line by line."""
    process = yrd(["drill", str(scenario), *options], output)
    try:
        assert process.wait(SECONDS) == 0, output.read_text(encoding="utf-8")
    finally:
        end(process)
    lines = output.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not PROGRESS.match(line)]


@pytest.mark.timeout(1100)
@pytest.mark.usefixtures("fetched", "postgres_server")
def test_on_engines_it_says_the_same(quick: Path, tmp_path: Path) -> None:
    embedded = drilled(quick, tmp_path / "embedded")
    report = drilled(quick, tmp_path / "engines", "--engines")
    carried = [line for line in report if re.match(r"ok     (PostgreSQL|Apache)", line)]
    print("\n" + "\n".join(carried))
    rest = [line for line in report if line not in carried]
    assert len(rest) == len(embedded)
    changed = [a for a, b in zip(embedded, rest, strict=True) if a != b]
    assert [line for line in changed if not VARIES.search(line)] == []
    postgres, broker, cluster = carried
    assert re.search(r"PostgreSQL \d+\S*: \d+ entries in the stores of 5 gateways", postgres)
    assert re.search(r"Kafka \S+: \d+ messages of joint out, once each; [1-9]\d* drafts", broker)
    assert re.search(r"Flink \S+: [1-9]\d* views and objections, once each; [1-9]", cluster)


@pytest.mark.timeout(1100)
def test_engines_that_run_already_are_left_as_they_were(
    quick: Path,
    tmp_path: Path,
    postgres_server: Server,
    broker: kafka.Broker,
    cluster: flink.Cluster,
) -> None:
    named = {
        "--postgres": postgres_server.dsn(),
        "--kafka": broker.address,
        "--flink": cluster.address,
    }
    before = _databases(postgres_server), _topics(broker)
    words = [word for pair in named.items() for word in pair]
    report = drilled(quick, tmp_path / "output", "--engines", *words)
    assert report[-1] == "drill passed: every check held"
    assert (_databases(postgres_server), _topics(broker)) == before
    running = [job for job in cluster.rest.get("/jobs")["jobs"] if job["status"] == "RUNNING"]
    assert running == []


def _databases(server: Server) -> set[str]:
    return set(server.run("SELECT datname FROM pg_database").split())


def _topics(broker: kafka.Broker) -> set[str]:
    admin = AdminClient({"bootstrap.servers": broker.address})
    return {name for name in admin.list_topics(timeout=60).topics if not name.startswith("__")}
