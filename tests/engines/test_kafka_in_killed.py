"""Two bridges share an outbox; they leave, join and are killed, and so is the broker, as a seed says.

The checker has its own record of what was produced: each good draft is in the gateway's log once, each
bad record among the dead letters once.
"""

import random
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from integration.engines.kafka import Broker
from schemas.avro.codec import encode
from tests.engines.conftest import Station
from tests.engines.recording import Recovery
from tests.support.bridging import SECONDS, Bridge, committed, produce
from tests.support.builders import draft
from tests.support.waiting import until

COUNT, BAD_EVERY = 1500, 10
KILLS = 5


def value(number: int) -> bytes:
    """Every tenth can't be read; the others have no id of their own."""
    if number % BAD_EVERY == 0:
        return f"poison {number}".encode()
    return encode(draft(entity=f"310000/flood/{number}", messageId=""))


def records(number: int) -> list[tuple[bytes, bytes]]:
    """Those that are put into the outbox before one of the kills."""
    share = COUNT // KILLS
    return [(str(n).encode(), value(n)) for n in range(number * share, (number + 1) * share)]


@pytest.mark.fault(
    "Apache Kafka", "in: bridges leave, join, are killed (rebalance); SIGKILL of the broker"
)
@pytest.mark.timeout(400)
def test_each_draft_once_and_each_dead_letter_once(
    seed: int, broker: Broker, station: Station, tmp_path: Path, recovery: Recovery
) -> None:
    chance = random.Random(seed)
    topic = f"outbox.{seed}"
    bridge = Bridge(tmp_path, broker.address, station.address, station.materials, f"in-{seed}")
    bridge.more = {
        "outbox": {"topics": [topic], "batch_records": 4},
        "kafka": {"session.timeout.ms": 2000, "heartbeat.interval.ms": 300},
    }
    assert bridge.command("init").status == 0
    with ExitStack() as works:
        pair = [works.enter_context(bridge.works("in", f"in-{side}")) for side in "ab"]
        for number in range(KILLS):
            side, before = chance.randrange(2), len(entities(station))
            produce(broker.address, topic, records(number))
            # they are at work: whoever is killed now is in the middle of it
            until(lambda: len(entities(station)) > before, "further drafts", SECONDS)  # noqa: B023
            time.sleep(chance.uniform(0.0, 0.1))
            if number == 2:
                broker.kill()
                broker.start()
                broker.wait()
                continue
            if number % 2:
                pair[side].says("bridge_begins")
                assert pair[side].stop() == 0  # it leaves the group, with its work done
            else:
                pair[side].kill()
            pair[side] = works.enter_context(bridge.works("in", f"in-{number}"))
        good = {f"310000/flood/{n}" for n in range(COUNT) if n % BAD_EVERY}
        bad = COUNT // BAD_EVERY
        with recovery.measured():
            until(lambda: len({*entities(station)}) == len(good), "all drafts", SECONDS)
            until(lambda: len(letters(broker, bridge)) >= bad, "all dead letters", SECONDS)

    assert entities(station) == Counter(good)
    assert letters(broker, bridge) == Counter(value(n) for n in range(0, COUNT, BAD_EVERY))


def entities(station: Station) -> "Counter[str]":
    """How often the gateway has each entity."""
    return Counter(message.header.entity_id for message in station.client.messages())


def letters(broker: Broker, bridge: Bridge) -> "Counter[bytes | None]":
    """How often each value is among the dead letters."""
    topic = f"yrd.bridge.{bridge.id}.dead.in"
    return Counter(record.value() for record in committed(broker.address, [topic]))
