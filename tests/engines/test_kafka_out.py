"""Out, against the real broker: each message once, whatever is killed; a second bridge takes over."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from integration.engines.kafka import Broker
from integration.kafka.transactions import Transactions
from schemas.avro.codec import decode
from tests.engines.conftest import Station
from tests.support.bridging import Bridge, alter, arrive, committed, ids, told
from tests.support.builders import draft, incident_body, resource_body
from yrd.exchange.v1.message_pb2 import Draft
from yrd.exchange.v1.service_pb2 import SubscribeResponse


@pytest.fixture
def bridge(broker: Broker, station: Station, tmp_path: Path) -> Bridge:
    """A bridge of its own for each test, with its topics."""
    made = Bridge(tmp_path, broker.address, station.address, station.materials, tmp_path.name)
    made.more = {"out": {"topics": {"yrd.incident.*": f"{tmp_path.name}.incidents"}}}
    return made


def topic(bridge: Bridge) -> str:
    return f"{bridge.id}.incidents"


def publish(station: Station, drafts: Sequence[Draft]) -> list[str]:
    """Their ids; all are accepted."""
    for start in range(0, len(drafts), 500):
        part = drafts[start : start + 500]
        results = station.client.publish(part)
        assert all(result.HasField("accepted") for result in results)
    return [made.header.message_id for made in drafts]


def incidents(first: int, count: int) -> list[Draft]:
    return [draft(entity=f"310000/flood/{n}") for n in range(first, first + count)]


def test_a_message_arrives_as_avro_with_cloud_events(bridge: Bridge, station: Station) -> None:
    made = draft(incidentIds=["310000/flood/7"])
    publish(station, [made, draft(resource_body(), "resourceStatus", entity="310000/pumps")])
    assert bridge.command("init").status == 0

    with bridge.works("out") as work:
        [record] = arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 1)
        assert work.stop() == 0

    value = record.value()
    assert value is not None
    assert decode(value) == made.incident_report
    assert record.key() == b"310000/flood/1"
    headers = told(record)
    assert headers["ce_id"] == made.header.message_id
    assert headers["ce_source"] == "yrd://participant/310000/console"
    assert headers["ce_type"] == "yrd.incident.v1.IncidentReport"
    assert headers["ce_time"] == "2026-06-01T12:00:00Z"
    assert headers["ce_mode"] == "actual"
    assert headers["ce_incidentids"] == "310000/flood/7"


def test_the_feed_has_all_types_in_order_and_what_its_topic_does_not_take_goes_alone(
    bridge: Bridge, station: Station
) -> None:
    feed = f"{bridge.id}.feed"
    bridge.more = {"out": {**bridge.more["out"], "feed": {"topic": feed}}}
    assert bridge.command("init").status == 0
    noise = "".join(map(chr, range(0x4E00, 0x4E00 + 900)))
    large = draft(incident_body(description=noise), entity="310000/large")
    pumps = draft(resource_body(), "resourceStatus", entity="310000/pumps")
    with bridge.works("out") as work:
        work.says("bridge_begins")
        alter(bridge.brokers, feed, "max.message.bytes", "2000")
        published = publish(station, [*incidents(0, 30), large, pumps, *incidents(50, 9)])
        dead = f"yrd.bridge.{bridge.id}.dead.out"
        [letter] = arrive(lambda: committed(bridge.brokers, [dead]), 1)
        arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 40)
    records = committed(bridge.brokers, [feed])
    assert {record.key() for record in records} == {b"310000"}
    assert len({record.partition() for record in records}) == 1
    held = [m for r in records for m in SubscribeResponse.FromString(r.value() or b"").messages]
    told_ids = [message.header.message_id for message in held]
    assert told_ids == [one for one in published if one != large.header.message_id]
    assert told(letter)["yrd-position"] == "yrd/310000/30"


def test_it_goes_on_where_it_stopped(bridge: Bridge, station: Station) -> None:
    first = publish(station, incidents(0, 20))
    assert bridge.command("init").status == 0
    with bridge.works("out") as work:
        arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 20)
        assert work.stop() == 0
    second = publish(station, incidents(100, 20))
    with bridge.works("out"):
        found = arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 40)
    assert sorted(ids(found)) == sorted(first + second)


def test_a_second_bridge_with_the_id_takes_over(bridge: Bridge, station: Station) -> None:
    assert bridge.command("init").status == 0
    published = publish(station, incidents(0, 5))
    with bridge.works("out", "first") as first:
        arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 5)
        with bridge.works("out", "second") as second:
            second.says("bridge_begins")
            published += publish(station, incidents(100, 5))
            status, words = first.ended()
            found = arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 10)
    assert status == 1
    assert "another bridge with this id has taken over" in words
    assert sorted(ids(found)) == sorted(published)


def test_an_id_that_was_asked_for_and_not_claimed_is_taken_back(
    bridge: Bridge, station: Station
) -> None:
    bridge.more["deadline_seconds"] = 2
    assert bridge.command("init").status == 0
    published = publish(station, incidents(0, 5))
    with bridge.works("out") as work:
        arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 5)
        settings = {"bootstrap.servers": bridge.brokers}
        Transactions(settings, f"yrd.bridge.{bridge.id}.out", 20).drop()
        published += publish(station, incidents(100, 5))
        found = arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 10)
        assert work.stop() == 0
    assert sorted(ids(found)) == sorted(published)
    assert "bridge_waits" in work.output.read_text(encoding="utf-8")


def test_what_a_topic_no_longer_takes_is_a_dead_letter_and_the_rest_goes_on(
    bridge: Bridge, station: Station
) -> None:
    assert bridge.command("init").status == 0
    alter(bridge.brokers, topic(bridge), "max.message.bytes", "2000")
    assert f"topic {topic(bridge)} takes 2000 bytes" in bridge.command("check").out
    alter(bridge.brokers, topic(bridge), "max.message.bytes", "4000000")
    noise = "".join(map(chr, range(0x4E00, 0x4E00 + 900)))
    large = draft(incident_body(description=noise), entity="310000/large")
    with bridge.works("out") as work:
        work.says("bridge_begins")
        alter(bridge.brokers, topic(bridge), "max.message.bytes", "2000")
        published = publish(station, [*incidents(0, 3), large, *incidents(10, 3)])
        found = arrive(lambda: committed(bridge.brokers, [topic(bridge)]), 6)
        dead = f"yrd.bridge.{bridge.id}.dead.out"
        [letter] = arrive(lambda: committed(bridge.brokers, [dead]), 1)
    assert sorted(ids(found)) == sorted(set(published) - {large.header.message_id})
    assert told(letter)["yrd-reason"] == "too_large"
    assert letter.key() == b"310000/large"
