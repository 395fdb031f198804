"""Apache Kafka from Maven: one broker that is its own controller, on free ports of this machine."""

import base64
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from integration.engines.cache import CACHE, REMEDY
from integration.engines.processes import EngineMissing, Group, built, free_ports, require

VERSION = "4.3.1"
HERE = Path(__file__).parent
SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
advertised.listeners={scheme}://127.0.0.1:{port}
listeners={scheme}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map={scheme}:{scheme},CONTROLLER:PLAINTEXT
inter.broker.listener.name={scheme}
log.dirs={data}
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=16777216
"""
QUICK_RESTART = {"broker.session.timeout.ms": "1500", "broker.heartbeat.interval.ms": "300"}
"""A broker that was killed is back in four seconds instead of twelve."""
PASSWORDS = {
    "sasl.enabled.mechanisms": "PLAIN",
    "sasl.mechanism.inter.broker.protocol": "PLAIN",
    "listener.name.sasl_plaintext.plain.sasl.jaas.config": (
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        'username="broker" password="inner" user_broker="inner" user_bridge="right";'
    ),
}
"""Clients show who they are: bridge, right."""


def cached(cache: Path = CACHE) -> Path:
    """The folder of jars, if they were fetched. Raises EngineMissing."""
    require("java")
    jars = cache / f"kafka-{VERSION}"
    if not (jars / "whole").exists():
        raise EngineMissing(f"it is not in {cache}: {REMEDY}")
    return jars


def fetch(cache: Path = CACHE) -> Path:
    """The folder of jars; fetched if it is not whole yet. Raises EngineMissing."""
    require("java", "mvn")
    jars = cache / f"kafka-{VERSION}"
    if not (jars / "whole").exists():
        print(f"  fetching Kafka {VERSION} from Maven …", flush=True)
        goal = [
            "dependency:copy-dependencies",
            f"-DoutputDirectory={jars}",
            "-DincludeScope=runtime",
        ]
        built(["mvn", "-q", "-B", "-f", str(HERE / "kafka.pom.xml"), *goal], HERE)
        (jars / "whole").touch()
    return jars


def java(jars: Path, heap: str) -> list[str]:
    """The command that runs a class of the distribution."""
    return [
        "java",
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile=file:{HERE / 'log4j2.properties'}",
        "-cp",
        f"{jars}/*",
    ]


@dataclass(slots=True)
class Broker:
    """A broker over one folder; killed and started again it has the same port and data."""

    jars: Path
    folder: Path
    group: Group
    name: str = "broker"
    scheme: str = "PLAINTEXT"
    more: Mapping[str, str] = field(default_factory=dict)
    ports: list[int] = field(default_factory=lambda: free_ports(2))

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.ports[0]

    @property
    def address(self) -> str:
        """The same as HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """Its logs."""
        return self.folder / self.name

    def format(self) -> None:
        """Makes its folder. Raises EngineMissing."""
        made = ["kafka.tools.StorageTool", "format", "-t", _id(), "-c", str(self._settings())]
        built([*java(self.jars, "128m"), *made], self.folder)

    def start(self) -> None:
        """Starts it; it may not accept connections yet."""
        self.group.start(
            self.name, [*java(self.jars, "512m"), "kafka.Kafka", str(self._settings())]
        )

    def wait(self) -> None:
        """Until it accepts connections. Raises EngineMissing."""
        self.group.wait_for_ports([self.port])

    def kill(self) -> None:
        """SIGKILL."""
        self.group.kill(self.name)

    def revive(self) -> None:
        """Starts it if a test that failed left it dead."""
        if not self.group.runs(self.name):
            self.start()
            self.wait()

    def _settings(self) -> Path:
        path = self.folder / f"{self.name}.properties"
        port, controller = self.ports
        text = SETTINGS.format(port=port, controller=controller, data=self.data, scheme=self.scheme)
        path.write_text(text + "".join(f"{key}={value}\n" for key, value in self.more.items()))
        return path


@contextmanager
def broker(
    jars: Path, scheme: str = "PLAINTEXT", more: Mapping[str, str] | None = None
) -> Iterator[Broker]:
    """A fresh broker that serves until the block ends. Raises EngineMissing."""
    with tempfile.TemporaryDirectory(prefix="yrd-kafka-") as name:
        folder = Path(name)
        with Group(folder) as group:
            made = Broker(
                jars, folder, group, scheme=scheme, more={**QUICK_RESTART, **(more or {})}
            )
            made.format()
            made.start()
            made.wait()
            yield made


def _id() -> str:
    """Kafka's own form of an id: 22 characters of base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "a")
