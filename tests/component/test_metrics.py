"""What Prometheus reads of running processes: it moves with them, is on the page, says nothing of anyone."""

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from urllib.request import urlopen

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from prometheus_client.parser import text_string_to_metric_families

from gateway.backup.book import FILE, Made
from gateway.metrics import GatewayMetrics
from gateway.settings_file import ConfigError
from integration.http.metrics import Meter as DoorMeter
from integration.observe.catalogue import described, system
from integration.observe.exposing import exposed
from integration.page.metrics import PageMetrics
from integration.page.room import Room
from pipelines.running.metrics import Meter
from pipelines.running.ports import FeedLost
from tests.support import door as doors
from tests.support.bodies import CONTACT, DRIVER, waybill_body
from tests.support.builders import draft
from tests.support.delta import delta
from tests.support.duty_room import page_config, served
from tests.support.feeds import Feed
from tests.support.living import Life
from tests.support.materials import Materials
from tests.support.running import free_port
from tests.support.scene import Scene
from tests.support.story import story
from tests.support.waiting import until
from yrd.exchange.v1.message_pb2 import Header, Message, Mode
from yrd.situation.v1.situation_pb2 import ParticipantCoverage, SituationSummary

KNOWN = frozenset(
    chain.from_iterable(
        metric.samples for metrics in (*described().values(), system()) for metric in metrics
    )
)
Samples = Mapping[tuple[str, tuple[str, ...]], float]
"""Name and values of labels (in the order of their names) → value."""


def read(address: str) -> tuple[str, Samples]:
    """As Prometheus does."""
    with urlopen(f"http://{address}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                assert sample.name in KNOWN, f"not on the page of metrics: {sample.name}"
                values = tuple(value for _, value in sorted(sample.labels.items()))
                found[sample.name, values] = sample.value
    return text, found


def test_a_gateway_tells_what_it_does_and_nothing_of_anyone(scene: Scene) -> None:
    metrics, address = GatewayMetrics(scene.config), f"127.0.0.1:{free_port()}"
    waybill = draft(waybill_body(), "waybill", entity="310000/truck")
    with exposed(address, metrics):
        assert read(address)[1]["yrd_gateway_active", ()] == 0
        metrics.begins(scene.gateway.parts)
        before = read(address)[1]
        scene.client.publish([waybill, draft(data_level="DATA_LEVEL_CORE")])
        made = Made(
            made_time=datetime(2026, 11, 29, tzinfo=UTC), name="", place="/", size=1, keys=False
        )
        (scene.config.data_dir / FILE).write_text(f"{made.model_dump_json()}\n", encoding="utf-8")
        text, after = read(address)
        metrics.ends()
        assert read(address)[1]["yrd_gateway_active", ()] == 0
    assert after["yrd_gateway_active", ()] == after["yrd_gateway_accepting", ()] == 1
    outcome = "yrd_gateway_drafts_total"
    assert after[outcome, ("accepted",)] - before[outcome, ("accepted",)] == 1
    assert after[outcome, ("contract_violated",)] == 1
    assert after["yrd_gateway_calls_total", ("OK", "Publish")] == 1
    assert after["yrd_gateway_call_seconds_count", ("Publish",)] == 1
    assert after["yrd_gateway_commit_seconds_count", ()] > 0
    assert after["yrd_gateway_entries_total", ("whole", "yrd/310000")] == 1
    assert after["yrd_gateway_certificate_end_timestamp_seconds", ()] > 1e9
    assert after["yrd_gateway_store_bytes", ()] > 0
    assert before["yrd_gateway_backup_timestamp_seconds", ()] == 0
    assert after["yrd_gateway_backup_timestamp_seconds", ()] == made.made_time.timestamp()
    assert after["yrd_gateway_disk_size_bytes", ()] > after["yrd_gateway_disk_free_bytes", ()] > 0
    for value in (*CONTACT.values(), *DRIVER.values(), waybill.header.message_id, "310000/truck"):
        assert value not in text


def test_links_say_what_is_behind_and_who_is_gone(materials: Materials, tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    with delta(materials, tmp_path, ("310000", "320000")) as made:
        metrics = GatewayMetrics(made.configs["310000"])
        metrics.begins(made.gateways["310000"].parts)
        with exposed(address, metrics):
            link = "yrd_gateway_link_"
            made.wait_level("310000", "320000")
            until(lambda: read(address)[1][f"{link}connected", ("320000",)] == 1, "it is there", 60)
            assert read(address)[1][f"{link}unreceipted_entries", ("320000",)] == 0
            made.stop("320000")
            made.client("310000").publish([draft(), draft(entity="310000/other")])
            until(lambda: read(address)[1][f"{link}connected", ("320000",)] == 0, "it is gone", 60)
            assert read(address)[1][f"{link}unreceipted_entries", ("320000",)] == 2
            assert read(address)[1][f"{link}last_heard_timestamp_seconds", ("320000",)] > 1e9
            metrics.ends()


def test_a_pipeline_tells_what_it_took_in_and_what_waits(tmp_path: Path) -> None:
    meter, address = Meter(), f"127.0.0.1:{free_port()}"
    life = Life(tmp_path, Feed(story(), 4), meter=meter)
    life.board.lost = 1
    with exposed(address, meter):
        with pytest.raises(FeedLost):
            life.run()
        assert read(address)[1]["yrd_pipeline_waiting_results", ()] > 0
        life.run()
        found = read(address)[1]
    assert found["yrd_pipeline_waiting_results", ()] == 0
    assert found["yrd_pipeline_connected", ()] == 1
    assert found["yrd_pipeline_offset", ()] > 0
    assert found["yrd_pipeline_messages_total", ()] > 0
    assert found["yrd_pipeline_batch_seconds_count", ()] > 0
    assert found["yrd_pipeline_results_total", ("durable",)] == len(life.board.published)
    assert found["yrd_pipeline_looked_timestamp_seconds", ()] == life.now_us / 1e6


def test_a_door_counts_by_route_and_never_by_address(scene: Scene) -> None:
    meter, address = DoorMeter(), f"127.0.0.1:{free_port()}"
    with doors.door(scene, meter=meter) as door, exposed(address, meter):
        name = draft().header.message_id
        assert door.call("GET", f"/v1/messages/{name}").status == 404
        assert door.call("GET", "/v1/messages", token=None).status == 401
        text, found = read(address)
    requests = "yrd_http_requests_total"
    assert found[requests, ("GET", "/v1/messages/{message_id}", "404")] == 1
    assert found[requests, ("GET", "/v1/messages", "401")] == 1
    assert name not in text


def test_a_page_tells_who_looks_and_whether_it_hears(scene: Scene, materials: Materials) -> None:
    address = f"127.0.0.1:{free_port()}"
    config = page_config(materials, scene.config.listen, "310000")
    with served(config) as page, exposed(address, PageMetrics(page.server.room)):
        until(lambda: read(address)[1]["yrd_page_connected", ()] == 1, "it follows", 60)
        scene.client.publish([draft()])
        until(lambda: read(address)[1]["yrd_page_messages_total", ()] == 1, "it came", 60)
        with urlopen(f"{page.url}/events?scope=actual", timeout=60) as stream:
            stream.readline()
            assert read(address)[1]["yrd_page_open_pages", ()] == 1


def test_a_page_tells_who_is_silent() -> None:
    room, address = Room(), f"127.0.0.1:{free_port()}"
    coverage = [
        ParticipantCoverage(participant="310000", last_told_time=Timestamp(seconds=1_600_000_000)),
        ParticipantCoverage(participant="340000", stale=True),
    ]
    summary = SituationSummary(scope="joint", coverage=coverage)
    summary.as_of_time.seconds = 1_700_000_000
    header = Header(message_id="1", revision=1, mode=Mode.MODE_ACTUAL)
    room.desk.take([Message(header=header, situation_summary=summary)])
    with exposed(address, PageMetrics(room)):
        found = read(address)[1]
    assert found["yrd_page_picture_timestamp_seconds", ()] == 1_700_000_000
    silent, told = "yrd_page_participant_stale", "yrd_page_participant_told_timestamp_seconds"
    assert [found[silent, (one,)] for one in ("310000", "340000")] == [0, 1]
    assert [found[told, (one,)] for one in ("310000", "340000")] == [1_600_000_000, 0]


def test_an_address_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(ConfigError, match=f"metrics: {address}: .*name another"),
            exposed(address),
        ):
            raise AssertionError


@pytest.mark.parametrize("address", ["9464", "localhost:x", "127.0.0.1:99999"])
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(ConfigError, match="no HOST:PORT"), exposed(address):
        raise AssertionError


def test_without_an_address_nothing_listens() -> None:
    with exposed(None):
        pass
