"""What a person has to mend is found at the start, named, and told with what to do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from integration.engines import kafka
from integration.engines.kafka import Broker
from tests.support.bridging import Bridge, committed, produce
from tests.support.builders import draft
from tests.support.engines.old_broker import KNOWN_2017, KNOWN_2019, Known, old_broker
from tests.support.materials import Materials

NO_GATEWAY = "127.0.0.1:9"


@pytest.fixture
def bridge(broker: Broker, materials: Materials, tmp_path: Path) -> Bridge:
    """A bridge whose topics are not made yet."""
    made = Bridge(tmp_path, broker.address, NO_GATEWAY, materials, tmp_path.name)
    made.more = {
        "out": {"topics": {"yrd.incident.*": f"{tmp_path.name}.incidents"}},
        "outbox": {"topics": [f"{tmp_path.name}.outbox"]},
    }
    return made


def make(bridge: Bridge, name: str, partitions: int = 1, **settings: str) -> None:
    admin = AdminClient({"bootstrap.servers": bridge.brokers})
    config = {key.replace("_", "."): value for key, value in settings.items()}
    admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(20)


def test_init_makes_what_is_missing_and_check_finds_it_good(bridge: Bridge) -> None:
    missing = bridge.command("check", "--json")
    assert missing.status == 1
    assert {fault["problem"] for fault in missing.json()} == {"is missing"}
    made = bridge.command("init", "--json")
    assert set(made.json()) == {fault["topic"] for fault in missing.json()}
    assert bridge.command("check").status == 0
    assert "nothing was missing" in bridge.command("init").out


def test_a_missing_topic_is_refused_with_the_remedy(bridge: Bridge) -> None:
    with bridge.works("out") as work:
        status, words = work.ended()
    assert status == 1
    assert f"topic {bridge.id}.incidents is missing: make it with `yrd bridge kafka init`" in words


def test_another_cleanup_policy_is_refused_with_the_remedy(bridge: Bridge) -> None:
    make(bridge, f"{bridge.id}.outbox", cleanup_policy="compact")
    make(bridge, f"yrd.bridge.{bridge.id}.place", partitions=2)
    assert bridge.command("init").status == 0
    found = bridge.command("check")
    assert found.status == 1
    assert "has cleanup.policy=compact: records of one entity would replace each other" in found.out
    assert "the place of a bridge that stands still would be forgotten" in found.out
    assert "has 2 partitions, must have 1" in found.out
    with bridge.works("in") as work:
        status, words = work.ended()
    assert status == 1
    assert "set cleanup.policy=delete" in words


def test_a_place_that_is_lost_is_asked_for(bridge: Bridge) -> None:
    assert bridge.command("init").status == 0
    produce(bridge.brokers, f"{bridge.id}.incidents", [(b"k", draft().SerializeToString())])
    place = f"yrd.bridge.{bridge.id}.place"
    admin = AdminClient({"bootstrap.servers": bridge.brokers})
    admin.delete_topics([place])[place].result(20)
    refused = bridge.command("init")
    assert refused.status == 1
    assert "yrd bridge kafka init --after OFFSET" in refused.err
    assert bridge.command("init", "--after", "7").status == 0
    [record] = committed(bridge.brokers, [place])
    assert b'"offset": 7' in (record.value() or b"")


def test_a_transaction_that_kafka_never_ended_is_named(bridge: Bridge) -> None:
    assert bridge.command("init").status == 0
    place = f"yrd.bridge.{bridge.id}.place"
    other = Producer({"bootstrap.servers": bridge.brokers, "transactional.id": bridge.id})
    other.init_transactions(20)
    other.begin_transaction()
    other.produce(place, b"{}", b"another")
    assert other.flush(20) == 0
    bridge.more["deadline_seconds"] = 2
    with bridge.works("out") as work:
        status, words = work.ended()
    other.abort_transaction(20)
    assert status == 1
    assert f"topic {place} has a transaction without an end from offset 2 on" in words
    assert "kafka-transactions.sh abort" in words


@pytest.mark.parametrize(
    ("known", "lacking"),
    [
        (KNOWN_2017, "no TxnOffsetCommit; OffsetFetch up to version 2, needed is 7"),
        (KNOWN_2019, "TxnOffsetCommit up to version 2, needed is 3; OffsetFetch up to version 6"),
    ],
)
@pytest.mark.parametrize("command", ["check", "init", "in", "out"])
def test_a_broker_of_an_older_version_is_refused(
    bridge: Bridge, known: Known, lacking: str, command: str
) -> None:
    with old_broker(known) as address:
        bridge.brokers = address
        found = bridge.command(command)
    assert found.status == 1
    assert f"broker {address} is too old for transactions of a group ({lacking}" in found.err
    assert "use Kafka 2.5 or newer" in found.err


def test_no_broker_is_named(bridge: Bridge) -> None:
    bridge.brokers = "127.0.0.1:9"
    bridge.more["deadline_seconds"] = 1
    found = bridge.command("check")
    assert found.status == 3
    assert "check `brokers` and that they run" in found.err


@pytest.fixture(scope="module")
def strict_broker(kafka_jars: Path) -> Iterator[Broker]:
    """A broker that asks who one is."""
    with kafka.broker(kafka_jars, "SASL_PLAINTEXT", kafka.PASSWORDS) as made:
        yield made


def test_a_wrong_password_is_refused(bridge: Bridge, strict_broker: Broker) -> None:
    bridge.brokers = strict_broker.address
    bridge.more["login"] = {"mechanism": "PLAIN", "username": "bridge", "password": "wrong"}
    found = bridge.command("check")
    assert found.status == 1
    assert "correct login and tls" in found.err
    bridge.more["login"]["password"] = "right"
    assert bridge.command("init").status == 0
    assert bridge.command("check").status == 0
