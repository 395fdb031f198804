"""In, against the real broker: drafts are published once, what can't be is named and kept."""

from pathlib import Path
from random import Random

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from integration.engines.kafka import Broker
from schemas.avro.codec import encode
from schemas.json_form import to_json
from tests.engines.conftest import Station
from tests.engines.recording import Recovery
from tests.support.bridging import SECONDS, Bridge, alter, arrive, committed, metric, produce, told
from tests.support.builders import draft, incident_body, resource_body
from tests.support.running import free_port
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Draft

BAD = {
    "empty": None,
    "magic_unknown": b"\xc4\x01 no such marker",
    "fingerprint_unknown": b"\xc3\x01\x01\x02\x03\x04\x05\x06\x07\x08 a foreign schema",
    "schema_id_unknown": b"\x00\x00\x00\x00\x63 of another registry",
    "type_unexpected": encode(draft().incident_report),
    "damaged": encode(draft())[:-9],
    "json_malformed": b'{"header": {"revision": "many"}}',
    "contract_violated": encode(draft(revision=0)),
    "not_authority": encode(draft(resource_body("320000"), "resourceStatus")),
}


@pytest.fixture
def bridge(broker: Broker, station: Station, tmp_path: Path) -> Bridge:
    """A bridge of its own for each test, with its topics."""
    made = Bridge(tmp_path, broker.address, station.address, station.materials, tmp_path.name)
    made.more = {"outbox": {"topics": [f"{tmp_path.name}.outbox"]}}
    assert made.command("init").status == 0
    return made


def outbox(bridge: Bridge) -> str:
    return f"{bridge.id}.outbox"


def dead(bridge: Bridge) -> str:
    return f"yrd.bridge.{bridge.id}.dead.in"


def published(station: Station) -> dict[str, int]:
    """How often the gateway has each entity."""
    counts: dict[str, int] = {}
    for message in station.client.messages():
        counts[message.header.entity_id] = counts.get(message.header.entity_id, 0) + 1
    return counts


def bare(entity: str) -> Draft:
    return draft(entity=entity, messageId="")


def counted(bridge: Bridge) -> dict[str, float]:
    """Dead letters by reason, as the bridge tells Prometheus."""
    name, where = "yrd_bridge_dead_letters_total", bridge.more["metrics"]
    return {reason: metric(where, name, f'reason="{reason}"') for reason in BAD}


def test_drafts_are_published_in_either_form(bridge: Bridge, station: Station) -> None:
    produce(
        bridge.brokers,
        outbox(bridge),
        [(b"a", encode(bare("310000/a"))), (b"b", to_json(bare("310000/b")).encode())],
    )
    with bridge.works("in") as work:
        until(lambda: len(published(station)) == 2, "both drafts")
        assert work.stop() == 0
    with bridge.works("in") as work:  # nothing comes again
        produce(bridge.brokers, outbox(bridge), [(b"c", encode(bare("310000/c")))])
        until(lambda: len(published(station)) == 3, "the third draft")
    assert published(station) == {"310000/a": 1, "310000/b": 1, "310000/c": 1}


def test_what_is_wrong_is_named_and_kept_and_the_rest_goes_on(
    bridge: Bridge, station: Station
) -> None:
    bridge.more["metrics"] = f"127.0.0.1:{free_port()}"
    values = [encode(bare("310000/first")), *BAD.values(), encode(bare("310000/last"))]
    produce(bridge.brokers, outbox(bridge), [(b"one", value) for value in values])
    with bridge.works("in"):
        letters = arrive(lambda: committed(bridge.brokers, [dead(bridge)]), len(BAD))
        until(lambda: len(published(station)) == 2, "the good drafts")
        until(lambda: counted(bridge) == dict.fromkeys(BAD, 1), "all are counted")
    by_reason = {told(letter)["yrd-reason"]: letter for letter in letters}
    assert set(by_reason) == set(BAD)
    for reason, value in BAD.items():
        assert by_reason[reason].value() == value
        assert by_reason[reason].key() == b"one"
        assert told(by_reason[reason])["yrd-position"].startswith(outbox(bridge))
    broken = told(by_reason["contract_violated"])
    assert broken["yrd-field-0"] == "header.revision"
    assert broken["yrd-rule-0"] == "uint32.gte"
    assert broken["yrd-remedy-0"]


def test_a_record_over_the_limit_is_a_dead_letter(bridge: Bridge, station: Station) -> None:
    topic = f"{bridge.id}.large"
    bridge.more = {"outbox": {"topics": [topic]}, "max_record_bytes": 4096}
    admin = AdminClient({"bootstrap.servers": bridge.brokers})
    config = {"max.message.bytes": str(1 << 20)}
    admin.create_topics([NewTopic(topic, 1, 1, config=config)])[topic].result(20)
    large = encode(draft(incident_body(title="长" * 20_000)))
    produce(bridge.brokers, topic, [(b"k", large), (b"k", encode(bare("310000/small")))])
    with bridge.works("in"):
        [letter] = arrive(lambda: committed(bridge.brokers, [dead(bridge)]), 1)
        until(lambda: published(station) == {"310000/small": 1}, "the draft behind it")
    assert told(letter)["yrd-reason"] == "too_large"
    assert told(letter)["yrd-left-out"] == f"{len(large)} bytes: read them at yrd-position"
    assert told(letter)["yrd-position"] == f"{topic}-0-0"


def test_a_dead_letter_that_its_topic_does_not_take_goes_without_its_bytes(
    bridge: Bridge, station: Station
) -> None:
    with bridge.works("in") as work:
        work.says("bridge_begins")
        alter(bridge.brokers, dead(bridge), "max.message.bytes", "1500")
        poison = Random(1).randbytes(3000)
        values = [poison, encode(bare("310000/a"))]
        produce(bridge.brokers, outbox(bridge), [(b"k", value) for value in values])
        [letter] = arrive(lambda: committed(bridge.brokers, [dead(bridge)]), 1)
        until(lambda: published(station) == {"310000/a": 1}, "the draft behind it")
    assert told(letter)["yrd-left-out"] == "3000 bytes: read them at yrd-position"


def test_it_waits_for_the_gateway(bridge: Bridge, station: Station) -> None:
    station.stop()
    with bridge.works("in") as work:
        produce(bridge.brokers, outbox(bridge), [(b"a", encode(bare("310000/a")))])
        work.says("bridge_waits")
        station.start()
        until(lambda: published(station) == {"310000/a": 1}, "the draft")


def test_lag_grows_while_another_transaction_holds_the_offsets(
    bridge: Bridge, station: Station
) -> None:
    group = f"yrd.bridge.{bridge.id}"
    produce(bridge.brokers, outbox(bridge), [(b"a", encode(bare("310000/a")))])
    bridge.more["metrics"] = f"127.0.0.1:{free_port()}"
    settings: dict[str, str | int | float | bool] = {"bootstrap.servers": bridge.brokers}
    member = Consumer(settings | {"group.id": group})
    other = Producer(settings | {"transactional.id": bridge.id})
    other.init_transactions(20)
    other.begin_transaction()
    places = [TopicPartition(outbox(bridge), number, 0) for number in range(2)]
    other.send_offsets_to_transaction(places, member.consumer_group_metadata(), 20)
    with bridge.works("in") as work:
        work.says("bridge_begins")
        lag = "yrd_bridge_lag_seconds"
        until(lambda: metric(bridge.more["metrics"], lag) > 3, "it is behind", SECONDS)
        other.abort_transaction(20)
        until(lambda: published(station) == {"310000/a": 1}, "the draft", SECONDS)
        until(lambda: metric(bridge.more["metrics"], lag) == 0, "it is not behind", SECONDS)
    member.close()


@pytest.mark.fault("Apache Kafka", "in: the outbox is deleted")
def test_it_waits_for_an_outbox_that_was_deleted(
    bridge: Bridge, station: Station, recovery: Recovery
) -> None:
    produce(bridge.brokers, outbox(bridge), [(b"k", encode(bare(f"310000/{n}"))) for n in range(9)])
    with bridge.works("in") as work:
        until(lambda: len(published(station)) == 9, "the drafts")
        admin = AdminClient({"bootstrap.servers": bridge.brokers})
        admin.delete_topics([outbox(bridge)])[outbox(bridge)].result(20)
        work.says("make it with `yrd bridge kafka init`")
        assert bridge.command("init").status == 0
        with recovery.measured():
            produce(bridge.brokers, outbox(bridge), [(b"k", encode(bare("310000/new")))])
            until(lambda: len(published(station)) == 10, "what is put into the new one", SECONDS)
        assert work.stop() == 0
    assert set(published(station).values()) == {1}
