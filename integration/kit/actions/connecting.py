"""Actions below the exchange's own clients: any bytes on any method, and the standard services."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message as ProtoMessage
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from integration.kit import wire
from integration.kit.actions.action import Action
from integration.kit.bench import World
from integration.kit.model import Unmet
from integration.kit.recipes import value_of
from integration.kit.refusals import Refusal, of_call
from yrd.exchange.v1 import service_pb2


@dataclass(frozen=True, slots=True)
class Answers:
    """What one call answered, and how it was refused behind that, if it was."""

    answers: list[Any]
    refusal: Refusal | None = None


def call(world: World, argument: Any, role: str) -> Answers:
    """Any method with any requests: {bytes: hex}, {groups: depth}, or the request as ProtoJSON."""
    service, _, name = str(argument["method"]).partition("/")
    descriptor = service_pb2.DESCRIPTOR.services_by_name[service]
    method = descriptor.methods_by_name.get(name, descriptor.methods[0])  # or one of no name
    request_type = GetMessageClass(method.input_type)
    requests = [_request(r, request_type, world) for r in argument.get("requests", [{}])]
    full = f"/{method.containing_service.full_name}/{name}"
    parse = GetMessageClass(method.output_type).FromString
    if not method.client_streaming:
        found: Any = world.target.channel(role).unary_unary(full, None, parse)
        return Answers([found(requests[0], timeout=world.target.seconds)])
    return _stream(world.target.stream(role, full, requests, parse), argument.get("enough"))


def _stream(answering: Any, enough: int | None) -> Answers:
    answers: list[Any] = []
    try:
        for answer in answering:
            answers.append(answer)
            if len(answers) == enough:
                answering.cancel()
                break
    except grpc.RpcError as error:
        if not answers:
            raise
        return Answers(answers, of_call(error))
    return Answers(answers)


def _request(request: Any, kind: type[ProtoMessage], world: World) -> bytes:
    if "bytes" in request:
        return bytes.fromhex(str(request["bytes"]))
    if "groups" in request:
        return wire.nested_groups(int(request["groups"]))
    return ParseDict(value_of(request, world.names), kind()).SerializeToString()


def refused_connection(world: World, argument: Any, role: str) -> str:
    """Tries to read as the role; the connection must fail, or the call be UNAUTHENTICATED."""
    request = service_pb2.ListMessagesRequest(page_size=1).SerializeToString()
    channel = world.target.fresh_channel(role)
    try:
        method = "/yrd.exchange.v1.ExchangeService/ListMessages"
        call_it: Any = channel.unary_unary(method)
        call_it(request, timeout=world.target.seconds)
    except grpc.RpcError as error:
        refusal = of_call(error)
        if refusal.reason == "IDENTITY_UNKNOWN" or (
            not refusal.reason and refusal.code == "UNAVAILABLE"
        ):
            return refusal.code
        raise
    finally:
        channel.close()
    raise Unmet("no connection, or UNAUTHENTICATED IDENTITY_UNKNOWN", "an answer")


def health(world: World, argument: Any, role: str) -> str:
    """What grpc.health.v1.Health/Check says: the status's name. `becomes`: asks until it is that."""
    request = health_pb2.HealthCheckRequest(service=argument.get("service", ""))
    data = request.SerializeToString()
    method, kind = "/grpc.health.v1.Health/Check", health_pb2.HealthCheckResponse
    deadline = time.monotonic() + world.target.patience_seconds
    while True:
        answer = world.target.unary(role, method, data, kind)
        name = str(kind.ServingStatus.Name(answer.status))
        if argument.get("becomes", name) == name or time.monotonic() > deadline:
            return name
        time.sleep(0.05)


def reflection(world: World, argument: Any, role: str) -> Any:
    """Server reflection (v1alpha): names of services, or the file that defines a symbol."""
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    if "symbol" in argument:
        request = reflection_pb2.ServerReflectionRequest(file_containing_symbol=argument["symbol"])
    method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
    parse = reflection_pb2.ServerReflectionResponse.FromString
    answering: Iterable[Any] = world.target.stream(
        role, method, [request.SerializeToString()], parse
    )
    answer = next(iter(answering))
    if "symbol" in argument:
        return len(answer.file_descriptor_response.file_descriptor_proto)
    return [service.name for service in answer.list_services_response.service]


def wait(world: World, argument: Any, role: str) -> None:
    """Waits a number of seconds; only where the contract itself speaks of time."""
    time.sleep(float(value_of(argument, world.names)))


ACTIONS = {
    "call": Action(call, frozenset({"method", "requests", "enough"}), "any method"),
    "refused_connection": Action(refused_connection, frozenset(), "the TLS handshake"),
    "health": Action(health, frozenset({"service", "becomes"}), "grpc.health.v1.Health/Check"),
    "reflection": Action(reflection, frozenset({"symbol"}), "grpc.reflection.v1alpha"),
    "wait": Action(wait, None, "nothing"),
}
