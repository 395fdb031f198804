"""Apache Kafka from Maven: one broker and its controller, on free ports of this machine.

The controller is a process of its own, as in any cluster that matters. A broker that was its own controller
and is killed would come back believing that it leads its partitions, then lose them for a moment; Kafka 4.3.1
leaves out the end of a transaction for a partition that has no leader (KAFKA-20734).
"""

import base64
import os
import signal
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
BROKER = """
process.roles=broker
node.id=1
controller.quorum.voters=2@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
advertised.listeners={scheme}://127.0.0.1:{port},DETOUR://127.0.0.1:{way}
listeners={scheme}://127.0.0.1:{port},DETOUR://127.0.0.1:{detour}
listener.security.protocol.map={scheme}:{scheme},DETOUR:PLAINTEXT,CONTROLLER:PLAINTEXT
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
controlled.shutdown.enable=false
log.cleaner.dedupe.buffer.size=16777216
"""
CONTROLLER = """
process.roles=controller
node.id=2
controller.quorum.voters=2@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map={scheme}:{scheme},CONTROLLER:PLAINTEXT
log.dirs={metadata}
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
    """A broker over one folder; killed and started again it has the same port and data.

    `disk`: where its logs lie, if not in the folder. Its controller is started with it, and stays.
    """

    jars: Path
    folder: Path
    group: Group
    name: str = "broker"
    scheme: str = "PLAINTEXT"
    more: Mapping[str, str] = field(default_factory=dict)
    disk: Path | None = None
    ports: list[int] = field(default_factory=lambda: free_ports(4))

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.ports[0]

    @property
    def address(self) -> str:
        """The same as HOST:PORT."""
        return f"127.0.0.1:{self.port}"

    @property
    def detour(self) -> tuple[int, int]:
        """A second port where it listens without a login, and the one that it tells clients instead.

        What listens at that one, and passes bytes on, is in the way of all that they do.
        """
        return self.ports[2], self.ports[3]

    @property
    def data(self) -> Path:
        """Its logs."""
        return (self.disk or self.folder) / self.name

    def format(self) -> None:
        """Makes its folder. Raises EngineMissing."""
        id_ = _id()
        for settings in self._settings():
            made = ["kafka.tools.StorageTool", "format", "-t", id_, "-c", str(settings)]
            built([*java(self.jars, "128m"), *made], self.folder)

    def start(self) -> None:
        """Starts it; it may not accept connections yet."""
        broker, controller = self._settings()
        if not self.group.runs(self._controller):
            run = [*java(self.jars, "256m"), "kafka.Kafka", str(controller)]
            self.group.start(self._controller, run)
        self.group.start(self.name, [*java(self.jars, "512m"), "kafka.Kafka", str(broker)])

    def wait(self) -> None:
        """Until it accepts connections. Raises EngineMissing."""
        self.group.wait_for_ports([self.port])

    def kill(self) -> None:
        """SIGKILL."""
        self.group.kill(self.name)

    def alive(self) -> bool:
        """Whether it has not ended by itself."""
        return self.group.runs(self.name)

    def stop(self) -> None:
        """SIGSTOP: connections stay, and no byte is answered."""
        os.kill(self.group.pid(self.name), signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        os.kill(self.group.pid(self.name), signal.SIGCONT)

    def revive(self) -> None:
        """Starts it if a test that failed left it dead or stopped."""
        if self.alive():
            self.go_on()
        else:
            self.start()
            self.wait()

    @property
    def _controller(self) -> str:
        return f"{self.name}-controller"

    def _settings(self) -> tuple[Path, Path]:
        """The files of broker and controller."""
        port, controller, detour, way = self.ports
        metadata = self.folder / self._controller
        values: dict[str, object] = {
            "port": port,
            "controller": controller,
            "detour": detour,
            "way": way,
        }
        values |= {"data": self.data, "metadata": metadata, "scheme": self.scheme}
        more = "".join(f"{key}={value}\n" for key, value in self.more.items())
        broker = self.folder / f"{self.name}.properties"
        broker.write_text(BROKER.format(**values) + more)
        other = self.folder / f"{self._controller}.properties"
        other.write_text(CONTROLLER.format(**values) + more)
        return broker, other


@contextmanager
def broker(
    jars: Path,
    scheme: str = "PLAINTEXT",
    more: Mapping[str, str] | None = None,
    disk: Path | None = None,
) -> Iterator[Broker]:
    """A fresh broker that serves until the block ends. Raises EngineMissing."""
    with tempfile.TemporaryDirectory(prefix="yrd-kafka-") as name:
        folder = Path(name)
        with Group(folder) as group:
            told = {**QUICK_RESTART, **(more or {})}
            made = Broker(jars, folder, group, scheme=scheme, more=told, disk=disk)
            made.format()
            made.start()
            made.wait()
            yield made


def _id() -> str:
    """Kafka's own form of an id: 22 characters of base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "a")
