"""Whether the gateway itself runs, and takes messages."""

import ssl
from collections.abc import Iterator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from integration.doctor.asked import Asked
from integration.doctor.finding import Finding, Words, attention, good, trouble
from integration.doctor.links import files_of

CHECK = "gateway"
SECONDS = 3.0
_STEP = Words("yrd status；查看网关日志", "yrd status; look at the gateway's log")


def check(asked: Asked) -> Iterator[Finding]:
    """By its health service, with its own certificate."""
    host, _, port = asked.config.listen.rpartition(":")
    place = f"{'127.0.0.1' if host in ('0.0.0.0', '[::]', '::') else host}:{port}"  # it is read
    try:
        status = _asked(asked, place)
    except (grpc.RpcError, OSError, ssl.SSLError) as error:
        code = error.code().name if isinstance(error, grpc.Call) else str(error)
        yield attention(
            CHECK,
            Words(
                f"{place}：网关没有应答（{code}）", f"{place}: the gateway does not answer ({code})"
            ),
            Words("没有运行时，不收不发", "while it is down nothing is sent or received"),
            Words(
                "启动：yrd gateway serve --config FILE", "start it: yrd gateway serve --config FILE"
            ),
        )
        return
    if status == health_pb2.HealthCheckResponse.SERVING:
        yield good(CHECK, "网关在运行，接受消息", "the gateway runs and accepts messages")
        return
    yield trouble(
        CHECK,
        Words("网关在运行，但不接受消息", "the gateway runs, and does not accept messages"),
        Words("本方系统的消息发不出去", "what the own systems publish is refused"),
        _STEP,
    )


def _asked(asked: Asked, place: str) -> int:
    files = files_of(asked.config)
    roots, key, chain = (f.read_bytes() for f in (files.ca, files.key, files.certificate))
    credentials = grpc.ssl_channel_credentials(roots, key, chain)
    with grpc.secure_channel(place, credentials) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        return int(stub.Check(health_pb2.HealthCheckRequest(), timeout=SECONDS).status)
