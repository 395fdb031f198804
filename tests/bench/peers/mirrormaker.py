"""Apache Kafka with MirrorMaker 2: one cluster, copied to three others by one process."""

import base64
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.peers.load import Load, Measured
from tests.bench.peers.processes import Group, built, free_ports, measured, require

HERE = Path(__file__).parent / "kafka"
CLUSTERS = ("A", "B", "C", "D")
TOPIC = "ev.load"
BROKER = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
{flush}
"""
SYNCED = "log.flush.interval.messages=1"
"""Kafka syncs after each append of a batch then, as our gateways do after each commit."""
MIRROR = """
clusters = A, B, C, D
replication.factor = 1
offset-syncs.topic.replication.factor = 1
checkpoints.topic.replication.factor = 1
heartbeats.topic.replication.factor = 1
replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
tasks.max = 2
emit.heartbeats.enabled = false
emit.checkpoints.enabled = false
sync.topic.acls.enabled = false
sync.topic.configs.enabled = false
refresh.topics.interval.seconds = 2
refresh.groups.enabled = false
offset.flush.interval.ms = 5000
A.consumer.fetch.max.wait.ms = 20
A.consumer.max.poll.records = 5000
A.consumer.max.partition.fetch.bytes = 4194304
"""
STORAGE = ("config", "offset", "status")


def measure(load: Load, cache: Path, *, synced: bool) -> Measured:
    """Sets everything up and measures. Raises PeerMissing."""
    jars = _jars(cache)
    with tempfile.TemporaryDirectory(prefix="yrd-bench-kafka-") as name:
        folder = Path(name)
        with _running(folder, jars, synced) as ports:
            addresses = [f"127.0.0.1:{port}" for port in ports]
            numbers = (load.size, load.messages, load.rate, load.seconds)
            command = [*_java(jars, "256m"), str(HERE / "Load.java"), TOPIC]
            found = measured([*command, *map(str, numbers), *addresses], 600)
    return Measured(
        "Kafka 4.3.1, MirrorMaker 2" + (", synced each append" if synced else ", default flush"),
        found["run_copied"],
        found["acknowledged_p50"],
        found["acknowledged_p99"],
        found["delivered_p50"],
        found["delivered_p99"],
        "plain copies: no validation, no signatures, no TLS",
    )


def _jars(cache: Path) -> Path:
    require("java", "mvn")
    jars = cache / "kafka-4.3.1"
    if not (jars / "whole").exists():
        print("  fetching Kafka from Maven …", flush=True)
        goal = [
            "dependency:copy-dependencies",
            f"-DoutputDirectory={jars}",
            "-DincludeScope=runtime",
        ]
        built(["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), *goal], HERE)
        (jars / "whole").touch()
    return jars


def _java(jars: Path, heap: str) -> list[str]:
    return [
        "java",
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile=file:{HERE / 'log4j2.properties'}",
        "-cp",
        f"{jars}/*",
    ]


@contextmanager
def _running(folder: Path, jars: Path, synced: bool) -> Iterator[list[int]]:
    numbers = free_ports(2 * len(CLUSTERS))
    ports, controllers = numbers[: len(CLUSTERS)], numbers[len(CLUSTERS) :]
    with Group(folder) as group:
        for cluster, port, controller in zip(CLUSTERS, ports, controllers, strict=True):
            settings = folder / f"{cluster}.properties"
            data, flush = folder / cluster, SYNCED if synced else ""
            settings.write_text(
                BROKER.format(port=port, controller=controller, data=data, flush=flush)
            )
            made = ["kafka.tools.StorageTool", "format", "-t", _id(), "-c", str(settings)]
            built([*_java(jars, "128m"), *made], folder)
            group.start(cluster, [*_java(jars, "512m"), "kafka.Kafka", str(settings)])
        group.wait_for_ports(ports)
        mirror = folder / "mirror.properties"
        mirror.write_text(_mirror(ports))
        command = [*_java(jars, "768m"), "org.apache.kafka.connect.mirror.MirrorMaker", str(mirror)]
        group.start("mirror", command)
        yield ports


def _id() -> str:
    """Kafka's own form of an id: 22 characters of base64."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "a")


def _mirror(ports: list[int]) -> str:
    lines = [MIRROR]
    for cluster, port in zip(CLUSTERS, ports, strict=True):
        lines.append(f"{cluster}.bootstrap.servers = 127.0.0.1:{port}")
        lines += [f"{cluster}.{kind}.storage.replication.factor = 1" for kind in STORAGE]
        lines += [f"{cluster}.{kind}.storage.partitions = 1" for kind in STORAGE[1:]]
    for copy in CLUSTERS[1:]:
        lines += [
            f"A->{copy}.enabled = true",
            f"A->{copy}.topics = ev.*",
            f"{copy}->A.enabled = false",
            f"{copy}.producer.linger.ms = 5",
            f"{copy}.producer.batch.size = 262144",
            f"{copy}.producer.acks = all",
        ]
    return "\n".join(lines)
