"""Turns what a handler raises into a status, in one place."""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from gateway.errors import GatewayError, Internal, MalformedRequest
from gateway.exchange.access import Access
from gateway.memory import Sweeper
from gateway.server import roles
from gateway.server.answers import Answer
from gateway.server.calls import Call, OpenCalls
from gateway.server.identity import certificate_of, identify, pem_of
from gateway.server.telling import abort, let_go
from gateway.store.port import CorruptStore, StoreError
from gateway.store.refusal import refusal
from yrd.wire.v1.wire_pb2 import SerializedDrafts

logger = logging.getLogger(__name__)
_EXCHANGE = "/yrd.exchange.v1.ExchangeService"
WIRE_TWINS = {
    f"{_EXCHANGE}/Publish": SerializedDrafts.FromString,
    f"{_EXCHANGE}/PublishStream": SerializedDrafts.FromString,
}
"""Methods whose requests are read as twins: drafts stay serialised until they are checked."""
OK, CANCELLED = "OK", "CANCELLED"


class Unreadable:
    """Stands for a request that is not a serialised message of its type."""


class Guard(grpc.aio.ServerInterceptor):
    """Wraps every handler: decides who may call, and turns what is raised into a status.

    GatewayError becomes its status, anything else INTERNAL. `on_damage` is told of stored bytes that
    contradict each other.
    """

    def __init__(self, access: Access, calls: OpenCalls, on_damage: Callable[[str], None]) -> None:
        self._access, self._calls, self._on_damage = access, calls, on_damage
        self._sweeper = Sweeper()
        self._wrapped: dict[str, grpc.RpcMethodHandler[Any, Any]] = {}

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """The wrapped handler of a method, or None if there is no such method."""
        method = str(handler_call_details.method)
        if method not in self._wrapped:
            handler = await continuation(handler_call_details)
            if handler is None:
                return None
            self._wrapped[method] = self._wrap(method, handler)
        return self._wrapped[method]

    def _wrap(self, method: str, handler: Any) -> grpc.RpcMethodHandler[Any, Any]:
        twin = WIRE_TWINS.get(method)
        reading = _tolerant(twin or handler.request_deserializer)
        writing = _serialised(handler.response_serializer)
        if handler.stream_stream:
            return grpc.stream_stream_rpc_method_handler(
                self._guard_stream(method, handler.stream_stream), reading, writing
            )
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(
                self._guard_stream(method, _of_readable(handler.unary_stream)), reading, writing
            )
        return grpc.unary_unary_rpc_method_handler(
            self._guard_unary(method, handler.unary_unary), reading, writing
        )

    def _guard_unary(
        self, method: str, behavior: Callable[[Any, Any], Awaitable[Any]]
    ) -> Callable[[Any, Any], Any]:
        async def guarded(request: Any, context: Any) -> Any:
            call: Call | None = None
            outcome: GatewayError | str = CANCELLED
            try:
                await self._calls.require_open(method)
                call = self._identified(method, context, streams=False)
                self._admit(call)
                answer = await behavior(readable(request), context)
                call.delivered(answer)
                outcome = OK
                return answer
            except Exception as error:  # noqa: BLE001  # what is not ours is logged, told as INTERNAL
                outcome = self._told(error)
                let_go(error)
                self._sweeper.failed()
                await _refuse(context, error, outcome)
            finally:
                self._calls.leave(call, method, outcome)

        return guarded

    def _guard_stream(
        self,
        method: str,
        behavior: Callable[[Any, Any], AsyncGenerator[Any, None]],
    ) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def guarded(requests: Any, context: Any) -> AsyncIterator[Any]:
            call: Call | None = None
            outcome: GatewayError | str = CANCELLED
            try:
                await self._calls.require_open(method)
                call = self._identified(method, context, streams=True)
                self._admit(call)
                async with aclosing(behavior(_counted(requests, call), context)) as answers:
                    async for response in answers:
                        call.waiting_since = self._calls.monotonic()
                        yield response
                        call.waiting_since = None
                        call.delivered(response)
                outcome = OK
            except Exception as error:  # noqa: BLE001  # what is not ours is logged, told as INTERNAL
                outcome = self._told(error)
                let_go(error)
                self._sweeper.failed()
                await _refuse(context, error, outcome)
            finally:
                self._calls.leave(call, method, outcome)

        return guarded

    def _identified(self, method: str, context: Any, *, streams: bool) -> Call:
        """The call with its caller. Raises IdentityUnknown."""
        return Call(identify(context), method, certificate_of(pem_of(context)), context, streams)

    def _admit(self, call: Call) -> None:
        """Raises GatewayError unless its caller may make that call now."""
        self._calls.require_good(call)
        roles.require(self._access, call.caller, call.method)
        self._calls.enter(call)

    def _told(self, error: Exception) -> GatewayError | str:
        if isinstance(error, GatewayError):
            return error
        if isinstance(error, grpc.aio.AbortError):
            return "REFUSED"
        if isinstance(error, NotImplementedError):
            return "UNIMPLEMENTED"
        if isinstance(error, StoreError):
            if isinstance(error, CorruptStore):
                self._on_damage(str(error))
            logger.error("store_failed", extra={"detail": str(error), "lasting": error.lasting})
            return refusal(error)
        logger.exception("unexpected_error", exc_info=error)
        return Internal("the gateway failed; its log has the details")


async def _refuse(context: Any, error: Exception, outcome: GatewayError | str) -> None:
    """Ends the call with what its caller is to be told."""
    if isinstance(outcome, GatewayError):
        await abort(context, outcome)
    elif isinstance(error, NotImplementedError):
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, "this gateway does not serve that call")
    raise error


def _of_readable(
    behavior: Callable[[Any, Any], Any],
) -> Callable[[Any, Any], AsyncGenerator[Any, None]]:
    """A handler of one request; one that writes for itself, as that of health, yields nothing."""

    async def answers(request: Any, context: Any) -> AsyncGenerator[Any, None]:
        found = behavior(readable(request), context)
        if inspect.isawaitable(found):
            await found
            return
        async for response in found:
            yield response

    return answers


class _Counting:
    """The requests of a stream; their number is noted."""

    def __init__(self, requests: AsyncIterator[Any], call: Call) -> None:
        self._requests, self._call = requests, call

    def __aiter__(self) -> _Counting:
        return self

    async def __anext__(self) -> Any:
        request = await anext(self._requests)
        self._call.received += 1
        return request


def _counted(requests: Any, call: Call) -> Any:
    """The requests, counted; one request is one."""
    if hasattr(requests, "__aiter__"):
        return _Counting(aiter(requests), call)
    call.received = 1
    return requests


def _tolerant(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return Unreadable()

    return read


def _serialised(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Lets through what is serialised already: answers to publishers, one batch for many peers."""

    def write(response: Any) -> bytes:
        if isinstance(response, Answer):
            return response.data
        return response if isinstance(response, bytes) else serialize(response)

    return write


def readable(request: Any) -> Any:
    """The request itself. Raises MalformedRequest if it could not be read."""
    if isinstance(request, Unreadable):
        raise MalformedRequest(
            "the request is not a serialised message of its type: check the contract's version",
            field="request",
        )
    return request
