"""Apache Kafka with MirrorMaker 2: one cluster, copied to three others by one process."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.engines.kafka import VERSION, Broker, fetch, java
from integration.engines.processes import Group, measured
from tests.bench.peers.load import Load, Measured

HERE = Path(__file__).parent / "kafka"
CLUSTERS = ("A", "B", "C", "D")
TOPIC = "ev.load"
SYNCED = {"log.flush.interval.messages": "1"}
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
    """Sets everything up and measures. Raises EngineMissing."""
    jars = fetch(cache)
    with tempfile.TemporaryDirectory(prefix="yrd-bench-kafka-") as name:
        folder = Path(name)
        with _running(folder, jars, synced) as ports:
            addresses = [f"127.0.0.1:{port}" for port in ports]
            numbers = (load.size, load.messages, load.rate, load.seconds)
            command = [*java(jars, "256m"), str(HERE / "Load.java"), TOPIC]
            found = measured([*command, *map(str, numbers), *addresses], 600)
    return Measured(
        f"Kafka {VERSION}, MirrorMaker 2"
        + (", synced each append" if synced else ", default flush"),
        found["run_copied"],
        found["acknowledged_p50"],
        found["acknowledged_p99"],
        found["delivered_p50"],
        found["delivered_p99"],
        "plain copies: no validation, no signatures, no TLS",
    )


@contextmanager
def _running(folder: Path, jars: Path, synced: bool) -> Iterator[list[int]]:
    with Group(folder) as group:
        more = SYNCED if synced else {}
        brokers = [Broker(jars, folder, group, name=cluster, more=more) for cluster in CLUSTERS]
        for broker in brokers:
            broker.format()
            broker.start()
        for broker in brokers:
            broker.wait()
        ports = [broker.port for broker in brokers]
        mirror = folder / "mirror.properties"
        mirror.write_text(_mirror(ports))
        command = [*java(jars, "768m"), "org.apache.kafka.connect.mirror.MirrorMaker", str(mirror)]
        group.start("mirror", command)
        yield ports


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
