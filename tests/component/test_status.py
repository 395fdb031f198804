"""What a gateway tells of itself: state, health, and which services it has."""

import time
from datetime import UTC
from typing import Any

import pytest
from cryptography import x509
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from gateway.log.checkpoint import Checkpoint, verified
from gateway.log.merkle import EMPTY_ROOT
from gateway.log.note import parse_vkey
from gateway.log.suite import DEFAULT
from gateway.store.port import StoreError
from tests.support.builders import draft
from tests.support.damage import failing
from tests.support.scene import Scene, health
from yrd.exchange.v1.service_pb2 import DispositionCounts, GetStatusResponse


def checkpoint_of(scene: Scene, status: GetStatusResponse) -> Checkpoint:
    key = parse_vkey((scene.materials.folder / "310000" / "log.vkey").read_text())
    return verified(status.logs[0].checkpoint, key, DEFAULT)[0]


def test_an_empty_gateway_tells_its_empty_log(scene: Scene) -> None:
    status = scene.client.status()
    assert (status.participant, status.accepting, status.problem) == ("310000", True, "")
    assert (status.last_offset, len(status.links)) == (0, 0)
    assert status.version
    (log,) = status.logs
    assert (log.log_origin, log.size, log.root_hash) == ("yrd/310000", 0, EMPTY_ROOT)
    assert log.counts == DispositionCounts()
    assert abs(status.time.seconds - time.time()) < 60


def test_it_tells_what_its_operator_must_see_to(scene: Scene) -> None:
    """The end of its certificate, and the room that its data have."""
    status = scene.client.status()
    _, certificate, _ = scene.materials.system("310000", "gateway")
    end = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    assert status.certificate_end_time.ToDatetime(UTC) == end
    assert 0 < status.disk_free_bytes < status.disk_total_bytes


def test_the_state_follows_what_is_published(scene: Scene) -> None:
    roots = set()
    for n in range(1, 4):
        scene.client.publish([draft(entity=f"310000/{n}")])
        status = scene.client.status()
        log = status.logs[0]
        assert (log.size, log.counts.whole, status.last_offset) == (n, n, n)
        assert checkpoint_of(scene, status) == Checkpoint("yrd/310000", n, log.root_hash)
        roots.add(log.root_hash)
    assert len(roots) == 3


def test_the_health_service_says_that_it_serves(scene: Scene) -> None:
    assert health(scene.channel()) == "SERVING"


def test_who_watches_hears_that_it_no_longer_accepts(scene: Scene) -> None:
    stub: Any = health_pb2_grpc.HealthStub(scene.channel())
    answers = stub.Watch(health_pb2.HealthCheckRequest(), timeout=20)
    assert next(answers).status == health_pb2.HealthCheckResponse.SERVING
    failing(scene.patch, "commit", lambda: StoreError("disk I/O error", lasting=True))
    with pytest.raises(Exception, match="UNAVAILABLE"):
        scene.client.publish([draft()])
    assert next(answers).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert not scene.client.status().accepting


def test_health_asks_for_no_role(scene: Scene) -> None:
    assert health(scene.channel("320000")) == "SERVING"


def test_reflection_lists_the_services_and_their_files(scene: Scene) -> None:
    database = ProtoReflectionDescriptorDatabase(scene.channel())
    assert set(database.get_services()) == {
        "yrd.exchange.v1.ExchangeService",
        "yrd.exchange.v1.ReplicationService",
        "yrd.exchange.v1.AdminService",
        "yrd.exchange.v1.AuditService",
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }
    file = database.FindFileContainingSymbol("yrd.exchange.v1.ExchangeService")
    assert file.name == "yrd/exchange/v1/service.proto"
    (service,) = [s for s in file.service if s.name == "ExchangeService"]
    assert [method.name for method in service.method] == [
        "Publish",
        "PublishStream",
        "Subscribe",
        "Acknowledge",
        "GetMessage",
        "ListMessages",
    ]
