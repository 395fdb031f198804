"""Where the engines of a drill are: at addresses that are named, or started from the cache."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from integration.drill.setting import DrillError
from integration.engines import flink, kafka, postgres
from integration.engines.processes import EngineMissing, Group


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where engines are that run already; empty: the drill starts its own."""

    postgres: str = ""
    """A DSN whose role may create databases."""
    kafka: str = ""
    """HOST:PORT, or several with commas."""
    flink: str = ""
    """HOST:PORT of its REST interface."""


@dataclass(frozen=True, slots=True)
class Places:
    """All of them, and Flink's environment, which submits the job."""

    database: str
    brokers: str
    kafka_version: str
    cluster: str
    distribution: flink.Distribution


@contextmanager
def places(named: Addresses) -> Iterator[Places]:
    """Until the block ends. Raises DrillError naming what is missing and the remedy."""
    with ExitStack() as running:
        with _named("Apache Flink"):
            distribution = flink.cached()
        # what takes longest begins first; each is waited for when all have begun
        cluster = None if named.flink else _cluster(running, distribution)
        broker = None if named.kafka else _broker(running)
        dsn = named.postgres or _database(running)
        if broker:
            with _named("Apache Kafka"):
                broker.wait()
        if cluster:
            with _named("Apache Flink"):
                cluster.wait()
        yield Places(
            dsn,
            broker.address if broker else named.kafka,
            kafka.VERSION if broker else f"at {named.kafka}",
            cluster.address if cluster else named.flink,
            distribution,
        )


def _cluster(running: ExitStack, distribution: flink.Distribution) -> flink.Cluster:
    with _named("Apache Flink"):
        folder, group = _group(running, "flink")
        made = flink.Cluster(distribution, folder, group)
        running.callback(made.end)
        made.start("jobmanager")
        made.start("taskmanager")
    return made


def _broker(running: ExitStack) -> kafka.Broker:
    with _named("Apache Kafka"):
        jars = kafka.cached()
        folder, group = _group(running, "kafka")
        made = kafka.Broker(jars, folder, group)
        made.format()
        made.start()
    return made


def _database(running: ExitStack) -> str:
    with _named("PostgreSQL"):
        return running.enter_context(postgres.server(bound=True)).dsn()


def _group(running: ExitStack, engine: str) -> tuple[Path, Group]:
    made = tempfile.TemporaryDirectory(prefix=f"yrd-{engine}-", ignore_cleanup_errors=True)
    folder = Path(running.enter_context(made))
    return folder, running.enter_context(Group(folder, bound=True))


@contextmanager
def _named(engine: str) -> Iterator[None]:
    try:
        yield
    except EngineMissing as error:
        raise DrillError(
            f"--engines: {engine}: {error}; or name where one runs (`yrd drill --help`)"
        ) from None
