"""Calls of the gateway, as one of the participant's systems."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import grpc
import grpc.aio

from client import connect_async, from_call
from integration.http.config import HttpConfig
from yrd.exchange.v1 import service_pb2 as pb
from yrd.exchange.v1 import service_pb2_grpc as rpc
from yrd.exchange.v1.message_pb2 import Draft

_Answer = TypeVar("_Answer")
Trace = Sequence[tuple[str, str]]
"""W3C Trace Context as metadata; empty if there is none."""
BATCH = 100
"""Most messages in one answer of a stream: what a slow reader makes the door hold."""


_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_TRACESTATE = re.compile(r"[\x20-\x7e]{1,512}")


def trace_of(headers: Mapping[str, str]) -> Trace:
    """What a request says of its trace (W3C Trace Context), for the gateway; nothing that is malformed."""
    parent, state = headers.get("traceparent", ""), headers.get("tracestate", "")
    if not _TRACEPARENT.fullmatch(parent):
        return ()
    told = [("traceparent", parent)]
    return [*told, ("tracestate", state)] if _TRACESTATE.fullmatch(state) else told


class Upstream:
    """The gateway as one system sees it. All methods raise ExchangeError."""

    def __init__(self, connect: Callable[[], grpc.aio.Channel], seconds: float) -> None:
        self._connect, self._seconds = connect, seconds
        self._before: list[grpc.aio.Channel] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._use(connect())

    def _use(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._stub: Any = rpc.ExchangeServiceStub(channel)

    def renew(self) -> None:
        """Further calls go by the certificate that is on disk now. Raises OSError.

        Streams that are open go on by the one before; at the next renewal they end, and are opened anew.
        """
        fresh, gone = self._connect(), self._before
        self._ending = {asyncio.ensure_future(channel.close(None)) for channel in gone}
        self._before = [self._channel]
        self._use(fresh)

    async def publish(self, drafts: Sequence[Draft], trace: Trace = ()) -> pb.PublishResponse:
        """One result for each draft, in order. `trace` is what the caller said of its trace."""
        request = pb.PublishRequest(drafts=drafts)
        return await self._told(
            self._stub.Publish(request, timeout=self._seconds, metadata=trace or None)
        )

    async def get(self, message_id: str, origin: str) -> pb.GetMessageResponse:
        """One message, with the objections to it."""
        asked = pb.GetMessageRequest(message_id=message_id, origin=origin)
        return await self._told(self._stub.GetMessage(asked, timeout=self._seconds))

    async def page(self, asked: pb.ListMessagesRequest) -> pb.ListMessagesResponse:
        """A page of messages, oldest first."""
        return await self._told(self._stub.ListMessages(asked, timeout=self._seconds))

    async def acknowledge(self, cursor: str, offset: int) -> None:
        """Moves a cursor of this system."""
        asked = pb.AcknowledgeRequest(cursor=cursor, offset=offset)
        await self._told(self._stub.Acknowledge(asked, timeout=self._seconds))

    @asynccontextmanager
    async def subscription(
        self, opened: pb.SubscribeOpen
    ) -> AsyncIterator[AsyncIterator[pb.SubscribeResponse]]:
        """Batches as they come; the stream ends with the block. No more are read than are taken."""
        call = self._stub.Subscribe(iter([pb.SubscribeRequest(open=opened)]))
        try:
            yield _batches(call)
        finally:
            call.cancel()

    async def close(self) -> None:
        """Ends everything."""
        for channel in (*self._before, self._channel):
            await channel.close()

    async def _told(self, call: Awaitable[_Answer]) -> _Answer:
        try:
            return await call
        except grpc.RpcError as error:
            raise from_call(error) from None


async def _batches(call: Any) -> AsyncIterator[pb.SubscribeResponse]:
    try:
        async for batch in call:
            yield batch
    except grpc.RpcError as error:
        raise from_call(error) from None


def connect_all(config: HttpConfig) -> dict[str, Upstream]:
    """System → the gateway as it sees it; in the running event loop. Raises OSError."""
    address, ca = config.gateway.address, config.gateway.ca
    return {
        name: Upstream(
            partial(connect_async, address, ca, key.certificate, key.key),
            config.limits.gateway_seconds,
        )
        for name, key in config.systems.items()
    }
