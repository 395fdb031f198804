"""The disk of a real broker is full: it ends, the bridge waits, and with room and a broker goes on."""

from pathlib import Path

import pytest

from integration.engines import kafka
from tests.engines.both_ways import BothWays
from tests.engines.conftest import Station
from tests.engines.recording import Recovery
from tests.support.bridging import SECONDS, Bridge
from tests.support.small_disk import fill, small_disk
from tests.support.waiting import until

SIZE_MIB = 64
DEADLINE_SECONDS = 4


@pytest.mark.fault("Apache Kafka", "full disk of the broker, both directions")
@pytest.mark.timeout(400)
def test_a_full_disk_loses_and_doubles_nothing(
    kafka_jars: Path, station: Station, tmp_path: Path, recovery: Recovery
) -> None:
    with (
        small_disk(tmp_path / "disk", SIZE_MIB) as disk,
        kafka.broker(kafka_jars, disk=disk) as broker,
    ):
        bridge = Bridge(tmp_path, broker.address, station.address, station.materials)
        bridge.more["kafka"] = {"session.timeout.ms": 3000, "heartbeat.interval.ms": 500}
        both = BothWays(bridge, station, broker.address)
        bridge.more["deadline_seconds"] = DEADLINE_SECONDS
        with both.at_work() as working:
            ballast = fill(disk)
            both.at_gateway()
            until(lambda: not broker.alive(), "the broker ends itself", SECONDS)
            working.wait()
            both.at_gateway()
            ballast.unlink()
            broker.start()
            broker.wait()
            with recovery.measured():
                both.in_outbox()
                both.wait_through()
        both.assert_once()
