"""Connections that stay open and carry no byte, and a broker that stands still."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from integration.engines.kafka import Broker
from tests.engines.both_ways import BothWays
from tests.engines.conftest import Station
from tests.engines.recording import Recovery
from tests.support.bridging import SECONDS, Bridge, metric
from tests.support.proxy import Proxy
from tests.support.waiting import until

DEADLINE_SECONDS = 4


@contextmanager
def both_ways(
    broker: Broker, station: Station, folder: Path, brokers: str = "", gateway: str = ""
) -> Iterator[BothWays]:
    """A bridge that soon gives up, on its way to `brokers` and `gateway`; checked at the end."""
    where = brokers or broker.address, gateway or station.address
    bridge = Bridge(folder, *where, station.materials, folder.name)
    bridge.more["kafka"] = {"session.timeout.ms": 3000, "heartbeat.interval.ms": 500}
    made = BothWays(bridge, station, broker.address)
    bridge.more["deadline_seconds"] = DEADLINE_SECONDS
    yield made
    made.assert_once()


@contextmanager
def proxied(broker: Broker) -> Iterator[Proxy]:
    """A way to the broker on which connections can stall, in front of all that a client does."""
    listens, told = broker.detour
    way = Proxy(f"127.0.0.1:{listens}", told)
    try:
        yield way
    finally:
        way.close()


def stall_for_a_moment(way: Proxy, chance: Random) -> None:
    """In one direction, and not so long that anybody gives up."""
    way.fall_silent(forth=chance.random() < 0.5)
    time.sleep(chance.random())
    way.pass_on()


@pytest.mark.fault("Apache Kafka", "connections to the broker stall, both directions")
def test_a_way_to_the_broker_that_stalls(
    broker: Broker, station: Station, tmp_path: Path, recovery: Recovery, seed: int
) -> None:
    with (
        proxied(broker) as way,
        both_ways(broker, station, tmp_path, brokers=way.address) as both,
        both.at_work() as working,
    ):
        both.at_gateway()
        both.in_outbox()
        stall_for_a_moment(way, Random(seed))
        both.at_gateway()
        both.in_outbox()
        way.fall_silent()
        both.at_gateway()
        both.in_outbox()
        working.wait()
        way.pass_on()
        with recovery.measured():
            both.wait_through()


@pytest.mark.fault("Apache Kafka", "SIGSTOP of the broker until it is noticed, both directions")
def test_a_broker_that_stands_still(
    broker: Broker, station: Station, tmp_path: Path, recovery: Recovery
) -> None:
    with both_ways(broker, station, tmp_path) as both, both.at_work() as working:
        both.at_gateway()
        both.in_outbox()
        broker.stop()
        both.at_gateway()
        working.wait()
        working.tell("yrd_bridge_working", lambda value: value == 0)
        working.tell("yrd_bridge_lag_seconds", lambda value: value > 1)
        broker.go_on()
        with recovery.measured():
            both.wait_through()
        working.tell("yrd_bridge_working", lambda value: value == 1)
        working.tell("yrd_bridge_lag_seconds", lambda value: value == 0)


@pytest.mark.fault("Apache Kafka", "connections to the gateway stall, both directions")
def test_a_way_to_the_gateway_that_stalls(
    broker: Broker, station: Station, tmp_path: Path, recovery: Recovery, seed: int
) -> None:
    way = Proxy(station.address)
    with (
        both_ways(broker, station, tmp_path, gateway=way.address) as both,
        both.at_work() as working,
    ):
        both.at_gateway()
        both.in_outbox()
        stall_for_a_moment(way, Random(seed))
        both.at_gateway()
        both.in_outbox()
        way.refuse()  # and what hung is lost
        both.at_gateway()
        both.in_outbox()
        outbox = working.inward[1]
        until(lambda: metric(outbox, "yrd_bridge_lag_records") > 0, "records wait", SECONDS)
        way.pass_on()
        with recovery.measured():
            both.wait_through()
        until(lambda: metric(outbox, "yrd_bridge_lag_records") == 0, "none waits", SECONDS)
    way.close()
