"""Which call needs which role: the table, row by row, against a running gateway."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from client.errors import from_call
from gateway.server.roles import NEEDS, Need
from tests.support import scene as scenes
from tests.support.materials import Materials
from tests.support.scene import Scene
from yrd.exchange.v1 import service_pb2 as pb

ROLES = ("publisher", "subscriber", "administrator", "security", "auditor", "acts-for-persons")
PEER = ("320000", "gateway")
OUTSIDERS = (("320000", "console"), ("330000", "gateway"))
OPERATIONS = Path(__file__).parents[2] / "docs" / "operate.md"

SERVED = {
    f"/{service.full_name}/{method.name}"
    for service in pb.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
SERVED |= {f"/grpc.health.v1.Health/{name}" for name in ("Check", "Watch")}
SERVED.add("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")


@pytest.fixture(scope="module")
def scene(materials: Materials, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    clients = [{"system": f"{role}-only", "roles": [role]} for role in ROLES]
    peers = [materials.peer("320000", "127.0.0.1:1")]
    with (
        pytest.MonkeyPatch.context() as patch,
        scenes.scene(
            materials,
            patch,
            tmp_path_factory.mktemp("roles"),
            clients=clients,
            peers=peers,
            check_processes=0,
        ) as running,
    ):
        yield running


def callers(need: Need) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Who may call what needs that, and who may not."""
    systems = [("310000", f"{role}-only") for role in ROLES]
    everybody = [*systems, ("310000", "unlisted"), PEER, *OUTSIDERS]
    allowed = {"anyone": everybody, "peer": [PEER]}.get(need, [("310000", f"{need}-only")])
    return allowed, [who for who in everybody if who not in allowed]


def call(scene: Scene, who: tuple[str, str], method: str) -> grpc.RpcError | None:
    """Calls with a request that is empty; None if it was answered."""
    channel: Any = scene.channel(*who)
    streams = method.endswith(("/Watch", "/Restore"))
    both = method.endswith(("Stream", "/Subscribe", "/Replicate", "/ServerReflectionInfo"))
    try:
        if both:
            list(channel.stream_stream(method)(iter([b""]), timeout=10))
        elif streams:
            next(channel.unary_stream(method)(b"", timeout=10))
        else:
            channel.unary_unary(method)(b"", timeout=10)
    except grpc.RpcError as error:
        return error
    finally:
        channel.close()
    return None


def test_the_table_has_every_method_and_no_other() -> None:
    assert set(NEEDS) == SERVED


@pytest.mark.parametrize("method", NEEDS)
def test_only_that_role_may_call(scene: Scene, method: str) -> None:
    need = NEEDS[method]
    allowed, refused = callers(need)
    for who in refused:
        error = call(scene, who, method)
        assert error is not None, (who, "was answered")
        found = from_call(error)
        assert (found.code, found.reason) == ("PERMISSION_DENIED", "NOT_PERMITTED"), (who, found)
        assert method.rpartition("/")[2] in found.message
        assert ("gateway of a peer" if need == "peer" else f"the role {need}") in found.message
    for who in allowed:
        error = call(scene, who, method)
        code = error.code() if error else None
        assert code not in (
            grpc.StatusCode.PERMISSION_DENIED,
            grpc.StatusCode.UNAUTHENTICATED,
            grpc.StatusCode.INTERNAL,
            grpc.StatusCode.UNKNOWN,
        ), (who, error)


def test_the_guide_shows_the_same_table() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    for method, need in NEEDS.items():
        name = method.rpartition("/")[2]
        rows = [line for line in text.splitlines() if line.startswith("|") and f"`{name}`" in line]
        assert len(rows) == 1, (method, rows)
        assert f"| {need} |" in rows[0], (method, need, rows[0])
