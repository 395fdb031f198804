"""The broker is away for longer than a transaction may take, or a topic is gone: nothing is lost."""

import time
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from integration.engines.kafka import Broker
from tests.engines.conftest import Station
from tests.engines.recording import Recovery
from tests.support.bridging import Bridge, arrive, committed, ids
from tests.support.builders import draft

DEADLINE_SECONDS = 2


@pytest.fixture
def bridge(broker: Broker, station: Station, tmp_path: Path) -> Bridge:
    """A bridge that soon gives a transaction up."""
    made = Bridge(tmp_path, broker.address, station.address, station.materials, tmp_path.name)
    made.more = {"out": {"topics": {"yrd.incident.*": f"{tmp_path.name}.incidents"}}}
    assert made.command("init").status == 0
    made.more["deadline_seconds"] = DEADLINE_SECONDS
    return made


def publish(station: Station, first: int, count: int = 20) -> list[str]:
    drafts = [draft(entity=f"310000/flood/{n}") for n in range(first, first + count)]
    return [result.accepted.message_id for result in station.client.publish(drafts)]


@pytest.mark.fault("Apache Kafka", "out: the broker is away for longer than a transaction may take")
def test_a_transaction_that_never_ends_is_given_up_and_redone(
    bridge: Bridge, station: Station, broker: Broker, recovery: Recovery
) -> None:
    published = publish(station, 0)
    topic = f"{bridge.id}.incidents"
    with bridge.works("out") as work:
        arrive(lambda: committed(bridge.brokers, [topic]), len(published))
        broker.kill()
        published += publish(station, 100)
        work.says("bridge_waits")
        time.sleep(DEADLINE_SECONDS)
        published += publish(station, 200)
        broker.start()
        broker.wait()
        with recovery.measured():
            found = arrive(lambda: committed(bridge.brokers, [topic]), len(published))
        assert work.stop() == 0
    assert sorted(ids(found)) == sorted(published)


@pytest.mark.fault("Apache Kafka", "out: a topic is deleted")
def test_it_waits_for_a_topic_that_was_deleted(
    bridge: Bridge, station: Station, recovery: Recovery
) -> None:
    before = publish(station, 0)
    topic = f"{bridge.id}.incidents"
    with bridge.works("out") as work:
        arrive(lambda: committed(bridge.brokers, [topic]), len(before))
        admin = AdminClient({"bootstrap.servers": bridge.brokers})
        admin.delete_topics([topic])[topic].result(20)
        after = publish(station, 100)
        work.says("make it with `yrd bridge kafka init`")
        assert bridge.command("init").status == 0
        with recovery.measured():
            found = arrive(lambda: committed(bridge.brokers, [topic]), len(after))
    assert sorted(ids(found)) == sorted(after)
