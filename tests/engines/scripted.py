"""A gateway that answers by a script, to show a client what ours shows only in bad hours."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import grpc

from gateway.errors import GatewayError, to_status
from tests.support.materials import Materials
from tests.support.running import free_port
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import Message

Answer = GatewayError | grpc.StatusCode | Sequence[GatewayError | None]
"""To one call of Publish: a refusal of the whole, or for each draft a refusal or None.

A bare status is what gRPC itself makes of a gateway that goes away.
"""


@dataclass(slots=True)
class Scripted(rpc.ExchangeServiceServicer):
    """Gives each answer once, in order, and then accepts; delivers its messages to each reader."""

    answers: list[Answer] = field(default_factory=list)
    messages: Sequence[Message] = ()
    address: str = field(default_factory=lambda: f"127.0.0.1:{free_port()}")
    cuts: list[grpc.StatusCode] = field(default_factory=list)
    """Ends of the first streams."""
    asked: list[list[str]] = field(default_factory=list)
    """Message ids of each call of Publish."""
    acknowledged: list[int] = field(default_factory=list)

    def Publish(self, request: pb.PublishRequest, context: Any) -> pb.PublishResponse:  # noqa: N802
        self.asked.append([draft.header.message_id for draft in request.drafts])
        answer = self.answers.pop(0) if self.answers else [None] * len(request.drafts)
        if isinstance(answer, GatewayError):
            _abort(context, answer)
        if isinstance(answer, grpc.StatusCode):
            _cut(context, answer)
        response = pb.PublishResponse()
        for draft, error in zip(request.drafts, answer, strict=True):
            result = response.results.add()
            if error is None:
                result.accepted.message_id = draft.header.message_id
            else:
                result.error.CopyFrom(to_status(error))
        return response

    def Subscribe(  # noqa: N802
        self, requests: Any, context: Any
    ) -> Iterator[pb.SubscribeResponse]:
        next(requests)
        if self.cuts:
            _cut(context, self.cuts.pop(0))
        yield pb.SubscribeResponse(
            messages=self.messages, offset=len(self.messages), caught_up=True
        )

    def Acknowledge(self, request: pb.AcknowledgeRequest, context: Any) -> pb.AcknowledgeResponse:  # noqa: N802
        self.acknowledged.append(request.offset)
        return pb.AcknowledgeResponse()


def _abort(context: Any, error: GatewayError) -> NoReturn:
    status = to_status(error)
    code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
    details = ("grpc-status-details-bin", status.SerializeToString())
    context.set_trailing_metadata((details,))
    context.abort(code, status.message)
    raise AssertionError("abort raises")


def _cut(context: Any, code: grpc.StatusCode) -> NoReturn:
    context.abort(code, "cut")
    raise AssertionError("abort raises")


@contextmanager
def serving(script: Scripted, materials: Materials) -> Iterator[None]:
    """Listens at its address until the block ends."""
    ca, certificate, key = materials.system("310000", "gateway")
    read = [Path(path).read_bytes() for path in (key, certificate, ca)]
    server = grpc.server(ThreadPoolExecutor(4))
    rpc.add_ExchangeServiceServicer_to_server(script, server)
    credentials = grpc.ssl_server_credentials([(read[0], read[1])], read[2], True)
    server.add_secure_port(script.address, credentials)
    server.start()
    try:
        yield
    finally:
        server.stop(0).wait()
