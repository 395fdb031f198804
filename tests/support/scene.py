"""One running gateway with all that a test may want to do to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from client import ExchangeClient, connect
from gateway.app import Gateway
from gateway.config import GatewayConfig
from schemas import message_ids
from tests.support.materials import UNCONCERNED, Materials
from tests.support.running import client_of, free_port, running
from yrd.exchange.v1 import service_pb2_grpc as rpc

KEPT = (message_ids.new(1), message_ids.new(2))
"""Ids of the two messages that are there before a contract test begins."""


@dataclass(frozen=True, slots=True)
class Stubs:
    """The bare services as one system calls them."""

    exchange: Any
    replication: Any
    admin: Any


def stubs(channel: grpc.Channel) -> Stubs:
    """The services over a channel."""
    return Stubs(
        rpc.ExchangeServiceStub(channel),
        rpc.ReplicationServiceStub(channel),
        rpc.AdminServiceStub(channel),
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """A gateway of Shanghai that runs. `patch` and `folder` end with the test."""

    gateway: Gateway
    config: GatewayConfig
    materials: Materials
    patch: pytest.MonkeyPatch
    folder: Path

    @property
    def client(self) -> ExchangeClient:
        """A client of the province's own console."""
        return self.client_of("console")

    def client_of(self, system: str) -> ExchangeClient:
        """A client of one of the province's own systems."""
        return client_of(self.config, self.materials, system=system)

    def channel(self, participant: str = "310000", system: str = "console") -> grpc.Channel:
        """A channel with the certificate of some system."""
        return connect(self.config.listen, *self.materials.system(participant, system))

    def stubs(self, participant: str = "310000", system: str = "console") -> Stubs:
        """The bare services as some system calls them."""
        return stubs(self.channel(participant, system))


@contextmanager
def scene(
    materials: Materials, patch: pytest.MonkeyPatch, folder: Path, **changes: Any
) -> Iterator[Scene]:
    """Runs a gateway that shares nothing, so that its log begins empty.

    `changes` go into its configuration.
    """
    settings = {"agreements_dir": UNCONCERNED} | changes
    config = materials.config("310000", free_port(), folder / "data", **settings)
    with running(config) as gateway:
        yield Scene(gateway, config, materials, patch, folder)


def health(channel: grpc.Channel) -> str:
    """What the standard health service says of the whole server."""
    asked = health_pb2.HealthCheckRequest()
    stub: Any = health_pb2_grpc.HealthStub(channel)
    answer = stub.Check(asked, timeout=5)
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))
