"""Turns what a handler raises into a status, in one place."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from gateway.errors import GatewayError, Internal, MalformedRequest, to_status
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
_CODES = {code.value[0]: code for code in grpc.StatusCode}


class Unreadable:
    """Stands for a request that is not a serialised message of its type."""


class Guard(grpc.aio.ServerInterceptor):
    """Wraps every handler: GatewayError becomes its status, anything else INTERNAL.

    `on_damage` is told of stored bytes that contradict each other.
    """

    def __init__(self, on_damage: Callable[[str], None]) -> None:
        self._on_damage = on_damage

    async def intercept_service(
        self,
        continuation: Callable[
            [grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]
        ],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wraps the handler of our own services; health and reflection stay as they are."""
        handler: Any = await continuation(handler_call_details)
        if handler is None or not str(handler_call_details.method).startswith("/yrd."):
            return handler  # type: ignore[no-any-return]  # what continuation gave
        twin = WIRE_TWINS.get(str(handler_call_details.method))
        reading = _tolerant(twin or handler.request_deserializer)
        writing = _serialised(handler.response_serializer)
        if handler.stream_stream:
            return grpc.stream_stream_rpc_method_handler(
                self._guard_stream(handler.stream_stream), reading, writing
            )
        return grpc.unary_unary_rpc_method_handler(
            self._guard_unary(handler.unary_unary), reading, writing
        )

    def _guard_unary(
        self, behavior: Callable[[Any, Any], Awaitable[Any]]
    ) -> Callable[[Any, Any], Any]:
        async def guarded(request: Any, context: Any) -> Any:
            try:
                return await behavior(readable(request), context)
            except Exception as error:  # noqa: BLE001  # what is not ours is logged, told as INTERNAL
                await abort(context, self._told(error))

        return guarded

    def _guard_stream(
        self,
        behavior: Callable[[Any, Any], AsyncIterator[Any]],
    ) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def guarded(requests: Any, context: Any) -> AsyncIterator[Any]:
            try:
                async for response in behavior(requests, context):
                    yield response
            except Exception as error:  # noqa: BLE001  # what is not ours is logged, told as INTERNAL
                await abort(context, self._told(error))

        return guarded

    def _told(self, error: Exception) -> GatewayError:
        if isinstance(error, GatewayError):
            return error
        if isinstance(error, StoreError):
            if isinstance(error, CorruptStore):
                self._on_damage(str(error))
            logger.error("store_failed", extra={"detail": str(error), "lasting": error.lasting})
            return refusal(error)
        logger.exception("unexpected_error", exc_info=error)
        return Internal("the gateway failed; its log has the details")


def _tolerant(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return Unreadable()

    return read


def _serialised(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Lets through what is serialised already: one batch for many peers."""

    def write(response: Any) -> bytes:
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


async def abort(context: Any, error: GatewayError) -> None:
    """Ends the call with the error's status and details."""
    status = to_status(error)
    await context.abort(
        _CODES[status.code],
        status.message,
        (("grpc-status-details-bin", status.SerializeToString()),),
    )
