"""What tests with engines of other languages share: the tools, the contract, a gateway to call."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from client import ExchangeClient
from gateway.config import GatewayConfig
from integration.engines import flink, kafka, prism
from integration.engines.processes import EngineMissing
from integration.engines.versions import VERSIONS
from tests.engines.recording import SEEN, Recovery, give_seeds, record
from tests.engines.tried import summary
from tests.support.materials import UNCONCERNED, Materials
from tests.support.running import client_of, free_port, running

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = ROOT / "build" / "contract.binpb"


def require_tools(*names: str) -> None:
    """Skips, naming the tool that this machine lacks; in CI that is a failure."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"CI has no {', '.join(missing)}")
    if missing:
        pytest.skip(f"left out: this machine has no {', '.join(missing)}")


@dataclass(slots=True)
class Station:
    """A gateway of Shanghai at one address, over one store, that a test stops and starts."""

    materials: Materials
    folder: Path
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """It listens on return."""
        self._running.enter_context(running(self._config()))

    def stop(self) -> None:
        """It is gone on return; its store stays."""
        self._running.close()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    @property
    def client(self) -> ExchangeClient:
        """A client to look into the gateway with."""
        return client_of(self._config(), self.materials)

    def _config(self) -> GatewayConfig:
        data = self.folder / "data"
        # its log begins empty: every entry is one that a client sent
        settings = {"agreements_dir": UNCONCERNED, "check_processes": 0}
        return self.materials.config("310000", self.port, data, **settings)


@pytest.fixture
def station(materials: Materials, tmp_path: Path) -> Iterator[Station]:
    """The gateway, running."""
    made = Station(materials, tmp_path / "station")
    made.folder.mkdir()
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """Kafka's distribution; skips, naming what this machine lacks, and fails in CI."""
    require_tools("java", "mvn")
    return kafka.fetch()


@pytest.fixture(scope="session")
def prism_program() -> Path:
    """Prism; skips, naming what this machine lacks, and fails in CI."""
    require_tools("go")
    return prism.fetch()


@pytest.fixture(scope="session")
def lasting_broker(kafka_jars: Path) -> Iterator[kafka.Broker]:
    """One broker for all tests."""
    with kafka.broker(kafka_jars) as made:
        yield made


@pytest.fixture
def broker(lasting_broker: kafka.Broker) -> kafka.Broker:
    """It serves; each test has topics of its own there."""
    lasting_broker.revive()
    return lasting_broker


@pytest.fixture
def recovery(record_property: Callable[[str, object], None]) -> Recovery:
    """A test of a fault measures its recovery with this."""
    return Recovery(record_property)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Seeds for tests of faults."""
    give_seeds(metafunc)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps what became of each test."""
    report = yield
    record(item, report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Which engines there were, what their tests came to, and the table of faults."""
    if SEEN:
        terminalreporter.write_line(f"engines: {', '.join(map(_told, VERSIONS))}")
        terminalreporter.write_line(summary(SEEN))


def _told(engine: str) -> str:
    try:
        return f"{engine} {VERSIONS[engine]()}"
    except EngineMissing as error:
        return f"{engine} left out ({error})"


@pytest.fixture(scope="session")
def lasting_cluster() -> Iterator[flink.Cluster]:
    """One Flink cluster for all tests; skips, naming what this machine lacks, and fails in CI."""
    require_tools("java", "mvn")
    try:
        distribution = flink.fetch()
    except EngineMissing as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI has no Flink: {error}")
        pytest.skip(f"left out: {error}")
    with flink.cluster(distribution) as made:
        yield made


@pytest.fixture
def cluster(lasting_cluster: flink.Cluster) -> flink.Cluster:
    """It serves; each test has jobs of its own there, and ends them."""
    lasting_cluster.revive()
    return lasting_cluster
