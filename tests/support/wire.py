"""What gateways send each other, byte for byte, as it is handed to gRPC or comes from it, but for TLS."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any, NamedTuple

import grpc
import pytest

from gateway.errors import IdentityUnknown
from gateway.server.guard import Guard
from gateway.server.identity import identify
from yrd.exchange.v1.message_pb2 import SealedEntry
from yrd.exchange.v1.service_pb2 import ReplicateResponse

REPLICATE = "/yrd.exchange.v1.ReplicationService/Replicate"


class Sent(NamedTuple):
    """One message of a call, or how it was refused. Who sent it to whom; both are participants."""

    sender: str
    receiver: str
    method: str
    answer: bool
    data: bytes


class Wire:
    """Records every call at every gateway of this process: requests, answers and refusals."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent: list[Sent] = []
        wrap = Guard._wrap

        def wrapped(guard: Guard, method: str, handler: Any) -> Any:
            server = guard._access._participant
            return _Tap(server, method, wrap(guard, method, handler), self.sent).handler()

        patch.setattr(Guard, "_wrap", wrapped)

    def to(self, receiver: str, sender: str = "") -> bytes:
        """All that came to a participant from others, or from one of them, in any call."""
        return b"\n".join(
            sent.data
            for sent in self.sent
            if sent.receiver == receiver != sent.sender and sender in ("", sent.sender)
        )

    def answers(self, method: str, receiver: str, sender: str) -> Iterator[bytes]:
        """The answers to calls of a method."""
        for sent in self.sent:
            if sent[:4] == (sender, receiver, method, True):
                yield sent.data

    def entries(self, peer: str, log: str) -> dict[int, SealedEntry]:
        """Index → entry as it was sent to a peer, in its place or ahead of it; last one wins."""
        found: dict[int, SealedEntry] = {}
        for answer in self.answers(REPLICATE, peer, log.removeprefix("yrd/")):
            response = ReplicateResponse.FromString(answer)
            found.update(enumerate(response.batch.entries, response.batch.start))
            found.update({urgent.index: urgent.entry for urgent in response.urgent.entries})
        return found


class _Told:
    """A call's context; what is told through it is noted."""

    def __init__(self, context: Any, tap: "_Tap", caller: str) -> None:
        self._context, self._tap, self._caller = context, tap, caller

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    async def abort(self, code: Any, details: str = "", metadata: Any = ()) -> None:
        """How the call is refused, in words and in bytes."""
        said = [details.encode(), *(v.encode() if isinstance(v, str) else v for _, v in metadata)]
        self._tap.refused(self._caller, b"\n".join(said))
        await self._context.abort(code, details, metadata)

    async def write(self, answer: Any) -> None:
        """What a handler writes for itself."""
        await self._context.write(self._tap.answered(self._caller, answer))


class _Tap:
    """The handler of one method at one gateway, with all that goes through it noted."""

    def __init__(self, server: str, method: str, handler: Any, sent: list[Sent]) -> None:
        self._server, self._method, self._handler, self._sent = server, method, handler, sent

    def handler(self) -> Any:
        """The handler, as it was and recorded. Requests are read where their caller is known."""
        of = self._handler
        if of.stream_stream:
            return grpc.stream_stream_rpc_method_handler(
                self._streams, None, of.response_serializer
            )
        if of.unary_stream:
            return grpc.unary_stream_rpc_method_handler(self._stream, None, of.response_serializer)
        return grpc.unary_unary_rpc_method_handler(self._unary, None, of.response_serializer)

    def answered(self, caller: str, answer: Any) -> bytes:
        """Notes an answer; it goes on as these very bytes."""
        data: bytes = self._handler.response_serializer(answer)
        self._sent.append(Sent(self._server, caller, self._method, True, data))
        return data

    def refused(self, caller: str, data: bytes) -> None:
        """Notes a refusal."""
        self._sent.append(Sent(self._server, caller, self._method, False, data))

    def _asked(self, caller: str, data: bytes) -> Any:
        self._sent.append(Sent(caller, self._server, self._method, False, data))
        return self._handler.request_deserializer(data)

    async def _streams(self, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        caller = _caller(context)

        async def read() -> AsyncIterator[Any]:
            async for data in requests:
                yield self._asked(caller, data)

        told = _Told(context, self, caller)
        async with aclosing(self._handler.stream_stream(read(), told)) as answers:
            async for answer in answers:
                yield self.answered(caller, answer)

    async def _stream(self, request: bytes, context: Any) -> AsyncIterator[bytes]:
        caller = _caller(context)
        told, asked = _Told(context, self, caller), self._asked(caller, request)
        async with aclosing(self._handler.unary_stream(asked, told)) as answers:
            async for answer in answers:
                yield self.answered(caller, answer)

    async def _unary(self, request: bytes, context: Any) -> bytes:
        caller = _caller(context)
        told, asked = _Told(context, self, caller), self._asked(caller, request)
        return self.answered(caller, await self._handler.unary_unary(asked, told))


def _caller(context: Any) -> str:
    try:
        return identify(context).participant
    except IdentityUnknown:
        return "nobody"
