"""The server of one gateway: its services, health and reflection, and how large a message may be."""

from dataclasses import dataclass

import grpc
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from gateway.config import Limits
from gateway.server.guard import Guard
from gateway.server.services import (
    AdminHandlers,
    AuditHandlers,
    ExchangeHandlers,
    ReplicationHandlers,
)
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc

MAX_RECEIVE_BYTES = 32 << 20
AHEAD_BYTES = 4 << 20
"""What may come of a stream before it is read: 200 MB a second at 20 ms to the other end and back."""
OPTIONS = (
    # of itself grpc reads ahead by what it thinks the line can hold: 600 MB if the reader is slow enough
    ("grpc.http2.bdp_probe", 0),
    ("grpc.http2.lookahead_bytes", AHEAD_BYTES),
    ("grpc.max_receive_message_length", MAX_RECEIVE_BYTES),
    ("grpc.max_send_message_length", -1),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.so_reuseport", 0),
)
CALLS_TO_REFUSE = 100  # beyond those that are admitted: they are told why they are not
SERVICES = ("ExchangeService", "ReplicationService", "AdminService", "AuditService")


@dataclass(frozen=True, slots=True)
class Handlers:
    """One for each service."""

    exchange: ExchangeHandlers
    replication: ReplicationHandlers
    admin: AdminHandlers
    audit: AuditHandlers
    health: health.aio.HealthServicer


def make_server(limits: Limits, guard: Guard, handlers: Handlers) -> grpc.aio.Server:
    """A server of these handlers that listens nowhere yet."""
    server = grpc.aio.server(
        interceptors=[guard],
        options=_options(limits),
        maximum_concurrent_rpcs=limits.streams_in_all + limits.unary_calls + CALLS_TO_REFUSE,
    )
    rpc.add_ExchangeServiceServicer_to_server(handlers.exchange, server)
    rpc.add_ReplicationServiceServicer_to_server(handlers.replication, server)
    rpc.add_AdminServiceServicer_to_server(handlers.admin, server)
    rpc.add_AuditServiceServicer_to_server(handlers.audit, server)
    health_pb2_grpc.add_HealthServicer_to_server(handlers.health, server)
    names = [pb.DESCRIPTOR.services_by_name[name].full_name for name in SERVICES]
    reflection.enable_server_reflection(
        [*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server
    )
    return server


def _options(limits: Limits) -> list[tuple[str, int]]:
    own = {
        "grpc.max_receive_message_length": limits.max_request_bytes,
        "grpc.max_concurrent_streams": limits.calls_per_connection,
    }
    return list((dict(OPTIONS) | own).items())
