"""Bridge and broker are killed in the middle of transactions, as a seed says.

The checker has its own record of what was published: a reader of committed records sees each message
once, and the revisions of an entity in order.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.engines.kafka import Broker
from tests.engines.conftest import Station
from tests.engines.recording import Recovery
from tests.support.bridging import Bridge, arrive, committed, ids, told
from tests.support.builders import draft
from yrd.exchange.v1.message_pb2 import Draft

ENTITIES, REVISIONS = 20, 60
BATCH = 4
KILLS = 8
TOPIC = "killed.incidents"


def told_by_revision() -> Iterator[list[Draft]]:
    """All drafts, in batches of one revision of each entity."""
    for revision in range(1, REVISIONS + 1):
        yield [
            draft(entity=f"310000/flood/{entity}", revision=revision) for entity in range(ENTITIES)
        ]


def publish(station: Station) -> list[str]:
    """Publishes all; the ids that were accepted."""
    return [
        result.accepted.message_id
        for batch in told_by_revision()
        for result in station.client.publish(batch)
    ]


@pytest.mark.fault("Apache Kafka", "out: SIGKILL of bridge and broker within transactions")
@pytest.mark.timeout(400)
def test_each_message_once_and_in_order(
    seed: int, broker: Broker, station: Station, tmp_path: Path, recovery: Recovery
) -> None:
    chance = random.Random(seed)
    bridge = Bridge(tmp_path, broker.address, station.address, station.materials, f"seed-{seed}")
    topic = f"{TOPIC}.{seed}"
    bridge.more = {"out": {"topics": {"yrd.incident.*": topic}, "batch_messages": BATCH}}
    assert bridge.command("init").status == 0
    published = publish(station)

    for number in range(KILLS):
        with bridge.works("out", f"out-{number}") as work:
            work.says("bridge_begins")
            # it has more to do than it can in this time: it is in the middle of it
            time.sleep(chance.uniform(0.0, 0.4))
            if number == KILLS // 2:
                broker.kill()
                broker.start()
                broker.wait()
    with bridge.works("out", "last"), recovery.measured():
        found = arrive(lambda: committed(broker.address, [topic]), len(published))

    assert len(published) == ENTITIES * REVISIONS
    assert sorted(ids(found)) == sorted(published)
    order = defaultdict(list)
    for record in found:
        order[record.key()].append(int(told(record)["ce_revision"]))
    assert all(revisions == sorted(revisions) for revisions in order.values())
